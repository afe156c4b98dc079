#include "client/metadata_cache.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

Uuid Id(uint64_t number) { return Uuid(1, number); }

MetadataResponse TwoBrokers() {
  MetadataResponse response;
  for (const int32_t id : {1, 2}) {
    auto& broker = response.brokers.emplace_back();
    broker.node_id = NodeId(id);
    broker.host = "kafka-" + std::to_string(id);
    broker.port = 9092;
  }
  response.controller_id = NodeId(2);
  response.cluster_id = "cluster";
  return response;
}

void AddTopic(MetadataResponse& response, std::string name, uint64_t id,
              std::vector<std::pair<int32_t, int32_t>> leaders_and_epochs) {
  auto& topic = response.topics.emplace_back();
  topic.name = std::move(name);
  topic.topic_id = Id(id);
  for (const auto& [leader, epoch] : leaders_and_epochs) {
    auto& partition = topic.partitions.emplace_back();
    partition.partition_index = PartitionId(static_cast<int32_t>(topic.partitions.size()) - 1);
    partition.leader_id = NodeId(leader);
    partition.leader_epoch = LeaderEpoch(epoch);
  }
}

TEST(MetadataCacheTest, ATopicIsFoundByNameAndById) {
  MetadataCache cache;
  MetadataResponse response = TwoBrokers();
  AddTopic(response, "words", 7, {{1, 3}, {2, 4}});
  cache.Apply(response);
  ASSERT_NE(cache.FindTopic("words"), nullptr);
  EXPECT_EQ(cache.FindTopic(Id(7)), cache.FindTopic("words"));
  EXPECT_EQ(cache.FindTopic("words")->partitions.size(), 2u);
  EXPECT_EQ(cache.FindTopic("other"), nullptr);
  EXPECT_EQ(cache.FindTopic(Id(8)), nullptr);
  EXPECT_EQ(cache.controller(), NodeId(2));
  EXPECT_EQ(cache.cluster_id(), "cluster");
  const auto leader = cache.FindLeader("words", PartitionId(1));
  ASSERT_TRUE(leader.ok()) << leader.status();
  EXPECT_EQ(leader->node, NodeId(2));
  EXPECT_EQ(leader->address.ToString(), "kafka-2:9092");
  EXPECT_EQ(leader->epoch, LeaderEpoch(4));
}

TEST(MetadataCacheTest, WhatHasNoLeaderSaysWhy) {
  MetadataCache cache;
  MetadataResponse response = TwoBrokers();
  AddTopic(response, "words", 7, {{-1, 3}, {9, 3}});
  cache.Apply(response);
  const auto code = [&cache](std::string_view topic, int32_t partition) {
    return ErrorCodeOf(cache.FindLeader(topic, PartitionId(partition)).status());
  };
  EXPECT_EQ(code("words", 0), ErrorCode::kLeaderNotAvailable);
  EXPECT_EQ(code("words", 1), ErrorCode::kLeaderNotAvailable);  // a broker that nobody told of
  EXPECT_EQ(code("words", 2), ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(code("words", -1), ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(code("other", 0), ErrorCode::kUnknownTopicOrPartition);
}

TEST(MetadataCacheTest, AnOlderEpochNeverReplacesANewerOne) {
  MetadataCache cache;
  MetadataResponse response = TwoBrokers();
  AddTopic(response, "words", 7, {{1, 5}});
  cache.Apply(response);
  MetadataResponse old = TwoBrokers();
  AddTopic(old, "words", 7, {{2, 4}});
  cache.Apply(old);
  EXPECT_EQ(cache.FindLeader("words", PartitionId(0))->node, NodeId(1));
  EXPECT_FALSE(cache.UpdateLeader("words", PartitionId(0), NodeId(2), LeaderEpoch(5)));
  EXPECT_TRUE(cache.UpdateLeader("words", PartitionId(0), NodeId(2), LeaderEpoch(6)));
  EXPECT_EQ(cache.FindLeader("words", PartitionId(0))->node, NodeId(2));
  EXPECT_FALSE(cache.UpdateLeader("words", PartitionId(1), NodeId(2), LeaderEpoch(9)));
  EXPECT_FALSE(cache.UpdateLeader("other", PartitionId(0), NodeId(2), LeaderEpoch(9)));
}

TEST(MetadataCacheTest, ATopicThatWasCreatedAgainIsAnotherOne) {
  MetadataCache cache;
  MetadataResponse response = TwoBrokers();
  AddTopic(response, "words", 7, {{1, 5}, {1, 5}});
  cache.Apply(response);
  MetadataResponse again = TwoBrokers();
  AddTopic(again, "words", 8, {{2, 0}});
  cache.Apply(again);
  EXPECT_EQ(cache.FindTopic("words")->id, Id(8));
  EXPECT_EQ(cache.FindTopic(Id(7)), nullptr);
  EXPECT_EQ(cache.FindLeader("words", PartitionId(0))->epoch, LeaderEpoch(0));
}

TEST(MetadataCacheTest, AnErrorTakesTheTopicOutAndIsKeptUntilTheNextAnswer) {
  MetadataCache cache;
  MetadataResponse response = TwoBrokers();
  AddTopic(response, "words", 7, {{1, 5}});
  AddTopic(response, "numbers", 9, {{1, 5}});
  cache.Apply(response);
  MetadataResponse deleted = TwoBrokers();
  auto& topic = deleted.topics.emplace_back();
  topic.name = "words";
  topic.error_code = ErrorCode::kUnknownTopicOrPartition;
  cache.Apply(deleted);
  EXPECT_EQ(cache.FindTopic("words"), nullptr);
  EXPECT_EQ(cache.FindTopic(Id(7)), nullptr);
  EXPECT_NE(cache.FindTopic("numbers"), nullptr);  // the answer did not name it
  EXPECT_EQ(ErrorCodeOf(cache.ErrorOf("words")), ErrorCode::kUnknownTopicOrPartition);
  cache.Apply(response);
  EXPECT_TRUE(cache.ErrorOf("words").ok());
  cache.Apply(deleted);
  cache.ForgetTopic("words");
  EXPECT_TRUE(cache.ErrorOf("words").ok());
}

TEST(MetadataCacheTest, WhatMakesNoSenseIsLeftOut) {
  MetadataCache cache;
  MetadataResponse response = TwoBrokers();
  response.brokers[0].port = 70'000;
  AddTopic(response, "words", 7, {{2, 1}});
  response.topics[0].partitions[0].partition_index = PartitionId(1'000'000'000);
  response.topics.emplace_back().name.reset();
  cache.Apply(response);
  EXPECT_EQ(cache.FindBroker(NodeId(1)), nullptr);
  EXPECT_NE(cache.FindBroker(NodeId(2)), nullptr);
  EXPECT_EQ(cache.FindTopic("words")->partitions.size(), 1u);
  EXPECT_EQ(cache.FindTopic("words")->partitions[0].leader, kNoNode);
}

}  // namespace
}  // namespace penstock
