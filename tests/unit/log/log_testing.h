// A log directory on a simulated machine, with batches that are easy to tell apart.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "log/log_manager.h"
#include "log/small_file.h"
#include "record/batch_builder.h"
#include "record/record_iterator.h"
#include "runtime/runtime.h"
#include "runtime/sim/sim_world.h"

namespace penstock {

// Evaluates a Status or StatusOr inside a coroutine of a test.
#define EXPECT_OK(expression) EXPECT_EQ((expression).code(), StatusCode::kOk)

class SilentSink final : public LogSink {
 public:
  void Write(std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

inline constexpr TimestampMs kTime0{1'700'000'000'000};

struct BatchSpec {
  int records = 1;
  TimestampMs first_timestamp = kTime0;  // one millisecond apart
  size_t value_bytes = 10;
  Codec codec = Codec::kNone;
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  Sequence base_sequence = kNoSequence;
  bool is_transactional = false;
  bool is_control = false;
  std::string label = "v";
};

inline Slice MakeBatch(const BatchSpec& spec) {
  BatchOptions options;
  options.compression = Compression::Of(spec.codec);
  options.producer_id = spec.producer_id;
  options.producer_epoch = spec.producer_epoch;
  options.base_sequence = spec.base_sequence;
  options.is_transactional = spec.is_transactional;
  options.is_control = spec.is_control;
  BatchBuilder builder(options);
  for (int i = 0; i < spec.records; ++i) {
    std::string value = StrCat(spec.label, i);
    value.resize(std::max(spec.value_bytes, value.size()), '.');
    NewRecord record;
    record.timestamp = spec.first_timestamp + i;
    record.value = AsBytes(value);
    builder.Append(record);
  }
  StatusOr<Slice> batch = builder.Build();
  EXPECT_TRUE(batch.ok()) << batch.status();
  return *std::move(batch);
}

inline BatchSpec Idempotent(int64_t producer_id, int16_t epoch, int32_t sequence, int records = 1) {
  BatchSpec spec;
  spec.records = records;
  spec.producer_id = ProducerId(producer_id);
  spec.producer_epoch = ProducerEpoch(epoch);
  spec.base_sequence = Sequence(sequence);
  return spec;
}

inline TopicPartition Orders() {
  return TopicPartition{.topic = "orders", .partition = PartitionId(0)};
}

inline AppendOptions InEpoch(int32_t epoch) {
  AppendOptions options;
  options.leader_epoch = LeaderEpoch(epoch);
  return options;
}

inline std::shared_ptr<const TopicConfig> Shared(const TopicConfig& config) {
  return std::make_shared<const TopicConfig>(config);
}

// The ports of a node as a log manager takes them; `output` outlives them.
inline LogPorts PortsOf(Runtime& runtime, const LogOutput& output) {
  return LogPorts{.clock = runtime.clock,
                  .executor = runtime.executor,
                  .timers = runtime.timers,
                  .files = runtime.files,
                  .random = runtime.random,
                  .logger = Logger(output, "log")};
}

// One record as a reader sees it.
struct SeenRecord {
  Offset offset{0};
  std::string value;
  friend bool operator==(const SeenRecord&, const SeenRecord&) = default;
};

inline std::vector<SeenRecord> RecordsIn(const SliceChain& chain) {
  std::vector<SeenRecord> records;
  const Slice bytes = chain.Flatten();
  size_t at = 0;
  RecordScratch scratch;
  while (at < bytes.size()) {
    const StatusOr<BatchView> batch = BatchView::Parse(bytes.span().subspan(at));
    EXPECT_TRUE(batch.ok()) << batch.status();
    if (!batch.ok()) break;
    EXPECT_TRUE(batch->CrcMatches());
    RecordIterator iterator(*batch, scratch);
    RecordView record;
    while (iterator.Next(record)) {
      SeenRecord& seen = records.emplace_back();
      seen.offset = iterator.OffsetOf(record);
      if (record.value.has_value()) seen.value = std::string(AsText(*record.value));
    }
    EXPECT_TRUE(iterator.status().ok()) << iterator.status();
    at += batch->size_in_bytes();
  }
  return records;
}

// Everything from `from` on, as a consumer reads it.
inline Task<std::vector<SeenRecord>> ReadAll(Log& log, Offset from) {
  std::vector<SeenRecord> all;
  while (from < log.log_end_offset()) {
    ReadOptions options;
    auto read = co_await log.Read(from, options);
    EXPECT_TRUE(read.ok()) << read.status();
    if (!read.ok() || read->records.empty()) break;
    for (SeenRecord& record : RecordsIn(read->records)) {
      if (record.offset >= from) all.push_back(std::move(record));
    }
    from = read->next_offset;
  }
  co_return all;
}

// A node with a log directory at "/data"; each Run is a story told on it, each Restart a new
// process.
class LogTest : public ::testing::Test {
 protected:
  LogTest() { Describe("/data"); }

  void Describe(std::string directory) {
    options_.directory = std::move(directory);
    const Status made = world_.Run(runtime().files.CreateDirectory(options_.directory));
    EXPECT_TRUE(made.ok()) << made;
    NewManager();
  }
  ~LogTest() override { Crash(); }

  Runtime& runtime() { return world_.runtime(); }
  LogManager& manager() { return *manager_; }

  void NewManager() {
    manager_ = std::make_unique<LogManager>(PortsOf(runtime(), output_), options_);
    const Status started = world_.Run(manager_->Start());
    ASSERT_TRUE(started.ok()) << started;
  }

  Log& Create(const TopicConfig& config = {}) {
    StatusOr<Log*> log = world_.Run(manager_->Create(Orders(), Uuid(1, 2), Shared(config)));
    EXPECT_TRUE(log.ok()) << log.status();
    return **log;
  }
  Log& Open(const TopicConfig& config = {}) {
    StatusOr<Log*> log = world_.Run(manager_->Open(Orders(), Shared(config)));
    EXPECT_TRUE(log.ok()) << log.status();
    return **log;
  }

  // Ends the process without closing anything. The disk keeps all that was written.
  void Crash() {
    if (manager_ == nullptr) return;
    world_.Run(manager_->Abandon());
    manager_.reset();
  }
  // Nothing is left that was not synced.
  void LosePower() {
    Crash();
    EXPECT_OK(world_.Run(runtime().files.SyncDirectory("/")));
    CrashFaults& faults = world_.driver().disk_faults().crash;
    faults.keep_all_probability = 0;
    faults.keep_none_probability = 1;
    faults.keep_no_names_probability = 1;
    world_.driver().Crash();
    NewManager();
  }
  Log& CrashAndOpen(const TopicConfig& config = {}) {
    Crash();
    NewManager();
    return Open(config);
  }
  Log& RestartAndOpen(const TopicConfig& config = {}) {
    const Status stopped = world_.Run(manager_->Stop(BrokerEpoch(7)));
    EXPECT_TRUE(stopped.ok()) << stopped;
    manager_.reset();
    NewManager();
    return Open(config);
  }

  StatusOr<AppendResult> Append(Log& log, const BatchSpec& spec, int32_t epoch = 0) {
    const Slice batch = MakeBatch(spec);
    return log.Append(batch, InEpoch(epoch));
  }
  // Appends and waits for the disk.
  AppendResult MustAppend(Log& log, const BatchSpec& spec, int32_t epoch = 0) {
    StatusOr<AppendResult> result = Append(log, spec, epoch);
    EXPECT_TRUE(result.ok()) << result.status();
    if (!result.ok()) return {};
    const Status durable = world_.Run(log.WaitDurable(result->end_offset()));
    EXPECT_TRUE(durable.ok()) << durable;
    return *result;
  }
  std::vector<SeenRecord> All(Log& log, Offset from) { return world_.Run(ReadAll(log, from)); }
  std::vector<SeenRecord> All(Log& log) { return All(log, log.log_start_offset()); }

  std::string PathOf(std::string_view name) {
    return StrCat(options_.directory, "/orders-0/", name);
  }
  std::vector<std::string> FilesOf(std::string directory) {
    auto names = world_.Run(runtime().files.List(std::move(directory)));
    EXPECT_TRUE(names.ok()) << names.status();
    return *std::move(names);
  }
  std::vector<std::string> LogFiles() { return FilesOf(StrCat(options_.directory, "/orders-0")); }
  std::string TextOf(std::string path) {
    auto text = world_.Run(ReadWholeFile(runtime().files, std::move(path), 1 << 30));
    EXPECT_TRUE(text.ok()) << text.status();
    return text.ok() ? std::string(text->text()) : "";
  }

  SilentSink sink_;
  LogOutput output_{.sink = sink_, .clock = [] { return kTime0; }};
  SimWorld world_{1};
  LogManagerOptions options_;
  std::unique_ptr<LogManager> manager_;
};

}  // namespace penstock
