// Reading from memory and from the file, look-ups by time, and what is served after a failure.
#include <gtest/gtest.h>

#include "tests/unit/log/log_testing.h"

namespace penstock {
namespace {

class LogReadTest : public LogTest {
 protected:
  StatusOr<LogReadResult> Read(Log& log, int64_t from, const ReadOptions& options = {}) {
    return world_.Run(log.Read(Offset(from), options));
  }
  Offset OffsetAt(Log& log, TimestampMs target, Offset bound = kEndOfOffsets) {
    auto found = world_.Run(log.OffsetForTimestamp(target, bound));
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? found->offset : Offset(-99);
  }
  // A manager that keeps nothing in memory: everything is read from files.
  void KeepNothingInMemory() {
    manager_.reset();
    options_.limits.tail_bytes_max = 0;
    options_.limits.open_segments_max = 2;
    options_.limits.index_bytes_max = 100;
    NewManager();
  }
};

TEST_F(LogReadTest, BeginsWithTheBatchThatContainsTheOffset) {
  for (const bool from_files : {false, true}) {
    if (from_files) {
      Crash();
      Describe("/other");
      KeepNothingInMemory();
    }
    Log& log = Create();
    for (int i = 0; i < 10; ++i) MustAppend(log, {.records = 5});
    auto read = Read(log, 17, {.bytes_max = 1});
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->from_memory, !from_files);
    EXPECT_EQ(RecordsIn(read->records).front().offset, Offset(15));
    EXPECT_EQ(read->next_offset, Offset(20)) << "one whole batch, although larger than asked for";
    EXPECT_TRUE(Read(log, 17, {.bytes_max = 1, .at_least_one_batch = false})->records.empty());
    const int64_t size = static_cast<int64_t>(MakeBatch({.records = 5}).size());
    EXPECT_EQ(Read(log, 0, {.bytes_max = 3 * size})->next_offset, Offset(15));
    EXPECT_EQ(Read(log, 0, {.bytes_max = 3 * size - 1})->next_offset, Offset(10));
    EXPECT_EQ(Read(log, 0, {.upper_bound = Offset(25)})->next_offset, Offset(25));
    EXPECT_TRUE(Read(log, 30, {.upper_bound = Offset(25)})->records.empty());
    EXPECT_TRUE(Read(log, 50)->records.empty());
    EXPECT_EQ(ErrorCodeOf(Read(log, 51).status()), ErrorCode::kOffsetOutOfRange);
    EXPECT_EQ(ErrorCodeOf(Read(log, -1).status()), ErrorCode::kOffsetOutOfRange);
  }
}

TEST_F(LogReadTest, ReadsManySegmentsWithFewOpenFiles) {
  KeepNothingInMemory();
  TopicConfig config;
  config.segment_bytes = 2000;
  config.index_interval_bytes = 100;
  Log& log = Create(config);
  for (int i = 0; i < 100; ++i) MustAppend(log, {.records = 2, .value_bytes = 100});
  const auto all = All(log);
  ASSERT_EQ(all.size(), 200u);
  for (int from = 0; from < 200; from += 7) {
    EXPECT_EQ(All(log, Offset(from)).size(), static_cast<size_t>(200 - from));
  }
}

TEST_F(LogReadTest, NeverReturnsABatchThatDoesNotMatchItsChecksum) {
  KeepNothingInMemory();
  Log& log = Create();
  for (int i = 0; i < 3; ++i) MustAppend(log, {.value_bytes = 100});
  const uint64_t size = MakeBatch({.value_bytes = 100}).size();
  ASSERT_TRUE(
      world_.driver().disk().FlipBit(PathOf("00000000000000000000.log"), size + 90, 3).ok());
  EXPECT_EQ(Read(log, 0)->next_offset, Offset(1));
  EXPECT_EQ(ErrorCodeOf(Read(log, 1).status()), ErrorCode::kCorruptMessage);
  EXPECT_EQ(Read(log, 2)->next_offset, Offset(3));
}

TEST_F(LogReadTest, FindsTheFirstRecordAtOrAfterATimeAlsoInCompressedBatches) {
  TopicConfig config;
  config.segment_bytes = 3000;
  config.index_interval_bytes = 200;
  Log& log = Create(config);
  // Timestamps go up and down, so the answer needs the records, not only the index.
  std::vector<TimestampMs> timestamps;
  for (int i = 0; i < 60; ++i) {
    const int64_t base = (i * 37) % 50 * 100 + i * 20;
    const Codec codec = i % 2 == 0 ? Codec::kNone : Codec::kGzip;
    MustAppend(log,
               {.records = 4, .first_timestamp = kTime0 + base, .value_bytes = 60, .codec = codec});
    for (int r = 0; r < 4; ++r) timestamps.push_back(kTime0 + base + r);
  }
  ASSERT_GT(log.segment_count(), 3u);
  const auto scan = [&](TimestampMs target, size_t end) {
    for (size_t i = 0; i < end; ++i) {
      if (timestamps[i] >= target) return Offset(static_cast<int64_t>(i));
    }
    return kNoOffset;
  };
  for (int64_t t = -5; t < 7000; t += 13) {
    EXPECT_EQ(OffsetAt(log, kTime0 + t), scan(kTime0 + t, timestamps.size())) << t;
    EXPECT_EQ(OffsetAt(log, kTime0 + t, Offset(101)), scan(kTime0 + t, 101)) << t;
  }
  const TimestampMs largest = *std::max_element(timestamps.begin(), timestamps.end());
  auto found = world_.Run(log.OffsetOfMaxTimestamp());
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->timestamp, largest);
  EXPECT_EQ(found->offset, scan(largest, timestamps.size()));
  Log& again = RestartAndOpen(config);
  EXPECT_EQ(OffsetAt(again, kTime0 + 3333), scan(kTime0 + 3333, timestamps.size()));
}

TEST_F(LogReadTest, AnEmptyLogHasNoTimes) {
  Log& log = Create();
  EXPECT_EQ(OffsetAt(log, TimestampMs(0)), kNoOffset);
  EXPECT_EQ(world_.Run(log.OffsetOfMaxTimestamp())->offset, kNoOffset);
  EXPECT_EQ(log.Earliest().offset, Offset(0));
  EXPECT_EQ(log.Latest().offset, Offset(0));
}

class SeenMoves final : public LogObserver {
 public:
  void OnWritten(Log&, Offset offset) override { written = offset; }
  void OnDurable(Log&, Offset offset) override { durable = offset; }
  void OnFailed(Log&, const Status&) override { ++failures; }
  Offset written{0};
  Offset durable{0};
  int failures = 0;
};

TEST_F(LogReadTest, AFailedSyncEndsAllAcknowledgementsAndServesOnlyWhatWasDurable) {
  Log& log = Create();
  SeenMoves seen;
  log.SetObserver(&seen);
  MustAppend(log, {.records = 3});
  EXPECT_EQ(seen.durable, Offset(3));
  world_.driver().disk_faults().sync_error_probability = 1;
  ASSERT_TRUE(Append(log, {.records = 2}).ok());
  EXPECT_EQ(ErrorCodeOf(world_.Run(log.WaitDurable(Offset(5)))), ErrorCode::kKafkaStorageError);
  EXPECT_EQ(seen.failures, 1);
  EXPECT_EQ(seen.durable, Offset(3));
  world_.driver().disk_faults().sync_error_probability = 0;
  EXPECT_EQ(ErrorCodeOf(Append(log, {}).status()), ErrorCode::kKafkaStorageError);
  EXPECT_EQ(ErrorCodeOf(world_.Run(log.WaitDurable(Offset(5)))), ErrorCode::kKafkaStorageError);
  EXPECT_TRUE(world_.Run(log.WaitDurable(Offset(3))).ok());
  EXPECT_EQ(Read(log, 0)->next_offset, Offset(3));
  EXPECT_EQ(ErrorCodeOf(Read(log, 3).status()), ErrorCode::kKafkaStorageError);
  EXPECT_FALSE(world_.Run(manager().Stop(BrokerEpoch(1))).ok());
  for (const std::string& name : FilesOf("/data")) EXPECT_NE(name, ".kafka_cleanshutdown");
  log.SetObserver(nullptr);
}

TEST_F(LogReadTest, AFullDiskRefusesWithoutAnAcknowledgement) {
  Log& log = Create();
  MustAppend(log, {.records = 3});
  world_.driver().disk().SetCapacity(0);
  ASSERT_TRUE(Append(log, {.value_bytes = 100'000}).ok());
  EXPECT_EQ(ErrorCodeOf(world_.Run(log.WaitWritten(Offset(4)))), ErrorCode::kKafkaStorageError);
  EXPECT_EQ(Read(log, 0)->next_offset, Offset(3));
}

}  // namespace
}  // namespace penstock
