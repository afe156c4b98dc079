// Our client against a server that runs: client_against_server HOST:PORT. The
// stories hold against penstock and against Apache Kafka. Topics are named
// after the process, so that a server can be used again.
#include <gtest/gtest.h>

#include <cstdio>

#include "base/strings.h"
#include "client/admin.h"
#include "client/broker_connection.h"
#include "client/cluster_metadata.h"
#include "client/connect_step.h"
#include "client/connection_pool.h"
#include "client/producer.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/produce.h"
#include "record/batch_builder.h"
#include "runtime/linux/linux_world.h"

namespace penstock {

Address server;  // NOLINT: the argument of the program

namespace {

class ClientAgainstServer : public testing::Test {
 public:
  ClientAgainstServer() {
    options.bootstrap_servers = {server};
    pool.emplace(runtime, options);
    metadata.emplace(runtime, *pool);
    admin.emplace(runtime, *pool, *metadata);
  }

  void Run(Task<> story) {
    world.Run(std::move(story));
    world.Run(metadata->Close());
    world.Run(pool->Close());
  }
  Instant Soon() { return runtime.clock.Now() + std::chrono::seconds(20); }
  std::string NewName() { return StrCat("client-", runtime.random.NextUuid().ToString()); }

  Task<> Create(std::string name, int32_t partitions) {
    std::vector<NewTopic> topics(1);
    topics[0].name = name;
    topics[0].partitions = partitions;
    const auto created = co_await admin->CreateTopics(std::move(topics), usual);
    EXPECT_TRUE(created.ok()) << created.status();
    EXPECT_TRUE(created->at(0).status.ok()) << created->at(0).status;
    const Status found = co_await metadata->AwaitTopic(name, Soon());
    EXPECT_TRUE(found.ok()) << found;
  }

  // A broker that has just begun has no ids to give away yet.
  Task<InitProducerIdResponse> TakeProducerId(Address broker) {
    const Instant deadline = Soon();
    while (true) {
      InitProducerIdRequest request;
      request.transactional_id.reset();
      request.transaction_timeout_ms = 60'000;
      const auto response = co_await pool->Call(broker, std::move(request));
      EXPECT_TRUE(response.ok()) << response.status();
      const ErrorCode error = response->error_code;
      if (error == ErrorCode::kNone || runtime.clock.Now() >= deadline) {
        EXPECT_EQ(error, ErrorCode::kNone);
        co_return *response;
      }
      EXPECT_EQ(error, ErrorCode::kCoordinatorLoadInProgress);
      const Instant next = runtime.clock.Now() + Milliseconds(20);
      co_await runtime.timers.SleepUntil(next);
    }
  }

  // One idempotent batch of `count` records, a millisecond apart from `first`.
  Task<> Produce(std::string topic, int32_t count, TimestampMs first) {
    const auto leader = co_await metadata->AwaitLeader(topic, PartitionId(0), Soon());
    EXPECT_TRUE(leader.ok()) << leader.status();
    const InitProducerIdResponse producer = co_await TakeProducerId(leader->address);
    BatchOptions batch_options;
    batch_options.producer_id = producer.producer_id;
    batch_options.producer_epoch = producer.producer_epoch;
    batch_options.base_sequence = Sequence(0);
    BatchBuilder builder(batch_options);
    for (int32_t i = 0; i < count; ++i) {
      NewRecord record;
      record.timestamp = first + i;
      record.value = AsBytes("a record");
      builder.Append(record);
    }
    ProduceRequest request;
    request.acks = -1;
    request.timeout_ms = 10'000;
    auto& data = request.topic_data.emplace_back();
    data.name = topic;
    data.topic_id = metadata->cache().FindTopic(topic)->id;
    auto& partition = data.partition_data.emplace_back();
    partition.records.emplace(*builder.Build());
    const auto response = co_await pool->Call(leader->address, std::move(request));
    EXPECT_TRUE(response.ok()) << response.status();
    const auto& answer = response->responses.at(0).partition_responses.at(0);
    EXPECT_EQ(answer.error_code, ErrorCode::kNone);
    EXPECT_EQ(answer.base_offset, Offset(0));
  }

  LinuxWorld world;
  Runtime& runtime = world.runtime();
  ClientOptions options;
  AdminOptions usual;
  std::optional<ConnectionPool> pool;
  std::optional<ClusterMetadata> metadata;
  std::optional<Admin> admin;
};

TEST_F(ClientAgainstServer, ManyCallsOfOneConnectionAreAnswered) {
  struct Story {
    static Task<> Ask(ClientAgainstServer& test, size_t& answered) {
      MetadataRequest request;
      request.topics.emplace();
      const auto response = co_await test.pool->Call(server, std::move(request));
      EXPECT_TRUE(response.ok()) << response.status();
      EXPECT_FALSE(response->brokers.empty());
      ++answered;
    }
    static Task<> Tell(ClientAgainstServer& test) {
      size_t answered = 0;
      TaskGroup asking(test.runtime.executor, [](const Status&) {});
      for (int i = 0; i < 200; ++i) asking.Start(Ask(test, answered));
      co_await asking.Join();
      EXPECT_EQ(answered, 200u);
      EXPECT_EQ(test.pool->size(), 1u);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClientAgainstServer, TopicsFromTheirCreationToTheirEnd) {
  struct Story {
    // The controller knows of the end of a topic before every broker does.
    static Task<Status> Disappears(ClientAgainstServer& test, std::string name) {
      const Instant deadline = test.Soon();
      Status last;
      while (last.ok() && test.runtime.clock.Now() < deadline) {
        std::vector<std::string> names{name};
        const auto told = co_await test.admin->DescribeTopics(std::move(names), test.usual);
        last = told.ok() ? told->at(0).status : told.status();
        const Instant next = test.runtime.clock.Now() + Milliseconds(20);
        co_await test.runtime.timers.SleepUntil(next);
      }
      co_return last;
    }
    static Task<> Tell(ClientAgainstServer& test) {
      const std::string name = test.NewName();
      co_await test.Create(name, 3);
      EXPECT_EQ(test.metadata->cache().FindTopic(name)->partitions.size(), 3u);

      std::vector<NewTopic> wrong(2);
      wrong[0].name = name;
      wrong[1].name = "no good";
      const auto refused = co_await test.admin->CreateTopics(std::move(wrong), test.usual);
      EXPECT_EQ(ErrorCodeOf(refused->at(0).status), ErrorCode::kTopicAlreadyExists);
      EXPECT_EQ(ErrorCodeOf(refused->at(1).status), ErrorCode::kInvalidTopicException);

      std::vector<NewPartitions> more(1);
      more[0].topic = name;
      more[0].total = 4;
      const auto extended = co_await test.admin->CreatePartitions(std::move(more), test.usual);
      EXPECT_TRUE(extended->at(0).status.ok()) << extended->at(0).status;
      std::vector<NewPartitions> fewer(1);
      fewer[0].topic = name;
      fewer[0].total = 2;
      const auto shrunk = co_await test.admin->CreatePartitions(std::move(fewer), test.usual);
      EXPECT_EQ(ErrorCodeOf(shrunk->at(0).status), ErrorCode::kInvalidPartitions);
      const auto leader = co_await test.metadata->AwaitLeader(name, PartitionId(3), test.Soon());
      EXPECT_TRUE(leader.ok()) << leader.status();

      const auto listed = co_await test.admin->ListTopics(test.usual);
      size_t found = 0;
      for (const ListedTopic& topic : *listed) found += topic.name == name ? 1 : 0;
      EXPECT_EQ(found, 1u);

      std::vector<std::string> names{name};
      const auto deleted = co_await test.admin->DeleteTopics(std::move(names), test.usual);
      EXPECT_TRUE(deleted->at(0).status.ok()) << deleted->at(0).status;
      const Status gone = co_await Disappears(test, name);
      EXPECT_EQ(ErrorCodeOf(gone), ErrorCode::kUnknownTopicOrPartition) << gone;
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClientAgainstServer, ConfigsAreSetAndTakenBack) {
  struct Story {
    static Task<std::string> Retention(ClientAgainstServer& test, AdminConfigResource resource,
                                       AdminConfigSource& source) {
      std::vector<AdminConfigResource> resources{resource};
      DescribeConfigsOptions what;
      what.synonyms = true;
      what.documentation = true;
      const auto described =
          co_await test.admin->DescribeConfigs(std::move(resources), what, test.usual);
      EXPECT_TRUE(described.ok()) << described.status();
      EXPECT_TRUE(described->at(0).status.ok()) << described->at(0).status;
      for (const ConfigEntry& entry : described->at(0).entries) {
        if (entry.name != "retention.ms") continue;
        EXPECT_FALSE(entry.documentation.empty());
        source = entry.source;
        if (source == AdminConfigSource::kTopic) {
          EXPECT_EQ(entry.synonyms.at(0).source, AdminConfigSource::kTopic);
        }
        co_return entry.value.value_or("");
      }
      co_return "absent";
    }
    // A change is known to its controller before every broker shows it.
    static Task<std::string> Await(ClientAgainstServer& test, AdminConfigResource resource,
                                   std::string wanted, AdminConfigSource& source) {
      const Instant deadline = test.Soon();
      std::string value;
      while (value != wanted && test.runtime.clock.Now() < deadline) {
        value = co_await Retention(test, resource, source);
        const Instant next = test.runtime.clock.Now() + Milliseconds(20);
        co_await test.runtime.timers.SleepUntil(next);
      }
      co_return value;
    }
    static Task<> Tell(ClientAgainstServer& test) {
      const std::string name = test.NewName();
      co_await test.Create(name, 1);
      const AdminConfigResource topic{AdminConfigResourceType::kTopic, name};
      std::vector<AdminConfigChange> changes(1);
      changes[0].resource = topic;
      changes[0].name = "retention.ms";
      changes[0].value = "70000";
      const auto set = co_await test.admin->AlterConfigs(std::move(changes), test.usual);
      EXPECT_TRUE(set.ok() && set->at(0).status.ok()) << set.status();
      AdminConfigSource source = AdminConfigSource::kUnknown;
      const std::string changed = "70000";
      std::string value = co_await Await(test, topic, changed, source);
      EXPECT_EQ(value, changed);
      EXPECT_EQ(source, AdminConfigSource::kTopic);
      std::vector<AdminConfigChange> back(1);
      back[0].resource = topic;
      back[0].name = "retention.ms";
      back[0].operation = AdminConfigOperation::kDelete;
      const auto taken = co_await test.admin->AlterConfigs(std::move(back), test.usual);
      EXPECT_TRUE(taken.ok() && taken->at(0).status.ok()) << taken.status();
      const std::string usual = "604800000";
      value = co_await Await(test, topic, usual, source);
      EXPECT_EQ(value, usual);
      EXPECT_NE(source, AdminConfigSource::kTopic);
      std::vector<AdminConfigChange> wrong(1);
      wrong[0].resource = topic;
      wrong[0].name = "retention.ms";
      wrong[0].value = "soon";
      const auto refused = co_await test.admin->AlterConfigs(std::move(wrong), test.usual);
      EXPECT_EQ(ErrorCodeOf(refused->at(0).status), ErrorCode::kInvalidConfig);
      std::vector<AdminConfigResourceType> types{AdminConfigResourceType::kTopic};
      const auto resources = co_await test.admin->ListConfigResources(std::move(types), test.usual);
      EXPECT_TRUE(resources.ok()) << resources.status();
      size_t found = 0;
      for (const AdminConfigResource& resource : *resources) found += resource == topic ? 1 : 0;
      EXPECT_EQ(found, 1u);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClientAgainstServer, OffsetsProducersAndDeletedRecords) {
  struct Story {
    static Task<OffsetResult> Find(ClientAgainstServer& test, TopicPartitionName partition,
                                   TimestampMs timestamp) {
      std::vector<OffsetQuery> queries(1);
      queries[0].partition = partition;
      queries[0].timestamp = timestamp;
      auto results = co_await test.admin->ListOffsets(std::move(queries), false, test.usual);
      EXPECT_TRUE(results[0].status.ok()) << results[0].status;
      co_return results[0];
    }
    static Task<> Tell(ClientAgainstServer& test) {
      const TopicPartitionName partition{test.NewName(), PartitionId(0)};
      co_await test.Create(partition.topic, 1);
      const TimestampMs first = test.runtime.clock.WallNow() - 60'000;
      co_await test.Produce(partition.topic, 5, first);
      const OffsetResult latest = co_await Find(test, partition, kLatestOffset);
      EXPECT_EQ(latest.offset, Offset(5));
      const OffsetResult third = co_await Find(test, partition, first + 2);
      EXPECT_EQ(third.offset, Offset(2));
      EXPECT_EQ(third.timestamp, first + 2);
      const OffsetResult last = co_await Find(test, partition, kMaxTimestampOffset);
      EXPECT_EQ(last.offset, Offset(4));
      const OffsetResult none = co_await Find(test, partition, first + 100);
      EXPECT_EQ(none.offset, kNoOffset);

      std::vector<TopicPartitionName> partitions{partition};
      const auto producers =
          co_await test.admin->DescribeProducers(std::move(partitions), test.usual);
      EXPECT_TRUE(producers[0].status.ok()) << producers[0].status;
      EXPECT_EQ(producers[0].producers.at(0).last_sequence, Sequence(4));

      std::vector<RecordsToDelete> records(1);
      records[0].partition = partition;
      records[0].before = Offset(2);
      const auto deleted = co_await test.admin->DeleteRecords(std::move(records), test.usual);
      EXPECT_TRUE(deleted[0].status.ok()) << deleted[0].status;
      EXPECT_EQ(deleted[0].low_watermark, Offset(2));
      const OffsetResult earliest = co_await Find(test, partition, kEarliestOffset);
      EXPECT_EQ(earliest.offset, Offset(2));
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClientAgainstServer, TheClusterDescribesItself) {
  struct Story {
    // A broker makes the directories of a new topic in its own time.
    static Task<size_t> CountReplicas(ClientAgainstServer& test, std::string topic) {
      std::vector<NodeId> all;
      const auto directories = co_await test.admin->DescribeLogDirs(std::move(all), test.usual);
      EXPECT_TRUE(directories.ok()) << directories.status();
      size_t replicas = 0;
      for (const LogDir& directory : directories->at(0).directories) {
        EXPECT_GT(directory.total_bytes, 0);
        for (const ReplicaInLogDir& replica : directory.replicas) {
          replicas += replica.partition.topic == topic ? 1 : 0;
        }
      }
      co_return replicas;
    }
    static Task<> Tell(ClientAgainstServer& test) {
      const std::string name = test.NewName();
      co_await test.Create(name, 2);
      const auto cluster = co_await test.admin->DescribeCluster(test.usual);
      EXPECT_TRUE(cluster.ok()) << cluster.status();
      EXPECT_EQ(cluster->id, test.metadata->cache().cluster_id());
      EXPECT_EQ(cluster->brokers.size(), 1u);
      const auto controller = co_await test.metadata->AwaitController(test.Soon());
      EXPECT_TRUE(controller.ok()) << controller.status();

      const Instant deadline = test.Soon();
      size_t replicas = 0;
      while (replicas < 2 && test.runtime.clock.Now() < deadline) {
        replicas = co_await CountReplicas(test, name);
        const Instant next = test.runtime.clock.Now() + Milliseconds(20);
        co_await test.runtime.timers.SleepUntil(next);
      }
      EXPECT_EQ(replicas, 2u);

      const auto quorum = co_await test.admin->DescribeQuorum(test.usual);
      EXPECT_TRUE(quorum.ok()) << quorum.status();
      EXPECT_EQ(quorum->voters.size(), 1u);
      EXPECT_EQ(quorum->leader, quorum->voters.at(0).id);
      EXPECT_GT(quorum->high_watermark, Offset(0));

      const auto features = co_await test.admin->DescribeFeatures(test.usual);
      EXPECT_TRUE(features.ok()) << features.status();
      int16_t level = 0;
      for (const FeatureRange& feature : features->features) {
        if (feature.name == "metadata.version") level = feature.finalized;
      }
      EXPECT_GT(level, 0);
      std::vector<FeatureUpdate> updates(1);
      updates[0].name = "no.such.feature";
      updates[0].level = 1;
      const auto refused = co_await test.admin->UpdateFeatures(std::move(updates), test.usual);
      EXPECT_FALSE(refused.ok() && refused->at(0).status.ok());
    }
  };
  Run(Story::Tell(*this));
}

constexpr int32_t kPartitions = 3;
constexpr int kRecords = 400;

// In every codec; each record once, in the order of its partition.
TEST_F(ClientAgainstServer, AProducerWritesEachRecordOnce) {
  struct Story {
    static Task<> Write(ClientAgainstServer& test, std::string topic, Compression compression,
                        std::vector<int64_t>& ends) {
      ProducerConfig config;
      config.batch_bytes = 2000;
      config.compression = compression;
      Producer producer(test.runtime, *test.pool, *test.metadata, config);
      int delivered = 0;
      for (int i = 0; i < kRecords; ++i) {
        const std::string key = StrCat("key ", i);
        const std::string value = StrCat("the value of record ", i, " of ", kRecords);
        ProducerRecord record;
        record.topic = topic;
        if (i % 2 == 0) record.key = AsBytes(key);
        record.value = AsBytes(value);
        DeliveryHandler handler = [&ends, &delivered](const StatusOr<RecordMetadata>& result) {
          ASSERT_TRUE(result.ok()) << result.status();
          int64_t& end = ends.at(static_cast<size_t>(result->partition.value()));
          EXPECT_EQ(result->offset, Offset(end));
          ++end;
          ++delivered;
        };
        const Status taken = co_await producer.Append(record, std::move(handler));
        EXPECT_TRUE(taken.ok()) << taken;
      }
      const Status closed = co_await producer.Close(std::chrono::seconds(20));
      EXPECT_TRUE(closed.ok()) << closed;
      EXPECT_EQ(delivered, kRecords);
    }
    static Task<> Tell(ClientAgainstServer& test) {
      const std::string name = test.NewName();
      co_await test.Create(name, kPartitions);
      std::vector<int64_t> ends(kPartitions, 0);
      for (const Codec codec :
           {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
        const Compression compression = Compression::Of(codec);
        co_await Write(test, name, compression, ends);
      }
      std::vector<OffsetQuery> queries(kPartitions);
      for (int32_t i = 0; i < kPartitions; ++i) {
        queries[static_cast<size_t>(i)].partition = TopicPartitionName{name, PartitionId(i)};
        queries[static_cast<size_t>(i)].timestamp = kLatestOffset;
      }
      const auto latest = co_await test.admin->ListOffsets(std::move(queries), false, test.usual);
      for (size_t i = 0; i < ends.size(); ++i) EXPECT_EQ(latest[i].offset, Offset(ends[i])) << i;
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClientAgainstServer, APortWithoutAServerSaysWhichStepFailed) {
  struct Story {
    static Task<> Tell(ClientAgainstServer& test) {
      Address nobody{.host = "127.0.0.1", .port = 1};
      const auto refused = co_await test.pool->Get(nobody);
      EXPECT_EQ(FailedStepOf(refused.status()), ConnectStep::kConnect) << refused.status();
      Address nowhere{.host = "no host", .port = 9092};
      const auto unknown = co_await test.pool->Get(nowhere);
      EXPECT_EQ(FailedStepOf(unknown.status()), ConnectStep::kResolve) << unknown.status();
    }
  };
  Run(Story::Tell(*this));
}

}  // namespace
}  // namespace penstock

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const auto address = penstock::Address::Parse(argc == 2 ? argv[1] : "");
  if (!address.ok()) {
    std::fprintf(stderr, "usage: client_against_server HOST:PORT\n");
    return 2;
  }
  penstock::server = *address;
  return RUN_ALL_TESTS();
}
