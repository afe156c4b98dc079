// Topics that are made, and those that are refused.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/broker/handlers/admin_client.h"

namespace penstock::testing {
namespace {

class CreateTopicsTest : public ::testing::Test {
 protected:
  AdminClient client_{ConfigMap{{"num.partitions", "3"}}};
};

TEST_F(CreateTopicsTest, ANewTopicIsThereWithItsIdAndConfigs) {
  auto topic = Topic("rivers", 2);
  auto& config = topic.configs.emplace_back();
  config.name = "retention.ms";
  config.value = "5000";
  const CreatedTopic created = client_.Create(std::move(topic));
  EXPECT_EQ(created.error_code, ErrorCode::kNone) << created.error_message.value_or("");
  EXPECT_NE(created.topic_id, Uuid::Zero());
  EXPECT_EQ(created.num_partitions, 2);
  EXPECT_EQ(created.replication_factor, 1);
  ASSERT_TRUE(created.configs.has_value());
  bool found = false;
  for (const auto& shown : *created.configs) {
    if (shown.name != "retention.ms") continue;
    found = true;
    EXPECT_EQ(shown.value, "5000");
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(client_.Partitions("rivers"), 2);
}

TEST_F(CreateTopicsTest, MinusOneTakesTheBrokersDefaults) {
  const CreatedTopic created = client_.Create(Topic("rivers", -1, -1));
  EXPECT_EQ(created.error_code, ErrorCode::kNone);
  EXPECT_EQ(created.num_partitions, 3);
  EXPECT_EQ(created.replication_factor, 1);
  EXPECT_EQ(client_.Partitions("rivers"), 3);
}

TEST_F(CreateTopicsTest, WhatATopicMustNotBe) {
  EXPECT_EQ(client_.Create(Topic("two words")).error_code, ErrorCode::kInvalidTopicException);
  EXPECT_EQ(client_.Create(Topic("..")).error_code, ErrorCode::kInvalidTopicException);
  EXPECT_EQ(client_.Create(Topic(std::string(250, 'a'))).error_code,
            ErrorCode::kInvalidTopicException);
  EXPECT_EQ(client_.Create(Topic("rivers", 0)).error_code, ErrorCode::kInvalidPartitions);
  EXPECT_EQ(client_.Create(Topic("rivers", 1, 0)).error_code, ErrorCode::kInvalidReplicationFactor);
  EXPECT_EQ(client_.Create(Topic("rivers", 1, 2)).error_code, ErrorCode::kInvalidReplicationFactor);
  auto wrong_config = Topic("rivers");
  auto& config = wrong_config.configs.emplace_back();
  config.name = "retention.ms";
  config.value = "soon";
  EXPECT_EQ(client_.Create(std::move(wrong_config)).error_code, ErrorCode::kInvalidConfig);
  auto both = Topic("rivers", 1, 1);
  auto& assignment = both.assignments.emplace_back();
  assignment.broker_ids = {NodeId(1)};
  EXPECT_EQ(client_.Create(std::move(both)).error_code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(client_.Partitions("rivers"), -1) << "nothing was made";
}

TEST_F(CreateTopicsTest, NamesThatCollide) {
  EXPECT_EQ(client_.Create(Topic("big.rivers")).error_code, ErrorCode::kNone);
  EXPECT_EQ(client_.Create(Topic("big.rivers")).error_code, ErrorCode::kTopicAlreadyExists);
  EXPECT_EQ(client_.Create(Topic("big_rivers")).error_code, ErrorCode::kInvalidTopicException);
}

TEST_F(CreateTopicsTest, ATopicTwiceInOneRequestIsRefused) {
  CreateTopicsRequest request;
  request.topics.push_back(Topic("rivers"));
  request.topics.push_back(Topic("rivers", 2));
  request.topics.push_back(Topic("lakes"));
  const auto response = client_.host().Ask(request, 7);
  for (const CreatedTopic& created : response.topics) {
    EXPECT_EQ(created.error_code,
              created.name == "rivers" ? ErrorCode::kInvalidRequest : ErrorCode::kNone);
  }
  EXPECT_EQ(client_.Partitions("rivers"), -1);
  EXPECT_EQ(client_.Partitions("lakes"), 1);
}

TEST_F(CreateTopicsTest, ValidatingOnlyMakesNothing) {
  EXPECT_EQ(client_.Create(Topic("rivers"), true).error_code, ErrorCode::kNone);
  EXPECT_EQ(client_.Partitions("rivers"), -1);
}

}  // namespace
}  // namespace penstock::testing
