// Appending: offsets, refusals, rolling, and what the files hold afterwards.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/endian.h"
#include "runtime/root_task.h"
#include "tests/unit/log/log_testing.h"

namespace penstock {
namespace {

using LogAppendTest = LogTest;

TopicPartition Payments() { return {.topic = "payments", .partition = PartitionId(0)}; }

TEST_F(LogAppendTest, GivesDenseOffsetsAndReturnsTheRecordsAtThem) {
  Log& log = Create();
  EXPECT_EQ(MustAppend(log, {.records = 3, .label = "a"}).base_offset, Offset(0));
  EXPECT_EQ(MustAppend(log, {.records = 2, .label = "b"}).base_offset, Offset(3));
  EXPECT_EQ(log.log_end_offset(), Offset(5));
  const auto records = All(log);
  ASSERT_EQ(records.size(), 5u);
  EXPECT_EQ(records[3].offset, Offset(3));
  EXPECT_EQ(records[3].value, "b0........");
}

TEST_F(LogAppendTest, RelaysABatchByteForByteButForOffsetAndLeaderEpoch) {
  Log& log = Create();
  MustAppend(log, {.records = 4});
  const Slice sent = MakeBatch({.records = 2, .codec = Codec::kZstd, .label = "sent"});
  ASSERT_TRUE(log.Append(sent, InEpoch(9)).ok());
  auto read = world_.Run(log.Read(Offset(4), ReadOptions()));
  ASSERT_TRUE(read.ok());
  Slice expected = Slice::CopyOf(sent.span());
  PatchBaseOffset({expected.mutable_data(), expected.size()}, Offset(4));
  PatchLeaderEpoch({expected.mutable_data(), expected.size()}, LeaderEpoch(9));
  EXPECT_EQ(read->records.Flatten(), expected);
}

TEST_F(LogAppendTest, CopiesEachProducedByteOnceAndNoFetchedByte) {
  Log& log = Create();
  for (int i = 0; i < 100; ++i) MustAppend(log, {.records = 5, .value_bytes = 500});
  const int64_t produced = manager().counters().bytes_appended;
  EXPECT_EQ(manager().counters().bytes_copied, produced);
  EXPECT_EQ(All(log).size(), 500u);
  EXPECT_EQ(manager().counters().bytes_copied, produced);
  EXPECT_EQ(manager().counters().bytes_read_from_memory, produced);
  EXPECT_EQ(manager().counters().bytes_read_from_files, 0);
}

TEST_F(LogAppendTest, RefusesWhatIsTooLargeAndControlBatchesOfClients) {
  TopicConfig config;
  config.max_message_bytes = 500;
  config.segment_bytes = 2000;
  Log& log = Create(config);
  EXPECT_EQ(ErrorCodeOf(Append(log, {.value_bytes = 600}).status()), ErrorCode::kMessageTooLarge);
  EXPECT_EQ(ErrorCodeOf(Append(log, {.is_control = true}).status()), ErrorCode::kInvalidRecord);
  const Slice large = MakeBatch({.value_bytes = 3000});
  AppendOptions raft;
  raft.origin = AppendOrigin::kRaftLeader;
  EXPECT_EQ(ErrorCodeOf(log.Append(large, raft).status()), ErrorCode::kRecordListTooLarge);
  EXPECT_EQ(log.log_end_offset(), Offset(0));
}

TEST_F(LogAppendTest, LetsTheMetadataLogWriteControlBatches) {
  Log& log = Create();
  const Slice batch = MakeBatch({.is_control = true});
  AppendOptions raft;
  raft.origin = AppendOrigin::kRaftLeader;
  raft.leader_epoch = LeaderEpoch(1);
  ASSERT_TRUE(log.Append(batch, raft).ok());
  EXPECT_EQ(log.log_end_offset(), Offset(1));
}

TEST_F(LogAppendTest, RollsBySizeAndNamesTheSegmentByItsFirstOffset) {
  TopicConfig config;
  config.segment_bytes = 1000;
  Log& log = Create(config);
  for (int i = 0; i < 5; ++i) MustAppend(log, {.value_bytes = 400});
  EXPECT_EQ(log.segment_count(), 3u);
  const auto files = LogFiles();
  for (const std::string name :
       {"00000000000000000000.log", "00000000000000000002.log", "00000000000000000004.log",
        "00000000000000000004.index", "00000000000000000004.timeindex",
        "00000000000000000002.snapshot", "00000000000000000004.snapshot"}) {
    EXPECT_TRUE(std::count(files.begin(), files.end(), name)) << name;
  }
  EXPECT_EQ(All(log).size(), 5u);
}

TEST_F(LogAppendTest, RollsWhenTheRecordsTimestampsLeaveSegmentMs) {
  TopicConfig config;
  config.segment_ms = 1000;
  Log& log = Create(config);
  MustAppend(log, {.first_timestamp = kTime0});
  MustAppend(log, {.first_timestamp = kTime0 + 1000});
  EXPECT_EQ(log.segment_count(), 1u);
  MustAppend(log, {.first_timestamp = kTime0 + 1001});
  EXPECT_EQ(log.segment_count(), 2u);
}

TEST_F(LogAppendTest, RollsWhenAnIndexIsFull) {
  TopicConfig config;
  config.index_interval_bytes = 0;
  config.segment_index_bytes = 36;  // four offsets, three times of which one is kept back
  Log& log = Create(config);
  for (int i = 0; i < 10; ++i) MustAppend(log, {.first_timestamp = kTime0 + i});
  EXPECT_GT(log.segment_count(), 2u);
  EXPECT_EQ(All(log).size(), 10u);
}

// Kafka's rule, told in its own words: an entry is made for the first batch that begins more than
// the interval after the last entry's batch; it names the last offset of that batch, and the
// largest timestamp up to and with it.
TEST_F(LogAppendTest, WritesIndexEntriesByKafkasRule) {
  TopicConfig config;
  config.index_interval_bytes = 300;
  Log& log = Create(config);
  struct Entry {
    int32_t offset;
    int32_t position;
    int64_t timestamp;
  };
  std::vector<Entry> expected;
  int64_t since = 0;
  int64_t position = 0;
  int64_t max_timestamp = -1;
  for (int i = 0; i < 40; ++i) {
    BatchSpec spec{.records = 1 + i % 3, .first_timestamp = kTime0 + i * 10};
    spec.value_bytes = 20 + 13 * static_cast<size_t>(i % 7);
    const AppendResult result = MustAppend(log, spec);
    const int64_t size = static_cast<int64_t>(MakeBatch(spec).size());
    max_timestamp = std::max(max_timestamp, (spec.first_timestamp + (spec.records - 1)).value());
    if (since > config.index_interval_bytes) {
      expected.push_back({.offset = static_cast<int32_t>(result.last_offset.value()),
                          .position = static_cast<int32_t>(position),
                          .timestamp = max_timestamp});
      since = 0;
    }
    since += size;
    position += size;
  }
  ASSERT_GT(expected.size(), 5u);
  const Offset last = log.log_end_offset() - 1;
  RestartAndOpen(config);
  std::string offsets;
  std::string times;
  for (const Entry& entry : expected) {
    uint8_t bytes[20];
    StoreBig<int32_t>(bytes, entry.offset);
    StoreBig<int32_t>(bytes + 4, entry.position);
    StoreBig<int64_t>(bytes + 8, entry.timestamp);
    StoreBig<int32_t>(bytes + 16, entry.offset);
    offsets.append(reinterpret_cast<char*>(bytes), 8);
    times.append(reinterpret_cast<char*>(bytes + 8), 12);
  }
  if (expected.back().timestamp < max_timestamp) {
    uint8_t bytes[12];  // at the close, the largest timestamp of all
    StoreBig<int64_t>(bytes, max_timestamp);
    StoreBig<int32_t>(bytes + 8, static_cast<int32_t>(last.value()));
    times.append(reinterpret_cast<char*>(bytes), 12);
  }
  EXPECT_EQ(TextOf(PathOf("00000000000000000000.index")), offsets);
  EXPECT_EQ(TextOf(PathOf("00000000000000000000.timeindex")), times);
}

TEST_F(LogAppendTest, WritesOnceForManyAppendsOfOneStepAndSyncsThemTogether) {
  Log& log = Create();
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(Append(log, {.value_bytes = 100}).ok());
  ASSERT_TRUE(world_.Run(log.WaitDurable(Offset(50))).ok());
  EXPECT_EQ(manager().counters().writes, 1);
  EXPECT_EQ(manager().counters().syncs, 1);
}

TEST_F(LogAppendTest, DoesNotSyncForAcknowledgementsFromTheCache) {
  TopicConfig config;
  config.ack_durability = TopicAckDurability::kCache;
  Log& log = Create(config);
  ASSERT_TRUE(Append(log, {.records = 3}).ok());
  ASSERT_TRUE(world_.Run(log.WaitAcknowledgeable(Offset(3))).ok());
  world_.RunUntilQuiet();
  EXPECT_EQ(manager().counters().syncs, 0);
  EXPECT_EQ(log.durable_offset(), Offset(0));
  ASSERT_TRUE(world_.Run(log.Flush()).ok());
  EXPECT_EQ(log.durable_offset(), Offset(3));
}

TEST_F(LogAppendTest, FlushesTheCacheAfterFlushMessagesOrFlushMs) {
  TopicConfig config;
  config.ack_durability = TopicAckDurability::kCache;
  config.flush_messages = 4;
  config.flush_ms = 1000;
  Log& log = Create(config);
  ASSERT_TRUE(Append(log, {.records = 3}).ok());
  world_.RunFor(Milliseconds(500));
  EXPECT_EQ(log.durable_offset(), Offset(0));
  ASSERT_TRUE(Append(log, {.records = 1}).ok());
  world_.RunFor(Milliseconds(1));
  EXPECT_EQ(log.durable_offset(), Offset(4));
  ASSERT_TRUE(Append(log, {.records = 1}).ok());
  world_.RunFor(Milliseconds(2000));
  EXPECT_EQ(log.durable_offset(), Offset(5));
}

TEST_F(LogAppendTest, HoldsBackWhoWritesToAnyLogWhileTooMuchWaitsForTheDisk) {
  Crash();
  options_.limits.unwritten_bytes_max = 1000;
  NewManager();
  Log& busy = Create();
  auto other = world_.Run(manager().Create(Payments(), Uuid(3, 4), Shared({})));
  ASSERT_TRUE(other.ok());
  ASSERT_TRUE(Append(busy, {.value_bytes = 2000}).ok());

  RootTask<Status> waiting((*other)->WaitForRoom());
  waiting.Start();
  EXPECT_FALSE(waiting.done());
  world_.RunUntilQuiet();
  ASSERT_TRUE(waiting.done());
  EXPECT_TRUE(waiting.TakeResult().ok());
  EXPECT_EQ(busy.written_offset(), Offset(1));
  EXPECT_EQ(busy.unwritten_bytes(), 0);
}

TEST_F(LogAppendTest, ALogThatIsDeletedLetsNobodyWaitForItsBytes) {
  Crash();
  options_.limits.unwritten_bytes_max = 1000;
  NewManager();
  Log& doomed = Create();
  auto other = world_.Run(manager().Create(Payments(), Uuid(3, 4), Shared({})));
  ASSERT_TRUE(other.ok());
  ASSERT_TRUE(Append(doomed, {.value_bytes = 2000}).ok());
  RootTask<Status> of_the_doomed(doomed.WaitForRoom());
  RootTask<Status> of_the_other((*other)->WaitForRoom());
  of_the_doomed.Start();
  of_the_other.Start();

  ASSERT_TRUE(world_.Run(manager().Delete(Orders())).ok());
  world_.RunUntilQuiet();
  ASSERT_TRUE(of_the_doomed.done() && of_the_other.done());
  EXPECT_EQ(ErrorCodeOf(of_the_doomed.TakeResult()), ErrorCode::kKafkaStorageError);
  EXPECT_TRUE(of_the_other.TakeResult().ok());
}

TEST_F(LogAppendTest, PreallocatesSegmentsAndTrimsThemAtTheEnd) {
  TopicConfig config;
  config.preallocate = true;
  config.segment_bytes = 5000;
  Log& log = Create(config);
  MustAppend(log, {});
  EXPECT_EQ(TextOf(PathOf("00000000000000000000.log")).size(), 5000u);
  Log& again = CrashAndOpen(config);
  EXPECT_EQ(again.log_end_offset(), Offset(1));
  MustAppend(again, {});
  RestartAndOpen(config);
  EXPECT_EQ(TextOf(PathOf("00000000000000000000.log")).size(), 2 * MakeBatch({}).size());
}

}  // namespace
}  // namespace penstock
