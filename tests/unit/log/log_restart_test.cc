// What a restart reads after a kill: what came behind the last checkpoint, however much is kept.
#include <gtest/gtest.h>

#include <memory>

#include "tests/unit/log/log_testing.h"
#include "tests/unit/log/vast_files.h"

namespace penstock {
namespace {

constexpr int64_t kMegabyte = int64_t{1} << 20;
constexpr int64_t kGigabyte = int64_t{1} << 30;

class LogRestartTest : public testing::Test {
 protected:
  LogRestartTest() {
    config_.segment_bytes = static_cast<int32_t>(64 * kMegabyte);
    options_.directory = "/data";
    options_.limits.tail_bytes_max = static_cast<size_t>(4 * kMegabyte);
    Start();
    const Uuid topic_id(1, 2);
    log_ = *world_.Run(manager_->Create(Orders(), topic_id, Shared(config_)));
  }
  ~LogRestartTest() override { Kill(); }

  void Start() {
    Runtime& runtime = world_.runtime();
    LogPorts ports{.clock = runtime.clock,
                   .executor = runtime.executor,
                   .timers = runtime.timers,
                   .files = files_,
                   .random = runtime.random,
                   .logger = Logger(output_, "log")};
    manager_ = std::make_unique<LogManager>(std::move(ports), options_);
    const Status started = world_.Run(manager_->Start());
    ASSERT_TRUE(started.ok()) << started;
  }
  void Kill() {
    world_.Run(manager_->Abandon());
    manager_.reset();
  }
  // Everything that a start reads is counted, the directory's own files included.
  void KillAndRestart() {
    Kill();
    files_.ForgetReads();
    Start();
    const StatusOr<Log*> opened = world_.Run(manager_->Open(Orders(), Shared(config_)));
    ASSERT_TRUE(opened.ok()) << opened.status();
    log_ = *opened;
  }

  // Batches of one megabyte of one producer, on the disk when this is done.
  void Produce(int64_t bytes) {
    for (int64_t done = 0; done < bytes; done += kMegabyte) {
      BatchSpec spec = Idempotent(7, 0, static_cast<int32_t>(log_->log_end_offset().value()));
      spec.first_timestamp = kTime0 + log_->log_end_offset().value();
      spec.value_bytes = kValueBytes;
      const Slice batch = MakeBatch(spec);
      ASSERT_EQ(batch.size(), static_cast<size_t>(kMegabyte));
      const StatusOr<AppendResult> appended = log_->Append(batch, InEpoch(0));
      ASSERT_TRUE(appended.ok()) << appended.status();
      const Status durable = world_.Run(log_->WaitDurable(appended->end_offset()));
      ASSERT_TRUE(durable.ok()) << durable;
    }
  }
  void Checkpoint() {
    const Status saved = world_.Run(manager_->Checkpoint());
    ASSERT_TRUE(saved.ok()) << saved;
  }
  // What recovery may read of a tail: the batches, from the last index entry in front of it on, and
  // again for their producers, where the batch of that entry comes first. Of a batch that does not
  // fit into a chunk a quarter is read twice.
  static constexpr int64_t ReadOfTail(int64_t tail) {
    return 2 * (tail + kMegabyte) * 5 / 4 + kMegabyte + kMegabyte / 4;
  }
  // The record's own framing and the batch's header take the rest of a megabyte.
  static constexpr size_t kValueBytes = static_cast<size_t>(kMegabyte) - 61 - 11;

  SilentSink sink_;
  LogOutput output_{.sink = sink_, .clock = [] { return kTime0; }};
  SimWorld world_{1};
  VastFiles files_;
  TopicConfig config_;
  LogManagerOptions options_;
  std::unique_ptr<LogManager> manager_;
  Log* log_ = nullptr;
};

TEST_F(LogRestartTest, ReadsTheUnsyncedTailAndNotTheLog) {
  constexpr int64_t kTail = 8 * kMegabyte;
  const auto bytes_read_behind = [&](int64_t retained) {
    Produce(retained - log_->size_in_bytes());
    Checkpoint();
    Produce(kTail);
    KillAndRestart();
    EXPECT_EQ(log_->size_in_bytes(), retained + kTail);
    EXPECT_EQ(log_->log_end_offset(), Offset((retained + kTail) / kMegabyte));
    return files_.bytes_read(".log");
  };
  const int64_t behind_little = bytes_read_behind(32 * kMegabyte);
  const int64_t behind_much = bytes_read_behind(kGigabyte + 32 * kMegabyte);
  EXPECT_EQ(behind_much, behind_little);
  EXPECT_GE(behind_much, 2 * kTail);
  EXPECT_LE(behind_much, ReadOfTail(kTail));
  EXPECT_LE(files_.bytes_read() - behind_much, 10'000) << "indexes, snapshots, checkpoints";
  EXPECT_LT(files_.bytes_in_memory(), static_cast<size_t>(32 * kMegabyte)) << "of this test";
}

TEST_F(LogRestartTest, TheTailIsBoundedWithoutAnybodyAskingForACheckpoint) {
  const int64_t bound = LogLimits().recovery_bytes_max;
  manager_->StartMaintenance();
  Produce(5 * bound + bound / 2);
  KillAndRestart();
  EXPECT_EQ(log_->size_in_bytes(), 5 * bound + bound / 2);
  EXPECT_LE(files_.bytes_read(".log"), ReadOfTail(bound));
}

TEST_F(LogRestartTest, AfterAStopInGoodOrderItReadsTheEndOnly) {
  Produce(100 * kMegabyte);
  const Status stopped = world_.Run(manager_->Stop(BrokerEpoch(1)));
  ASSERT_TRUE(stopped.ok()) << stopped;
  files_.ForgetReads();
  Start();
  const StatusOr<Log*> opened = world_.Run(manager_->Open(Orders(), Shared(config_)));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ((*opened)->size_in_bytes(), 100 * kMegabyte);
  EXPECT_LE(files_.bytes_read(), 3 * kMegabyte) << "the batch of the last index entry";
}

}  // namespace
}  // namespace penstock
