#include <gtest/gtest.h>

#include "metadata/controller/topic_manager.h"
#include "tests/unit/metadata/controller/test_cluster.h"

namespace penstock {
namespace {

using Topic = CreateTopicsRequest::CreatableTopic;
using Result = CreateTopicsResponse::CreatableTopicResult;

Topic TopicOf(std::string name, int32_t partitions = -1, int16_t factor = -1) {
  Topic topic;
  topic.name = std::move(name);
  topic.num_partitions = partitions;
  topic.replication_factor = factor;
  return topic;
}

Topic Assigned(std::string name, const std::vector<std::vector<NodeId>>& replicas) {
  Topic topic = TopicOf(std::move(name));
  for (size_t i = 0; i < replicas.size(); ++i) {
    CreateTopicsRequest::CreatableReplicaAssignment assignment;
    assignment.partition_index = PartitionId(static_cast<int32_t>(i));
    assignment.broker_ids = replicas[i];
    topic.assignments.push_back(std::move(assignment));
  }
  return topic;
}

void AddConfig(Topic& topic, std::string name, std::optional<std::string> value) {
  CreateTopicsRequest::CreatableTopicConfig config;
  config.name = std::move(name);
  config.value = std::move(value);
  topic.configs.push_back(std::move(config));
}

class CreateTopicsTest : public ::testing::Test {
 protected:
  CreateTopicsTest() {
    cluster_.Add(1);
    cluster_.Add(2);
  }
  ControllerResult<CreateTopicsResponse> Ask(std::vector<Topic> topics, bool only = false) {
    CreateTopicsRequest request;
    request.topics = std::move(topics);
    request.validate_only = only;
    return CreateTopics(cluster_.options(), cluster_.image(), request);
  }
  // Asks for one topic and lets the cluster have it.
  Result Create(Topic topic) {
    auto result = Ask({std::move(topic)});
    EXPECT_EQ(result.response.topics.size(), 1u);
    cluster_.Apply(result.records);
    return result.response.topics.front();
  }
  // "CODE: message" for a topic that is refused.
  std::string Refusal(Topic topic) {
    const auto result = Ask({std::move(topic)});
    EXPECT_EQ(result.response.topics.size(), 1u);
    EXPECT_TRUE(result.records.empty());
    const Result& refused = result.response.topics.front();
    return std::string(NameOf(refused.error_code)) + ": " + refused.error_message.value_or("");
  }

  TestCluster cluster_;
};

TEST_F(CreateTopicsTest, ATopicIsATopicRecordItsConfigsAndItsPartitions) {
  Topic topic = TopicOf("words", 2, 1);
  AddConfig(topic, "retention.ms", "1000");
  const auto result = Ask({topic});
  EXPECT_EQ(KindsOf(result.records),
            (Kinds{"TOPIC_RECORD", "CONFIG_RECORD", "PARTITION_RECORD", "PARTITION_RECORD"}));
  cluster_.Apply(result.records);
  const Result& made = result.response.topics.front();
  EXPECT_EQ(made.error_code, ErrorCode::kNone);
  EXPECT_EQ(made.error_message, std::nullopt);
  EXPECT_EQ(made.num_partitions, 2);
  EXPECT_EQ(made.replication_factor, 1);
  EXPECT_EQ(cluster_.image().topics.FindById(made.topic_id)->name, "words");
  EXPECT_EQ(cluster_.Partition("words", 0).leader, NodeId(1));
  EXPECT_EQ(cluster_.Partition("words", 1).leader, NodeId(2));
  EXPECT_EQ(cluster_.image().configs.Of(ConfigResource::Topic("words")).at("retention.ms"), "1000");
}

TEST_F(CreateTopicsTest, TheAnswerTellsTheConfigsThatAreInEffect) {
  cluster_.options().static_config["log.segment.bytes"] = "2000000";
  Topic topic = TopicOf("words", 1, 1);
  AddConfig(topic, "retention.ms", "1000");
  const Result made = Create(topic);
  ASSERT_TRUE(made.configs.has_value());
  std::map<std::string, std::optional<std::string>> values;
  for (const auto& config : *made.configs) values[config.name] = config.value;
  EXPECT_EQ(values.at("retention.ms"), "1000");
  EXPECT_EQ(values.at("segment.bytes"), "2000000");
  EXPECT_EQ(values.at("cleanup.policy"), "delete");
}

TEST_F(CreateTopicsTest, MinusOneMeansTheBrokersDefault) {
  cluster_.options().num_partitions = 3;
  cluster_.options().default_replication_factor = 2;
  const Result made = Create(TopicOf("words"));
  EXPECT_EQ(made.num_partitions, 3);
  EXPECT_EQ(made.replication_factor, 2);
}

TEST_F(CreateTopicsTest, AnAssignmentIsTakenAsItIs) {
  const Result made = Create(Assigned("words", {Nodes({2, 1}), Nodes({1, 2})}));
  EXPECT_EQ(made.error_code, ErrorCode::kNone) << made.error_message.value_or("");
  EXPECT_EQ(cluster_.Partition("words", 0).replicas, Nodes({2, 1}));
  EXPECT_EQ(cluster_.Partition("words", 0).leader, NodeId(2));
  EXPECT_EQ(cluster_.Partition("words", 1).leader, NodeId(1));
}

TEST_F(CreateTopicsTest, AFencedReplicaIsNotInSync) {
  cluster_.Fence(2);
  Create(Assigned("words", {Nodes({2, 1})}));
  EXPECT_EQ(cluster_.Partition("words", 0).isr, Nodes({1}));
  EXPECT_EQ(cluster_.Partition("words", 0).leader, NodeId(1));
}

TEST_F(CreateTopicsTest, AssignmentsThatMakeNoSenseAreRefused) {
  Topic counted = Assigned("words", {Nodes({1})});
  counted.num_partitions = 1;
  EXPECT_EQ(Refusal(counted),
            "INVALID_REQUEST: A manual partition assignment was specified, but numPartitions was "
            "not set to -1.");
  Topic with_factor = Assigned("words", {Nodes({1})});
  with_factor.replication_factor = 1;
  EXPECT_EQ(Refusal(with_factor),
            "INVALID_REQUEST: A manual partition assignment was specified, but replication factor "
            "was not set to -1.");
  Topic twice = Assigned("words", {Nodes({1}), Nodes({2})});
  twice.assignments[1].partition_index = PartitionId(0);
  EXPECT_EQ(Refusal(twice),
            "INVALID_REPLICA_ASSIGNMENT: Found multiple manual partition assignments for "
            "partition 0");
  Topic gap = Assigned("words", {Nodes({1}), Nodes({2})});
  gap.assignments[1].partition_index = PartitionId(2);
  EXPECT_EQ(Refusal(gap),
            "INVALID_REPLICA_ASSIGNMENT: partitions should be a consecutive 0-based integer "
            "sequence");
  EXPECT_TRUE(Refusal(Assigned("words", {Nodes({1}), Nodes({1, 2})}))
                  .starts_with("INVALID_REPLICA_ASSIGNMENT: The manual partition assignment "
                               "includes a partition with 2 replica(s)"));
  cluster_.Fence(2);
  EXPECT_EQ(Refusal(Assigned("words", {Nodes({2})})),
            "INVALID_REPLICA_ASSIGNMENT: All brokers specified in the manual partition assignment "
            "for partition 0 are fenced or in controlled shutdown.");
}

TEST_F(CreateTopicsTest, CountsThatAreNoneAreRefused) {
  EXPECT_TRUE(Refusal(TopicOf("words", 0, 1)).starts_with("INVALID_PARTITIONS: "));
  EXPECT_TRUE(Refusal(TopicOf("words", -2, 1)).starts_with("INVALID_PARTITIONS: "));
  EXPECT_TRUE(Refusal(TopicOf("words", 1, 0)).starts_with("INVALID_REPLICATION_FACTOR: "));
  EXPECT_TRUE(Refusal(TopicOf("words", 1, -2)).starts_with("INVALID_REPLICATION_FACTOR: "));
  EXPECT_TRUE(Refusal(TopicOf("words", 1, 3))
                  .starts_with("INVALID_REPLICATION_FACTOR: Unable to replicate the partition 3 "
                               "time(s): The target replication factor of 3"));
  cluster_.Fence(1);
  cluster_.Fence(2);
  EXPECT_EQ(Refusal(TopicOf("words", 1, 1)),
            "INVALID_REPLICATION_FACTOR: Unable to replicate the partition 1 time(s): All brokers "
            "are currently fenced, or have all their log directories cordoned.");
}

TEST_F(CreateTopicsTest, ANameIsTakenOnce) {
  Create(TopicOf("words", 1, 1));
  EXPECT_EQ(Refusal(TopicOf("words", 1, 1)), "TOPIC_ALREADY_EXISTS: Topic 'words' already exists.");
  EXPECT_TRUE(Refusal(TopicOf("no/name", 1, 1)).starts_with("INVALID_TOPIC_EXCEPTION: "));
  Create(TopicOf("a.b", 1, 1));
  EXPECT_EQ(Refusal(TopicOf("a_b", 1, 1)),
            "INVALID_TOPIC_EXCEPTION: Topic 'a_b' collides with existing topic: a.b");
  EXPECT_EQ(Refusal(TopicOf("__cluster_metadata", 1, 1)),
            "INVALID_REQUEST: Creation of internal topic __cluster_metadata is prohibited.");
}

TEST_F(CreateTopicsTest, WhatIsNamedTwiceIsRefusedOnceAndHoldsNobodyUp) {
  const auto result = Ask({TopicOf("twice", 1, 1), TopicOf("once", 1, 1), TopicOf("twice", 1, 1)});
  ASSERT_EQ(result.response.topics.size(), 2u);
  EXPECT_EQ(result.response.topics[0].name, "once");
  EXPECT_EQ(result.response.topics[0].error_code, ErrorCode::kNone);
  EXPECT_EQ(result.response.topics[1].name, "twice");
  EXPECT_EQ(result.response.topics[1].error_message, "Duplicate topic name.");
  EXPECT_EQ(KindsOf(result.records), (Kinds{"TOPIC_RECORD", "PARTITION_RECORD"}));
}

TEST_F(CreateTopicsTest, ConfigsAreCheckedBeforeAnythingIsPlaced) {
  Topic topic = TopicOf("words", 1, 1);
  AddConfig(topic, "retention.ms", "soon");
  EXPECT_TRUE(Refusal(topic).starts_with("INVALID_CONFIG: ")) << Refusal(topic);
  Topic unknown = TopicOf("words", 1, 1);
  AddConfig(unknown, "retention.weeks", "1");
  EXPECT_TRUE(Refusal(unknown).starts_with("INVALID_CONFIG: ")) << Refusal(unknown);
  Topic null = TopicOf("words", 1, 1);
  AddConfig(null, "retention.ms", std::nullopt);
  AddConfig(null, "retention.bytes", std::nullopt);
  EXPECT_EQ(Refusal(null),
            "INVALID_CONFIG: Null value not supported for topic configs: "
            "retention.ms,retention.bytes");
}

TEST_F(CreateTopicsTest, ValidatingMakesNothing) {
  const auto result = Ask({TopicOf("words", 2, 1)}, true);
  EXPECT_TRUE(result.records.empty());
  EXPECT_EQ(result.response.topics.front().error_code, ErrorCode::kNone);
  EXPECT_EQ(result.response.topics.front().num_partitions, 2);
}

TEST_F(CreateTopicsTest, ARequestHasItsLimits) {
  const auto at_most = Ask({TopicOf("words", 9'999, 1)});
  EXPECT_EQ(at_most.response.topics.front().error_code, ErrorCode::kNone);
  EXPECT_EQ(at_most.records.size(), 10'000u);
  EXPECT_EQ(Refusal(TopicOf("words", 10'000, 1)),
            "POLICY_VIOLATION: Unable to perform excessively large batch operation.");
  EXPECT_EQ(Refusal(TopicOf("words", 10'001, 1)),
            "POLICY_VIOLATION: Excessively large number of partitions per request.");
  EXPECT_EQ(Refusal(TopicOf("words", 2'147'483'647, 1)),
            "POLICY_VIOLATION: Excessively large number of partitions per request.");
  // All of them together count.
  const auto together = Ask({TopicOf("one", 5'001, 1), TopicOf("two", 5'000, 1)});
  EXPECT_TRUE(together.records.empty());
  for (const Result& topic : together.response.topics) {
    EXPECT_EQ(topic.error_code, ErrorCode::kPolicyViolation);
  }
}

}  // namespace
}  // namespace penstock
