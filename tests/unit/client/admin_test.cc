#include "client/admin.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/describe_cluster.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/describe_log_dirs.h"
#include "protocol/messages/describe_producers.h"
#include "protocol/messages/describe_quorum.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/list_config_resources.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/update_features.h"
#include "tests/unit/client/scripted_broker.h"

namespace penstock {
namespace {

// Broker 1 leads partition 0 of each topic, broker 2 the others; broker 2 is
// the controller.
class AdminTest : public testing::Test {
 public:
  AdminTest() {
    for (ScriptedBroker* broker : {&first, &second}) {
      broker->On<MetadataRequest>([this](const MetadataRequest& request) { return Tell(request); });
    }
    options.bootstrap_servers = {first.address()};
  }

  MetadataResponse Tell(const MetadataRequest& request) {
    MetadataResponse response;
    for (ScriptedBroker* broker : {&first, &second}) {
      auto& told = response.brokers.emplace_back();
      told.node_id = NodeId(broker == &first ? 1 : 2);
      told.host = broker->address().host;
      told.port = broker->address().port;
    }
    response.controller_id = controller;
    std::vector<std::string> names{"words", "numbers"};
    if (request.topics.has_value()) {
      names.clear();
      for (const auto& topic : *request.topics) names.push_back(*topic.name);
    }
    for (const std::string& name : names) {
      auto& told = response.topics.emplace_back();
      told.name = name;
      if (name == "nowhere") told.error_code = ErrorCode::kUnknownTopicOrPartition;
      if (name == "nowhere") continue;
      for (int32_t i = 0; i < 3; ++i) {
        auto& partition = told.partitions.emplace_back();
        partition.partition_index = PartitionId(i);
        partition.leader_id = i == 0 ? leader_of_first : NodeId(2);
      }
    }
    return response;
  }

  void Run(Task<> story) {
    pool.emplace(runtime, options);
    metadata.emplace(runtime, *pool);
    admin.emplace(runtime, *pool, *metadata);
    world.Run(std::move(story));
    world.Run(metadata->Close());
    world.Run(pool->Close());
  }

  SimWorld world{7};
  Runtime& runtime = world.runtime();
  ScriptedBroker first{world, "kafka-1"};
  ScriptedBroker second{world, "kafka-2"};
  NodeId controller{2};
  NodeId leader_of_first{1};
  ClientOptions options;
  AdminOptions usual;
  std::optional<ConnectionPool> pool;
  std::optional<ClusterMetadata> metadata;
  std::optional<Admin> admin;
};

// --- topics ---

TEST_F(AdminTest, TopicsAreCreatedByTheControllerAndEachHasItsOwnResult) {
  second.On<CreateTopicsRequest>([](const CreateTopicsRequest& request) {
    EXPECT_EQ(request.timeout_ms, 60'000);
    CreateTopicsResponse response;
    for (const auto& topic : request.topics) {
      auto& told = *response.topics.emplace(response.topics.begin());  // in another order
      told.name = topic.name;
      told.num_partitions = topic.num_partitions;
      if (topic.name != "no good") continue;
      told.error_code = ErrorCode::kInvalidTopicException;
      told.error_message = "a space is not allowed";
    }
    return response;
  });
  struct Story {
    static Task<> Tell(AdminTest& test) {
      std::vector<NewTopic> topics(2);
      topics[0].name = "fine";
      topics[0].partitions = 3;
      topics[0].configs["retention.ms"] = "1000";
      topics[1].name = "no good";
      const auto results = co_await test.admin->CreateTopics(std::move(topics), test.usual);
      EXPECT_TRUE(results.ok()) << results.status();
      EXPECT_EQ((*results)[0].name, "fine");
      EXPECT_TRUE((*results)[0].status.ok());
      EXPECT_EQ((*results)[0].partitions, 3);
      EXPECT_EQ(ErrorCodeOf((*results)[1].status), ErrorCode::kInvalidTopicException);
      EXPECT_EQ(MessageOf((*results)[1].status), "topic no good: a space is not allowed");
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(AdminTest, AControllerThatHasMovedIsFoundAgain) {
  controller = NodeId(1);
  first.On<CreateTopicsRequest>([this](const CreateTopicsRequest& request) {
    controller = NodeId(2);
    CreateTopicsResponse response;
    for (const auto& topic : request.topics) {
      auto& told = response.topics.emplace_back();
      told.name = topic.name;
      told.error_code = ErrorCode::kNotController;
    }
    return response;
  });
  second.On<CreateTopicsRequest>([](const CreateTopicsRequest& request) {
    EXPECT_LT(request.timeout_ms, 60'000);
    CreateTopicsResponse response;
    response.topics.emplace_back().name = request.topics.front().name;
    return response;
  });
  struct Story {
    static Task<> Tell(AdminTest& test) {
      std::vector<NewTopic> topics(1);
      topics[0].name = "words";
      const auto results = co_await test.admin->CreateTopics(std::move(topics), test.usual);
      EXPECT_TRUE(results.ok()) << results.status();
      EXPECT_TRUE((*results)[0].status.ok()) << (*results)[0].status;
    }
  };
  Run(Story::Tell(*this));
  EXPECT_EQ(first.CountOf(ApiKey::kCreateTopics), 1u);
  EXPECT_EQ(second.CountOf(ApiKey::kCreateTopics), 1u);
}

TEST_F(AdminTest, TheTimeoutEndsTheRetries) {
  second.On<DeleteTopicsRequest>([](const DeleteTopicsRequest& request) {
    DeleteTopicsResponse response;
    auto& told = response.responses.emplace_back();
    told.name = *request.topics.front().name;
    told.error_code = ErrorCode::kNotController;
    return response;
  });
  struct Story {
    static Task<> Tell(AdminTest& test) {
      AdminOptions hurried;
      hurried.timeout = Milliseconds(2'000);
      std::vector<std::string> names{"words"};
      const Instant begin = test.runtime.clock.Now();
      const auto results = co_await test.admin->DeleteTopics(std::move(names), hurried);
      EXPECT_EQ(ErrorCodeOf(results.status()), ErrorCode::kNotController);
      EXPECT_LE(test.runtime.clock.Now() - begin, Milliseconds(2'000));
      EXPECT_GE(test.second.CountOf(ApiKey::kDeleteTopics), 3u);
      test.second.On<DeleteTopicsRequest>([](const DeleteTopicsRequest&) { return std::nullopt; });
      std::vector<std::string> again{"words"};
      const Instant second_begin = test.runtime.clock.Now();
      const auto silent = co_await test.admin->DeleteTopics(std::move(again), hurried);
      EXPECT_EQ(ErrorCodeOf(silent.status()), ErrorCode::kRequestTimedOut) << silent.status();
      EXPECT_EQ(test.runtime.clock.Now() - second_begin, Milliseconds(2'000));
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(AdminTest, PartitionsAreAddedAndWhatTheBrokerLeavesOutIsAnError) {
  second.On<CreatePartitionsRequest>([](const CreatePartitionsRequest& request) {
    EXPECT_TRUE(request.validate_only);
    EXPECT_EQ(request.topics[0].count, 5);
    EXPECT_FALSE(request.topics[0].assignments.has_value());
    CreatePartitionsResponse response;
    response.results.emplace_back().name = "words";
    return response;
  });
  struct Story {
    static Task<> Tell(AdminTest& test) {
      std::vector<NewPartitions> topics(2);
      topics[0].topic = "words";
      topics[0].total = 5;
      topics[1].topic = "numbers";
      AdminOptions dry;
      dry.validate_only = true;
      const auto results = co_await test.admin->CreatePartitions(std::move(topics), dry);
      EXPECT_TRUE((*results)[0].status.ok());
      EXPECT_EQ(ErrorCodeOf((*results)[1].status), ErrorCode::kUnknownServerError);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(AdminTest, TopicsAreListedByNameAndDescribedInTheOrderOfTheQuestion) {
  struct Story {
    static Task<> Tell(AdminTest& test) {
      const auto listed = co_await test.admin->ListTopics(test.usual);
      EXPECT_EQ(listed->size(), 2u);
      EXPECT_EQ((*listed)[0].name, "numbers");
      std::vector<std::string> names{"words", "nowhere"};
      const auto described = co_await test.admin->DescribeTopics(std::move(names), test.usual);
      EXPECT_EQ((*described)[0].info.partitions.size(), 3u);
      EXPECT_EQ((*described)[0].info.partitions[1].leader, NodeId(2));
      EXPECT_EQ(ErrorCodeOf((*described)[1].status), ErrorCode::kUnknownTopicOrPartition);
    }
  };
  Run(Story::Tell(*this));
}

// --- configs ---

TEST_F(AdminTest, ABrokersConfigsAreAskedOfThatBroker) {
  for (ScriptedBroker* broker : {&first, &second}) {
    broker->On<DescribeConfigsRequest>([](const DescribeConfigsRequest& request) {
      DescribeConfigsResponse response;
      for (const auto& resource : request.resources) {
        auto& told = response.results.emplace_back();
        told.resource_type = resource.resource_type;
        told.resource_name = resource.resource_name;
        auto& config = told.configs.emplace_back();
        config.name = "retention.ms";
        config.value = "5";
        config.config_source = 1;
        auto& synonym = config.synonyms.emplace_back();
        synonym.name = "log.retention.ms";
        synonym.source = 5;
      }
      return response;
    });
  }
  struct Story {
    static Task<> Tell(AdminTest& test) {
      const AdminConfigResource words{AdminConfigResourceType::kTopic, "words"};
      const AdminConfigResource broker{AdminConfigResourceType::kBroker, "2"};
      std::vector<AdminConfigResource> resources{broker, words};
      DescribeConfigsOptions what;
      what.synonyms = true;
      const auto configs =
          co_await test.admin->DescribeConfigs(std::move(resources), what, test.usual);
      EXPECT_EQ((*configs)[0].resource, broker);
      EXPECT_EQ((*configs)[1].resource, words);
      const ConfigEntry& entry = (*configs)[1].entries.at(0);
      EXPECT_EQ(entry.value, "5");
      EXPECT_EQ(entry.source, AdminConfigSource::kTopic);
      EXPECT_EQ(entry.synonyms.at(0).source, AdminConfigSource::kDefault);
    }
  };
  Run(Story::Tell(*this));
  EXPECT_GE(second.CountOf(ApiKey::kDescribeConfigs), 1u);
}

TEST_F(AdminTest, ChangesOfOneResourceTravelTogether) {
  second.On<IncrementalAlterConfigsRequest>([](const IncrementalAlterConfigsRequest& request) {
    IncrementalAlterConfigsResponse response;
    EXPECT_EQ(request.resources.size(), 2u);
    EXPECT_EQ(request.resources[0].configs.size(), 2u);
    EXPECT_EQ(request.resources[0].configs[1].config_operation, 1);
    for (const auto& resource : request.resources) {
      auto& told = response.responses.emplace_back();
      told.resource_type = resource.resource_type;
      told.resource_name = resource.resource_name;
      if (resource.resource_name == "numbers") told.error_code = ErrorCode::kInvalidConfig;
    }
    return response;
  });
  struct Story {
    static Task<> Tell(AdminTest& test) {
      const AdminConfigResource words{AdminConfigResourceType::kTopic, "words"};
      const AdminConfigResource numbers{AdminConfigResourceType::kTopic, "numbers"};
      std::vector<AdminConfigChange> changes(3);
      changes[0] = AdminConfigChange{words, "retention.ms", AdminConfigOperation::kSet, "7"};
      changes[1] = AdminConfigChange{numbers, "retention.ms", AdminConfigOperation::kSet, "no"};
      changes[2] =
          AdminConfigChange{words, "segment.ms", AdminConfigOperation::kDelete, std::nullopt};
      const auto results = co_await test.admin->AlterConfigs(std::move(changes), test.usual);
      EXPECT_EQ(results->size(), 2u);
      EXPECT_EQ((*results)[0].resource, words);
      EXPECT_TRUE((*results)[0].status.ok());
      EXPECT_EQ(ErrorCodeOf((*results)[1].status), ErrorCode::kInvalidConfig);
    }
  };
  Run(Story::Tell(*this));
}

// --- partitions ---

TEST_F(AdminTest, OffsetsAreAskedOfEachLeaderAndAgainWhereItMoved) {
  for (ScriptedBroker* broker : {&first, &second}) {
    broker->On<ListOffsetsRequest>([this, broker](const ListOffsetsRequest& request) {
      ListOffsetsResponse response;
      for (const auto& topic : request.topics) {
        auto& told_topic = response.topics.emplace_back();
        told_topic.name = topic.name;
        for (const auto& partition : topic.partitions) {
          auto& told = told_topic.partitions.emplace_back();
          told.partition_index = partition.partition_index;
          told.offset = Offset(100 + partition.partition_index.value());
          if (broker == &first) told.error_code = ErrorCode::kNotLeaderOrFollower;
          if (broker == &first) leader_of_first = NodeId(2);
        }
      }
      return response;
    });
  }
  struct Story {
    static Task<> Tell(AdminTest& test) {
      std::vector<OffsetQuery> queries(4);
      queries[0].partition = TopicPartitionName{"words", PartitionId(1)};
      queries[1].partition = TopicPartitionName{"words", PartitionId(0)};
      queries[2].partition = TopicPartitionName{"nowhere", PartitionId(0)};
      queries[3].partition = TopicPartitionName{"numbers", PartitionId(9)};
      const Instant begin = test.runtime.clock.Now();
      const auto results = co_await test.admin->ListOffsets(std::move(queries), false, test.usual);
      EXPECT_EQ(results[0].offset, Offset(101));
      EXPECT_TRUE(results[1].status.ok()) << results[1].status;
      EXPECT_EQ(results[1].offset, Offset(100));
      EXPECT_EQ(ErrorCodeOf(results[2].status), ErrorCode::kUnknownTopicOrPartition);
      EXPECT_EQ(ErrorCodeOf(results[3].status), ErrorCode::kUnknownTopicOrPartition);
      EXPECT_LT(test.runtime.clock.Now() - begin, Milliseconds(3'000));
    }
  };
  Run(Story::Tell(*this));
  EXPECT_EQ(first.CountOf(ApiKey::kListOffsets), 1u);
}

TEST_F(AdminTest, ALeaderThatDiesIsRetriedUntilItIsBack) {
  second.On<DeleteRecordsRequest>([](const DeleteRecordsRequest& request) {
    DeleteRecordsResponse response;
    auto& topic = response.topics.emplace_back();
    topic.name = request.topics[0].name;
    auto& partition = topic.partitions.emplace_back();
    partition.partition_index = request.topics[0].partitions[0].partition_index;
    partition.low_watermark = request.topics[0].partitions[0].offset;
    return response;
  });
  struct Story {
    static Task<> Revive(AdminTest& test) {
      const Instant later = test.runtime.clock.Now() + Milliseconds(700);
      co_await test.runtime.timers.SleepUntil(later);
      test.second.Start();
    }
    static Task<> Tell(AdminTest& test) {
      test.second.Kill();
      TaskGroup reviving(test.runtime.executor, [](const Status&) {});
      reviving.Start(Revive(test));
      std::vector<RecordsToDelete> records(1);
      records[0].partition = TopicPartitionName{"words", PartitionId(2)};
      records[0].before = Offset(7);
      const auto results = co_await test.admin->DeleteRecords(std::move(records), test.usual);
      EXPECT_TRUE(results[0].status.ok()) << results[0].status;
      EXPECT_EQ(results[0].low_watermark, Offset(7));
      co_await reviving.Join();
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(AdminTest, ProducersOfAPartitionAreTold) {
  first.On<DescribeProducersRequest>([](const DescribeProducersRequest&) {
    DescribeProducersResponse response;
    auto& topic = response.topics.emplace_back();
    topic.name = "words";
    auto& partition = topic.partitions.emplace_back();
    auto& producer = partition.active_producers.emplace_back();
    producer.producer_id = ProducerId(42);
    producer.producer_epoch = 3;
    producer.last_sequence = Sequence(9);
    return response;
  });
  struct Story {
    static Task<> Tell(AdminTest& test) {
      std::vector<TopicPartitionName> partitions{{"words", PartitionId(0)}};
      const auto results =
          co_await test.admin->DescribeProducers(std::move(partitions), test.usual);
      EXPECT_TRUE(results[0].status.ok()) << results[0].status;
      EXPECT_EQ(results[0].producers.at(0).id, ProducerId(42));
      EXPECT_EQ(results[0].producers.at(0).last_sequence, Sequence(9));
      EXPECT_EQ(results[0].producers.at(0).transaction_start, kNoOffset);
    }
  };
  Run(Story::Tell(*this));
}

// --- the cluster ---

TEST_F(AdminTest, LogDirectoriesAreAskedOfEveryBroker) {
  for (ScriptedBroker* broker : {&first, &second}) {
    broker->On<DescribeLogDirsRequest>([broker, this](const DescribeLogDirsRequest&) {
      DescribeLogDirsResponse response;
      auto& directory = response.results.emplace_back();
      directory.log_dir = broker == &first ? "/one" : "/two";
      auto& topic = directory.topics.emplace_back();
      topic.name = "words";
      topic.partitions.emplace_back().partition_size = 10;
      return response;
    });
  }
  struct Story {
    static Task<> Tell(AdminTest& test) {
      std::vector<NodeId> all;
      const auto brokers = co_await test.admin->DescribeLogDirs(std::move(all), test.usual);
      EXPECT_TRUE(brokers.ok()) << brokers.status();
      EXPECT_EQ(brokers->size(), 2u);
      EXPECT_EQ((*brokers)[0].broker, NodeId(1));
      EXPECT_EQ((*brokers)[0].directories.at(0).path, "/one");
      EXPECT_EQ((*brokers)[1].directories.at(0).path, "/two");
      EXPECT_EQ((*brokers)[1].directories.at(0).replicas.at(0).bytes, 10);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(AdminTest, TheQuorumAndItsErrorsAreTold) {
  first.On<DescribeQuorumRequest>([](const DescribeQuorumRequest& request) {
    EXPECT_EQ(request.topics.at(0).topic_name, "__cluster_metadata");
    DescribeQuorumResponse response;
    auto& partition = response.topics.emplace_back().partitions.emplace_back();
    partition.leader_id = NodeId(1);
    partition.high_watermark = Offset(17);
    partition.current_voters.emplace_back().replica_id = NodeId(1);
    return response;
  });
  struct Story {
    static Task<> Tell(AdminTest& test) {
      const auto quorum = co_await test.admin->DescribeQuorum(test.usual);
      EXPECT_TRUE(quorum.ok()) << quorum.status();
      EXPECT_EQ(quorum->leader, NodeId(1));
      EXPECT_EQ(quorum->high_watermark, Offset(17));
      EXPECT_EQ(quorum->voters.size(), 1u);
      test.first.On<DescribeQuorumRequest>([](const DescribeQuorumRequest&) {
        DescribeQuorumResponse response;
        response.error_code = ErrorCode::kClusterAuthorizationFailed;
        return response;
      });
      const auto refused = co_await test.admin->DescribeQuorum(test.usual);
      EXPECT_EQ(ErrorCodeOf(refused.status()), ErrorCode::kClusterAuthorizationFailed);
      test.first.On<DescribeQuorumRequest>(
          [](const DescribeQuorumRequest&) { return DescribeQuorumResponse(); });
      const auto empty = co_await test.admin->DescribeQuorum(test.usual);
      EXPECT_EQ(empty.status().code(), StatusCode::kInternal);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(AdminTest, FeaturesAreDescribedAndUpdated) {
  first.On<ApiVersionsRequest>([this](const ApiVersionsRequest&) {
    ApiVersionsResponse response = first.Versions();
    auto& supported = response.supported_features.emplace_back();
    supported.name = "kraft.version";
    supported.max_version = 1;
    auto& finalized = response.finalized_features.emplace_back();
    finalized.name = "kraft.version";
    finalized.max_version_level = 1;
    response.finalized_features_epoch = 4;
    return response;
  });
  second.On<UpdateFeaturesRequest>([](const UpdateFeaturesRequest& request) {
    UpdateFeaturesResponse response;
    response.error_code = ErrorCode::kFeatureUpdateFailed;
    response.error_message = request.feature_updates.at(0).feature + " cannot be lowered";
    return response;
  });
  struct Story {
    static Task<> Tell(AdminTest& test) {
      const auto features = co_await test.admin->DescribeFeatures(test.usual);
      EXPECT_TRUE(features.ok()) << features.status();
      EXPECT_EQ(features->epoch, 4);
      EXPECT_EQ(features->features.at(0).supported_max, 1);
      EXPECT_EQ(features->features.at(0).finalized, 1);
      std::vector<FeatureUpdate> updates(1);
      updates[0].name = "kraft.version";
      const auto results = co_await test.admin->UpdateFeatures(std::move(updates), test.usual);
      EXPECT_EQ(ErrorCodeOf(results->at(0).status), ErrorCode::kFeatureUpdateFailed);
      EXPECT_EQ(MessageOf(results->at(0).status),
                "feature kraft.version: kraft.version cannot be lowered");
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(AdminTest, EachBrokerTellsItsApis) {
  struct Story {
    static Task<> Tell(AdminTest& test) {
      const auto brokers = co_await test.admin->DescribeApis(test.usual);
      EXPECT_TRUE(brokers.ok()) << brokers.status();
      EXPECT_EQ(brokers->size(), 2u);
      for (const BrokerApis& one : *brokers) {
        const bool has_versions =
            std::any_of(one.apis.begin(), one.apis.end(), [](const ServedApi& api) {
              return api.key == static_cast<int16_t>(ApiKey::kApiVersions) &&
                     api.name == "ApiVersions" && api.versions.max >= api.versions.min;
            });
        EXPECT_TRUE(has_versions) << one.broker.id;
      }
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(AdminTest, TheClusterAndItsResourcesAreTold) {
  first.On<DescribeClusterRequest>([](const DescribeClusterRequest&) {
    DescribeClusterResponse response;
    response.cluster_id = "cluster";
    response.controller_id = NodeId(2);
    for (const int32_t id : {2, 1}) response.brokers.emplace_back().broker_id = NodeId(id);
    return response;
  });
  first.On<ListConfigResourcesRequest>([](const ListConfigResourcesRequest& request) {
    EXPECT_EQ(request.resource_types, std::vector<int8_t>{2});
    ListConfigResourcesResponse response;
    auto& told = response.config_resources.emplace_back();
    told.resource_type = 2;
    told.resource_name = "words";
    return response;
  });
  struct Story {
    static Task<> Tell(AdminTest& test) {
      const auto cluster = co_await test.admin->DescribeCluster(test.usual);
      EXPECT_EQ(cluster->id, "cluster");
      EXPECT_EQ(cluster->brokers.at(0).id, NodeId(1));
      std::vector<AdminConfigResourceType> types{AdminConfigResourceType::kTopic};
      const auto resources = co_await test.admin->ListConfigResources(std::move(types), test.usual);
      EXPECT_EQ(*resources,
                (std::vector<AdminConfigResource>{{AdminConfigResourceType::kTopic, "words"}}));
    }
  };
  Run(Story::Tell(*this));
}

}  // namespace
}  // namespace penstock
