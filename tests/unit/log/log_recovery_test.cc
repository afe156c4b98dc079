// What a log is after a restart, a crash, a torn tail, lost or broken indexes.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/log/log_testing.h"

namespace penstock {
namespace {

class LogRecoveryTest : public LogTest {
 protected:
  void Overwrite(std::string name, uint64_t size, std::string tail) {
    OpenOptions options;
    options.create = true;
    auto file = world_.Run(runtime().files.Open(PathOf(name), options));
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(world_.Run((*file)->Truncate(size)).ok());
    SliceChain bytes(Slice::CopyOf(tail));
    ASSERT_TRUE(world_.Run((*file)->WriteAt(size, std::move(bytes))).ok());
  }
  // The file, or with an empty name the names in the log's directory.
  void Sync(std::string_view name) {
    if (name.empty()) {
      ASSERT_TRUE(world_.Run(runtime().files.SyncDirectory(PathOf(""))).ok());
      return;
    }
    auto file = world_.Run(runtime().files.Open(PathOf(name), OpenOptions()));
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(world_.Run((*file)->Sync()).ok());
  }
  void Remove(std::string name) {
    ASSERT_TRUE(world_.Run(runtime().files.Remove(PathOf(name))).ok());
  }
};

TEST_F(LogRecoveryTest, ReadsOnlyTheEndAfterACleanShutdown) {
  Log& log = Create();
  for (int i = 0; i < 200; ++i) MustAppend(log, {.value_bytes = 1000});
  Log& again = RestartAndOpen();
  EXPECT_TRUE(manager().had_clean_shutdown());
  EXPECT_EQ(manager().previous_broker_epoch(), BrokerEpoch(7));
  EXPECT_EQ(again.log_end_offset(), Offset(200));
  EXPECT_LT(manager().counters().bytes_read_in_recovery, 10'000);
  EXPECT_EQ(All(again).size(), 200u);
  EXPECT_EQ(again.topic_id(), Uuid(1, 2));
}

TEST_F(LogRecoveryTest, ReadsAfterACrashOnlyWhatCameBehindTheLastCheckpoint) {
  Log& log = Create();
  for (int i = 0; i < 500; ++i) MustAppend(log, {.value_bytes = 2000});
  ASSERT_TRUE(world_.Run(manager().Checkpoint()).ok());
  for (int i = 0; i < 5; ++i) MustAppend(log, {.value_bytes = 2000});
  Log& again = CrashAndOpen();
  EXPECT_FALSE(manager().had_clean_shutdown());
  EXPECT_EQ(again.log_end_offset(), Offset(505));
  EXPECT_LT(manager().counters().bytes_read_in_recovery, 60'000);
  EXPECT_EQ(All(again).size(), 505u);
}

TEST_F(LogRecoveryTest, SavesACheckpointByItselfWhenMuchWasWritten) {
  manager_.reset();
  options_.limits.recovery_bytes_max = 100'000;
  NewManager();
  manager().StartMaintenance();
  Log& log = Create();
  for (int i = 0; i < 500; ++i) MustAppend(log, {.value_bytes = 2000});
  Log& again = CrashAndOpen();
  EXPECT_EQ(again.log_end_offset(), Offset(500));
  EXPECT_LT(manager().counters().bytes_read_in_recovery, 400'000);
}

TEST_F(LogRecoveryTest, CutsATornTailAndGoesOnFromThere) {
  Log& log = Create();
  for (int i = 0; i < 10; ++i) MustAppend(log, {});
  const size_t size = MakeBatch({}).size();
  for (const size_t kept : {size_t{5}, size_t{40}, size - 1}) {
    Crash();
    Overwrite("00000000000000000000.log", 9 * size + kept, "");
    NewManager();
    Log& again = Open();
    EXPECT_EQ(again.log_end_offset(), Offset(9)) << kept;
    EXPECT_EQ(All(again).size(), 9u);
    EXPECT_EQ(MustAppend(again, {.label = "new"}).base_offset, Offset(9));
  }
}

TEST_F(LogRecoveryTest, CutsAtTheFirstBatchWithAWrongChecksumOrOffset) {
  Log& log = Create();
  for (int i = 0; i < 10; ++i) MustAppend(log, {});
  const size_t size = MakeBatch({}).size();
  std::string bytes = TextOf(PathOf("00000000000000000000.log"));
  Crash();
  std::string broken = bytes.substr(7 * size);
  broken[batch_format::kHeaderSize + 3] ^= 1;
  Overwrite("00000000000000000000.log", 7 * size, broken);
  NewManager();
  EXPECT_EQ(Open().log_end_offset(), Offset(7));
  Crash();
  // The batch of offset 9 where 7 is due.
  Overwrite("00000000000000000000.log", 7 * size, bytes.substr(9 * size));
  NewManager();
  EXPECT_EQ(Open().log_end_offset(), Offset(7));
}

TEST_F(LogRecoveryTest, DropsSegmentsBehindATornOne) {
  TopicConfig config;
  config.segment_bytes = 1000;
  Log& log = Create(config);
  for (int i = 0; i < 8; ++i) MustAppend(log, {.value_bytes = 400});
  ASSERT_EQ(log.segment_count(), 4u);
  Crash();
  Overwrite("00000000000000000002.log", 100, "");
  NewManager();
  Log& again = Open(config);
  EXPECT_EQ(again.log_end_offset(), Offset(2));
  EXPECT_EQ(again.segment_count(), 2u);
  EXPECT_EQ(MustAppend(again, {.value_bytes = 400}).base_offset, Offset(2));
  EXPECT_EQ(All(again).size(), 3u);
  const auto files = LogFiles();
  EXPECT_EQ(std::count(files.begin(), files.end(), "00000000000000000004.log"), 0);
  EXPECT_EQ(std::count(files.begin(), files.end(), "00000000000000000004.index"), 0);
}

TEST_F(LogRecoveryTest, MakesLostAndBrokenIndexesAnew) {
  TopicConfig config;
  config.segment_bytes = 20'000;
  config.index_interval_bytes = 500;
  Log& log = Create(config);
  for (int i = 0; i < 200; ++i) {
    MustAppend(log, {.first_timestamp = kTime0 + i * 10, .value_bytes = 300});
  }
  ASSERT_GT(log.segment_count(), 3u);
  RestartAndOpen(config);
  const std::string index = TextOf(PathOf("00000000000000000000.index"));
  const std::string times = TextOf(PathOf("00000000000000000000.timeindex"));
  const auto before = All(manager().Find(Orders()) ? *manager().Find(Orders()) : log);
  ASSERT_TRUE(world_.Run(manager().Stop(BrokerEpoch(1))).ok());
  manager_.reset();
  Remove("00000000000000000000.index");
  Overwrite("00000000000000000000.timeindex", 13, "rubbish");
  NewManager();
  Log& again = Open(config);
  auto read = world_.Run(again.Read(Offset(20), ReadOptions()));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(All(again), before);
  auto found = world_.Run(again.OffsetForTimestamp(kTime0 + 205, kEndOfOffsets));
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->offset, Offset(21));
  EXPECT_EQ(TextOf(PathOf("00000000000000000000.index")), index);
  EXPECT_EQ(TextOf(PathOf("00000000000000000000.timeindex")), times);
}

TEST_F(LogRecoveryTest, FindsLeaderEpochsInTheBatchesWhenTheirFileIsLost) {
  Log& log = Create();
  MustAppend(log, {.records = 3}, 2);
  MustAppend(log, {.records = 3}, 5);
  world_.RunUntilQuiet();
  EXPECT_EQ(TextOf(PathOf("leader-epoch-checkpoint")), "0\n2\n2 0\n5 3\n");
  ASSERT_TRUE(world_.Run(manager().Stop(BrokerEpoch(1))).ok());
  manager_.reset();
  Overwrite("leader-epoch-checkpoint", 0, "nonsense");
  NewManager();
  Log& again = Open();
  EXPECT_EQ(again.EndOffsetForEpoch(LeaderEpoch(2)).end_offset, Offset(3));
  EXPECT_EQ(TextOf(PathOf("leader-epoch-checkpoint")), "0\n2\n2 0\n5 3\n");
}

TEST_F(LogRecoveryTest, KeepsWhereEpochsBeginWhenLeadersCameAndWroteNothing) {
  Log* log = &Create();
  // A start reads from the last entry of the index on, which is in the middle of epoch 2.
  for (int i = 0; i < 5; ++i) MustAppend(*log, {.value_bytes = 2000}, 1);
  for (int i = 0; i < 20; ++i) MustAppend(*log, {.value_bytes = 2000}, 2);
  for (const int32_t epoch : {3, 4, 5}) {
    log->AssignLeaderEpoch(LeaderEpoch(epoch));
    log = epoch == 4 ? &CrashAndOpen() : &RestartAndOpen();
    EXPECT_EQ(log->EndOffsetForEpoch(LeaderEpoch(1)).end_offset, Offset(5)) << epoch;
    EXPECT_EQ(log->EndOffsetForEpoch(LeaderEpoch(2)).end_offset, Offset(25)) << epoch;
  }
}

TEST_F(LogRecoveryTest, RebuildsProducerStateFromSnapshotAndTail) {
  Log& log = Create();
  for (int i = 0; i < 10; ++i) MustAppend(log, Idempotent(7, 0, i));
  ASSERT_TRUE(world_.Run(manager().Checkpoint()).ok());
  for (int i = 10; i < 15; ++i) MustAppend(log, Idempotent(7, 0, i));
  MustAppend(log, Idempotent(8, 2, 0, 3));
  const auto before = log.ActiveProducers();
  Log& again = CrashAndOpen();
  EXPECT_EQ(again.ActiveProducers(), before);
  auto duplicate = Append(again, Idempotent(7, 0, 14));
  ASSERT_TRUE(duplicate.ok()) << duplicate.status();
  EXPECT_TRUE(duplicate->is_duplicate);
  EXPECT_EQ(duplicate->base_offset, Offset(14));
  EXPECT_EQ(ErrorCodeOf(Append(again, Idempotent(7, 0, 16)).status()),
            ErrorCode::kOutOfOrderSequenceNumber);
}

TEST_F(LogRecoveryTest, PassesOverABrokenSnapshot) {
  TopicConfig config;
  config.segment_bytes = 1000;
  Log& log = Create(config);
  for (int i = 0; i < 30; ++i) MustAppend(log, Idempotent(7, 0, i));
  const auto before = log.ActiveProducers();
  ASSERT_TRUE(world_.Run(manager().Stop(BrokerEpoch(1))).ok());
  manager_.reset();
  Overwrite("00000000000000000030.snapshot", 20, "rubbish");
  NewManager();
  EXPECT_EQ(Open(config).ActiveProducers(), before);
}

// A producer appends and remembers what was acknowledged; the machine loses power at any moment,
// again and again.
struct Journal {
  std::vector<SeenRecord> acknowledged;
  int next_value = 0;
  bool failed = false;
};

Task<Status> ProduceForever(Runtime& runtime, const LogOutput& output, Journal& journal) {
  TopicConfig config;
  config.segment_bytes = 4000;
  config.index_interval_bytes = 300;
  LogManagerOptions options;
  options.directory = "/data";
  options.flush_offset_checkpoint_interval_ms = 20;
  options.flush_start_offset_checkpoint_interval_ms = 30;
  options.high_watermark_checkpoint_interval_ms = 10;
  options.initial_task_delay_ms = 5;
  CO_RETURN_IF_ERROR(co_await runtime.files.CreateDirectory(options.directory));
  CO_RETURN_IF_ERROR(co_await runtime.files.SyncDirectory("/"));
  LogPorts ports = PortsOf(runtime, output);
  LogManager manager(ports, options);
  CO_RETURN_IF_ERROR(co_await manager.Start());
  std::shared_ptr<const TopicConfig> shared = Shared(config);
  TopicPartition orders = Orders();
  const Uuid topic_id(1, 2);
  auto opened = co_await manager.Open(orders, shared);
  if (!opened.ok()) opened = co_await manager.Create(orders, topic_id, shared);
  if (!opened.ok()) co_return opened.status();
  Log& log = **opened;
  manager.StartMaintenance();
  const auto found = co_await ReadAll(log, Offset(0));
  std::vector<SeenRecord> kept = found;
  kept.resize(std::min(kept.size(), journal.acknowledged.size()));
  EXPECT_EQ(kept, journal.acknowledged);
  journal.acknowledged =
      found;  // what was kept without an acknowledgement has been synced before it was served
  while (true) {
    const int burst = static_cast<int>(runtime.random.Below(5)) + 1;
    std::vector<SeenRecord> sent;
    for (int i = 0; i < burst; ++i) {
      BatchSpec spec = Idempotent(7, 0, static_cast<int32_t>(log.log_end_offset().value()));
      spec.label = StrCat("value ", journal.next_value++, ' ');
      spec.value_bytes = 20 + runtime.random.Below(300);
      const Slice batch = MakeBatch(spec);
      auto result = log.Append(batch, InEpoch(1));
      EXPECT_TRUE(result.ok()) << result.status();
      if (!result.ok()) co_return result.status();
      std::string value = spec.label + "0";
      value.resize(std::max(spec.value_bytes, value.size()), '.');
      sent.push_back({.offset = result->base_offset, .value = value});
    }
    const Offset end = log.log_end_offset();
    CO_RETURN_IF_ERROR(co_await log.WaitDurable(end));
    journal.acknowledged.insert(journal.acknowledged.end(), sent.begin(), sent.end());
  }
}

Task<> Program(Runtime& runtime, const LogOutput& output, Journal& journal) {
  const Status ended = co_await ProduceForever(runtime, output, journal);
  journal.failed = true;
  ADD_FAILURE() << "the producer ended: " << ended;
}

TEST(LogCrashTest, EveryAcknowledgedRecordSurvivesPowerLossAtAnyMoment) {
  SilentSink sink;
  LogOutput output{.sink = sink, .clock = [] { return kTime0; }};
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SimWorld world(seed);
    SimNode& node = world.AddNode("broker");
    node.disk_faults().delay_mean = Microseconds(200);
    SeededRandom random(seed, 3);
    Journal journal;
    for (int crash = 0; crash < 12; ++crash) {
      node.Start([&](Runtime& runtime) { return Program(runtime, output, journal); });
      world.RunFor(Microseconds(static_cast<int64_t>(random.Below(100'000))));
      node.Crash();
      ASSERT_FALSE(journal.failed);
      ASSERT_FALSE(testing::Test::HasFailure());
    }
    EXPECT_GT(journal.acknowledged.size(), 0u);
  }
}

// The process dies, the machine goes on: its memory shows what the disk never took.
TEST_F(LogRecoveryTest, BelievesTheDiskAndNotTheMemoryAfterASyncThatFailed) {
  Log& log = Create();
  MustAppend(log, {.records = 3});
  world_.driver().disk_faults().sync_error_probability = 1;
  ASSERT_TRUE(Append(log, {.records = 2}).ok());
  EXPECT_FALSE(world_.Run(log.WaitDurable(Offset(5))).ok());
  world_.driver().disk_faults().sync_error_probability = 0;
  Log& again = CrashAndOpen();
  EXPECT_EQ(again.log_end_offset(), Offset(3));
  EXPECT_EQ(MustAppend(again, {.label = "new"}).base_offset, Offset(3));
  LosePower();
  Log& last = Open();
  EXPECT_EQ(All(last).size(), 4u);
  EXPECT_EQ(All(last).back().value.substr(0, 4), "new0");
}

TEST_F(LogRecoveryTest, KeepsADirectoryThatAKilledProcessHadJustMade) {
  Crash();
  ASSERT_TRUE(world_.Run(runtime().files.CreateDirectory("/data/orders-0")).ok());
  Overwrite("partition.metadata", 0, "version: 0\ntopic_id: AAAAAAAAAAEAAAAAAAAAAg\n");
  Sync("partition.metadata");
  Sync("");
  NewManager();
  MustAppend(Open(), {.records = 3});
  LosePower();
  EXPECT_EQ(All(Open()).size(), 3u);
}

TEST_F(LogRecoveryTest, TakesBackADirectoryThatWasNeverFinished) {
  Crash();
  ASSERT_TRUE(world_.Run(runtime().files.CreateDirectory("/data/orders-0")).ok());
  ASSERT_TRUE(world_.Run(runtime().files.CreateDirectory("/data/lakes-0")).ok());
  Overwrite("partition.metadata.tmp", 0, "vers");
  NewManager();
  EXPECT_TRUE(manager().FoundLogs().empty());
  EXPECT_TRUE(FilesOf("/data").empty());
  MustAppend(Create(), {.records = 3});
}

}  // namespace
}  // namespace penstock
