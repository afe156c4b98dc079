#include "metadata/controller/partition_manager.h"

#include <gtest/gtest.h>

#include "tests/unit/metadata/controller/test_cluster.h"

namespace penstock {
namespace {

using Topic = CreatePartitionsRequest::CreatePartitionsTopic;

Topic Grown(std::string name, int32_t count) {
  Topic topic;
  topic.name = std::move(name);
  topic.count = count;
  topic.assignments = std::nullopt;
  return topic;
}

Topic Grown(std::string name, int32_t count, const std::vector<std::vector<NodeId>>& replicas) {
  Topic topic = Grown(std::move(name), count);
  topic.assignments.emplace();
  for (const auto& brokers : replicas) {
    CreatePartitionsRequest::CreatePartitionsAssignment assignment;
    assignment.broker_ids = brokers;
    topic.assignments->push_back(std::move(assignment));
  }
  return topic;
}

class PartitionManagerTest : public ::testing::Test {
 protected:
  PartitionManagerTest() {
    cluster_.Add(1);
    cluster_.Add(2);
    cluster_.AddTopic("words", {Nodes({1})});
  }
  ControllerResult<CreatePartitionsResponse> Ask(std::vector<Topic> topics) {
    CreatePartitionsRequest request;
    request.topics = std::move(topics);
    return CreatePartitions(cluster_.image(), request);
  }
  std::string Refusal(Topic topic) {
    const auto result = Ask({std::move(topic)});
    EXPECT_TRUE(result.records.empty());
    const auto& refused = result.response.results.front();
    return std::string(NameOf(refused.error_code)) + ": " + refused.error_message.value_or("");
  }

  TestCluster cluster_;
};

TEST_F(PartitionManagerTest, NewPartitionsComeBehindTheOnesThatAreThere) {
  const auto result = Ask({Grown("words", 3)});
  EXPECT_EQ(result.response.results.front().error_code, ErrorCode::kNone);
  EXPECT_EQ(KindsOf(result.records), (Kinds{"PARTITION_RECORD", "PARTITION_RECORD"}));
  cluster_.Apply(result.records);
  EXPECT_EQ(cluster_.image().topics.FindByName("words")->partitions.size(), 3u);
  EXPECT_EQ(cluster_.Partition("words", 1).leader, NodeId(2));
  EXPECT_EQ(cluster_.Partition("words", 2).leader, NodeId(1));
}

TEST_F(PartitionManagerTest, TheyHaveAsManyReplicasAsTheFirst) {
  cluster_.AddTopic("safe", {Nodes({1, 2})});
  cluster_.Apply(Ask({Grown("safe", 2)}).records);
  EXPECT_EQ(cluster_.Partition("safe", 1).replicas, Nodes({2, 1}));
}

TEST_F(PartitionManagerTest, AnAssignmentIsForTheNewOnesOnly) {
  cluster_.Apply(Ask({Grown("words", 3, {Nodes({2}), Nodes({2})})}).records);
  EXPECT_EQ(cluster_.Partition("words", 1).replicas, Nodes({2}));
  EXPECT_EQ(cluster_.Partition("words", 2).replicas, Nodes({2}));
  EXPECT_EQ(Refusal(Grown("words", 5, {Nodes({1})})),
            "INVALID_REPLICA_ASSIGNMENT: Attempted to add 2 additional partition(s), but only 1 "
            "assignment(s) were specified.");
  EXPECT_TRUE(Refusal(Grown("words", 4, {Nodes({1, 2})})).starts_with("INVALID_REPLICA_ASSIGNMENT"))
      << "another number of replicas";
  cluster_.Fence(2);
  EXPECT_EQ(Refusal(Grown("words", 5, {Nodes({1}), Nodes({2})})),
            "INVALID_REPLICA_ASSIGNMENT: All brokers specified in the manual partition assignment "
            "for partition 4 are fenced or in controlled shutdown.");
}

TEST_F(PartitionManagerTest, ATopicOnlyGrows) {
  EXPECT_EQ(Refusal(Grown("words", 1)), "INVALID_PARTITIONS: Topic already has 1 partition(s).");
  EXPECT_EQ(Refusal(Grown("words", 0)),
            "INVALID_PARTITIONS: The topic words currently has 1 partition(s); 0 would not be an "
            "increase.");
  EXPECT_TRUE(Refusal(Grown("words", -2'147'483'647 - 1)).starts_with("INVALID_PARTITIONS: "));
  EXPECT_TRUE(Refusal(Grown("nothing", 2)).starts_with("UNKNOWN_TOPIC_OR_PARTITION: "));
}

TEST_F(PartitionManagerTest, ItDoesNotGrowWithoutLimit) {
  EXPECT_EQ(Refusal(Grown("words", 2'147'483'647)),
            "POLICY_VIOLATION: Excessively large number of partitions per request.");
  EXPECT_EQ(Ask({Grown("words", 10'001)}).records.size(), 10'000u);
  cluster_.AddTopic("lines", {Nodes({1})});
  const auto result = Ask({Grown("words", 6'001), Grown("lines", 6'001)});
  EXPECT_EQ(result.response.results[0].error_code, ErrorCode::kNone);
  EXPECT_EQ(result.response.results[1].error_code, ErrorCode::kPolicyViolation);
  EXPECT_EQ(result.records.size(), 6'000u);
}

TEST_F(PartitionManagerTest, WhatIsNamedTwiceIsRefusedOnce) {
  cluster_.AddTopic("lines", {Nodes({1})});
  const auto result = Ask({Grown("words", 2), Grown("lines", 2), Grown("words", 3)});
  ASSERT_EQ(result.response.results.size(), 2u);
  EXPECT_EQ(result.response.results[0].name, "words");
  EXPECT_EQ(result.response.results[0].error_message, "Duplicate topic name.");
  EXPECT_EQ(result.response.results[1].error_code, ErrorCode::kNone);
  EXPECT_EQ(result.records.size(), 1u);
}

TEST_F(PartitionManagerTest, NobodyActiveMeansNoPartition) {
  cluster_.Fence(1);
  cluster_.Fence(2);
  EXPECT_TRUE(Refusal(Grown("words", 2)).starts_with("INVALID_REPLICATION_FACTOR: "));
}

TEST_F(PartitionManagerTest, ValidatingMakesNothing) {
  CreatePartitionsRequest request;
  request.topics = {Grown("words", 2)};
  request.validate_only = true;
  const auto result = CreatePartitions(cluster_.image(), request);
  EXPECT_EQ(result.response.results.front().error_code, ErrorCode::kNone);
  EXPECT_TRUE(result.records.empty());
}

}  // namespace
}  // namespace penstock
