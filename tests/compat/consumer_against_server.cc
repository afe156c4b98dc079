// Our consumer against a server that runs; part of the program client_against_server.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/strings.h"
#include "client/admin.h"
#include "client/cluster_metadata.h"
#include "client/connection_pool.h"
#include "client/consumer.h"
#include "client/producer.h"
#include "runtime/linux/linux_world.h"
#include "runtime/race.h"

namespace penstock {

extern Address server;  // NOLINT: the argument of the program

namespace {

constexpr int32_t kCodecs = 5;
constexpr int32_t kRecordsPerCodec = 120;
constexpr int32_t kRecords = kCodecs * kRecordsPerCodec;
constexpr TimestampMs kFirstTime{1'700'000'000'000};

class ConsumerAgainstServer : public testing::Test {
 public:
  ConsumerAgainstServer() {
    options.bootstrap_servers = {server};
    config.auto_offset_reset.kind = OffsetReset::Kind::kEarliest;
  }

  // Runs `story` with a consumer, which is closed afterwards.
  void Run(Task<> (*story)(ConsumerAgainstServer&)) {
    pool.emplace(runtime, options);
    fetch_pool.emplace(runtime, options);
    metadata.emplace(runtime, *pool);
    admin.emplace(runtime, *pool, *metadata);
    consumer.emplace(runtime, *fetch_pool, *pool, *metadata, config);
    world.Run(story(*this));
    world.Run(consumer->Close());
    world.Run(metadata->Close());
    world.Run(fetch_pool->Close());
    world.Run(pool->Close());
  }
  Instant Soon() { return runtime.clock.Now() + std::chrono::seconds(20); }

  TopicPartitionName P(int32_t partition) const { return {topic, PartitionId(partition)}; }
  std::vector<TopicPartitionName> All() const { return {P(0), P(1)}; }

  // A topic with two partitions, each with kRecords records, a second apart, in batches of all
  // codecs.
  Task<> Fill() {
    topic = StrCat("consumer-", runtime.random.NextUuid().ToString());
    std::vector<NewTopic> topics(1);
    topics[0].name = topic;
    topics[0].partitions = 2;
    const auto created = co_await admin->CreateTopics(std::move(topics), usual);
    EXPECT_TRUE(created.ok() && created->at(0).status.ok()) << created.status();
    // Until both leaders know that they lead: a new partition that refuses a producer's first batch
    // may take the next one, which is on its way already, and then the order is another one.
    const auto ends = co_await consumer->EndOffsets(All(), Soon());
    for (const OffsetResult& end : ends) EXPECT_EQ(end.offset, Offset(0)) << end.status;
    for (int32_t codec = 0; codec < kCodecs; ++codec) {
      co_await Produce(static_cast<Codec>(codec), codec * kRecordsPerCodec, kRecordsPerCodec);
    }
  }

  // The same records to both partitions.
  Task<> Produce(Codec codec, int32_t first, int32_t count) {
    ProducerConfig producer_config;
    producer_config.compression = Compression::Of(codec);
    producer_config.batch_bytes = 700;
    Producer producer(runtime, *pool, *metadata, producer_config);
    for (int32_t i = 0; i < 2 * count; ++i) {
      const int32_t partition = i % 2;
      const int32_t number = first + i / 2;
      const std::string value = StrCat("record ", number, " of partition ", partition);
      ProducerRecord record;
      record.topic = topic;
      record.partition = PartitionId(partition);
      record.timestamp = kFirstTime + number * 1'000;
      record.value = AsBytes(value);
      DeliveryHandler handler = [](const StatusOr<RecordMetadata>& result) {
        EXPECT_TRUE(result.ok()) << result.status();
      };
      const Status taken = co_await producer.Append(record, std::move(handler));
      EXPECT_TRUE(taken.ok()) << taken;
    }
    const Status closed = co_await producer.Close(std::chrono::seconds(20));
    EXPECT_TRUE(closed.ok()) << closed;
  }

  // The offset of the first wanted record of the next batch, whose records are checked.
  Task<Offset> Next() {
    auto next = consumer->Next();
    const auto batch = co_await Before(runtime.timers, Soon(), std::move(next));
    EXPECT_TRUE(batch.has_value() && batch->ok())
        << (batch.has_value() ? batch->status() : Status());
    if (!batch.has_value() || !batch->ok()) co_return kNoOffset;
    co_return Check(**batch);
  }

  Offset Check(const FetchedBatch& batch) {
    RecordScratch scratch;
    FetchedRecords records(batch, scratch);
    RecordView record;
    Offset first = kNoOffset;
    Offset next = seen[batch.partition.partition];
    while (records.Next(record)) {
      const Offset offset = records.OffsetOf(record);
      if (first == kNoOffset) first = next = offset;
      EXPECT_EQ(offset, next);
      EXPECT_EQ(AsText(*record.value),
                StrCat("record ", offset, " of partition ", batch.partition.partition));
      EXPECT_EQ(records.TimestampOf(record), kFirstTime + offset.value() * 1'000);
      next = offset + 1;
    }
    EXPECT_TRUE(records.status().ok()) << records.status();
    EXPECT_EQ(batch.next_offset, next);
    seen[batch.partition.partition] = next;
    return first;
  }

  LinuxWorld world;
  Runtime& runtime = world.runtime();
  ClientOptions options;
  ConsumerConfig config;
  AdminOptions usual;
  std::string topic;
  std::map<PartitionId, Offset> seen;  // behind the last record of each partition
  std::optional<ConnectionPool> pool;
  std::optional<ConnectionPool> fetch_pool;
  std::optional<ClusterMetadata> metadata;
  std::optional<Admin> admin;
  std::optional<Consumer> consumer;
};

TEST_F(ConsumerAgainstServer, EveryRecordComesOnceAndInOrder) {
  config.partition_fetch_bytes_max = 2'000;  // many fetches in one session
  struct Story {
    static Task<> Tell(ConsumerAgainstServer& test) {
      co_await test.Fill();
      test.consumer->Assign(test.All());
      Offset sum(0);
      while (sum < Offset(2 * kRecords)) {
        const Offset before = test.seen[PartitionId(0)];
        const Offset other = test.seen[PartitionId(1)];
        const Offset first = co_await test.Next();
        if (first == kNoOffset) co_return;
        EXPECT_TRUE(first == before || first == other) << first.value();
        sum = Offset(test.seen[PartitionId(0)].value() + test.seen[PartitionId(1)].value());
      }
      EXPECT_EQ(test.consumer->Position(test.P(0)), Offset(kRecords));
      EXPECT_EQ(test.consumer->Ends(test.P(1))->high_watermark, Offset(kRecords));
      const auto rest =
          co_await test.consumer->Poll(1, test.runtime.clock.Now() + Milliseconds(50));
      EXPECT_TRUE(rest.ok() && rest->empty()) << rest.status();
      co_await test.Produce(Codec::kNone, kRecords, 1);
      const Offset first = co_await test.Next();
      EXPECT_EQ(first, Offset(kRecords));
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerAgainstServer, ItGoesWhereItIsTold) {
  struct Story {
    static Task<> Tell(ConsumerAgainstServer& test) {
      co_await test.Fill();
      std::vector<TopicPartitionName> one{test.P(0)};
      test.consumer->Assign(one);
      Status sought = co_await test.consumer->SeekToTime(one, kFirstTime + 55'500, test.Soon());
      EXPECT_TRUE(sought.ok()) << sought;
      Offset first = co_await test.Next();
      EXPECT_EQ(first, Offset(56));
      sought = co_await test.consumer->SeekToEnd(one, test.Soon());
      EXPECT_TRUE(sought.ok()) << sought;
      EXPECT_EQ(test.consumer->Position(one[0]), Offset(kRecords));
      sought = co_await test.consumer->SeekToTime(one, kFirstTime + 99'999'999, test.Soon());
      EXPECT_TRUE(sought.ok()) << sought;
      EXPECT_EQ(test.consumer->Position(one[0]), Offset(kRecords));
      sought = co_await test.consumer->SeekToBeginning(one, test.Soon());
      EXPECT_TRUE(sought.ok()) << sought;
      first = co_await test.Next();
      EXPECT_EQ(first, Offset(0));
      EXPECT_TRUE(test.consumer->Seek(one[0], Offset(123)).ok());
      first = co_await test.Next();
      EXPECT_EQ(first, Offset(123));
      // The epoch of the first leader ends where the log ends: validated by OffsetForLeaderEpoch.
      EXPECT_TRUE(test.consumer->Seek(one[0], Offset(321), LeaderEpoch(0)).ok());
      first = co_await test.Next();
      EXPECT_EQ(first, Offset(321));
      const auto ends = co_await test.consumer->EndOffsets(test.All(), test.Soon());
      EXPECT_EQ(ends[1].offset, Offset(kRecords)) << ends[1].status;
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerAgainstServer, RecordsThatWereDeletedArePassedByThePolicy) {
  struct Story {
    static Task<> Tell(ConsumerAgainstServer& test) {
      co_await test.Fill();
      std::vector<RecordsToDelete> records(1);
      records[0].partition = test.P(0);
      records[0].before = Offset(250);
      const auto deleted = co_await test.admin->DeleteRecords(std::move(records), test.usual);
      EXPECT_TRUE(deleted[0].status.ok()) << deleted[0].status;
      std::vector<TopicPartitionName> one{test.P(0)};
      test.consumer->Assign(one);
      EXPECT_TRUE(test.consumer->Seek(one[0], Offset(10)).ok());
      const Offset first = co_await test.Next();
      EXPECT_EQ(first, Offset(250));
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerAgainstServer, WithoutAPolicyAPositionOutOfTheLogIsAnError) {
  config.auto_offset_reset.kind = OffsetReset::Kind::kNone;
  config.read_committed = true;
  struct Story {
    static Task<> Tell(ConsumerAgainstServer& test) {
      co_await test.Fill();
      std::vector<TopicPartitionName> one{test.P(0)};
      test.consumer->Assign(one);
      EXPECT_TRUE(test.consumer->Seek(one[0], Offset(kRecords + 1)).ok());
      const auto batch = co_await test.consumer->Next();
      EXPECT_EQ(ErrorCodeOf(batch.status()), ErrorCode::kOffsetOutOfRange) << batch.status();
      EXPECT_NE(MessageOf(batch.status()).find(NameOf(one[0])), std::string_view::npos);
    }
  };
  Run(Story::Tell);
}

}  // namespace
}  // namespace penstock
