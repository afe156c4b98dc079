// Configs that change one by one.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/broker/handlers/admin_client.h"

namespace penstock::testing {
namespace {

class IncrementalAlterConfigsTest : public ::testing::Test {
 protected:
  IncrementalAlterConfigsTest() { client_.Create(Topic("rivers")); }

  AdminClient client_;
};

TEST_F(IncrementalAlterConfigsTest, OneConfigIsSetAndDeleted) {
  EXPECT_EQ(client_.Alter(kTopicType, "rivers", kSet, "retention.ms", "1234"), ErrorCode::kNone);
  EXPECT_EQ(client_.Own("rivers", "retention.ms"), "1234");
  EXPECT_EQ(client_.Alter(kTopicType, "rivers", kSet, "segment.ms", "99"), ErrorCode::kNone);
  EXPECT_EQ(client_.Own("rivers", "retention.ms"), "1234") << "the others stay";
  client_.host().Crash();
  EXPECT_EQ(client_.Own("rivers", "retention.ms"), "1234");
  EXPECT_EQ(client_.Alter(kTopicType, "rivers", kDelete, "retention.ms", std::nullopt),
            ErrorCode::kNone);
  EXPECT_EQ(client_.Own("rivers", "retention.ms"), std::nullopt);
  EXPECT_EQ(client_.Alter(kTopicType, "rivers", kDelete, "retention.ms", std::nullopt),
            ErrorCode::kNone)
      << "what is not set may be deleted";
}

TEST_F(IncrementalAlterConfigsTest, ListsGrowAndShrink) {
  EXPECT_EQ(client_.Alter(kTopicType, "rivers", kAppend, "cleanup.policy", "compact"),
            ErrorCode::kNone);
  EXPECT_EQ(client_.Own("rivers", "cleanup.policy"), "delete,compact");
  EXPECT_EQ(client_.Alter(kTopicType, "rivers", kSubtract, "cleanup.policy", "delete"),
            ErrorCode::kNone);
  EXPECT_EQ(client_.Own("rivers", "cleanup.policy"), "compact");
  EXPECT_EQ(client_.Alter(kTopicType, "rivers", kAppend, "retention.ms", "5"),
            ErrorCode::kInvalidConfig)
      << "not a list";
}

TEST_F(IncrementalAlterConfigsTest, WhatIsWrongChangesNothing) {
  EXPECT_EQ(client_.Alter(kTopicType, "rivers", kSet, "retention.ms", "soon"),
            ErrorCode::kInvalidConfig);
  EXPECT_EQ(client_.Alter(kTopicType, "rivers", kSet, "retention.md", "5"),
            ErrorCode::kInvalidConfig);
  EXPECT_EQ(client_.Alter(kTopicType, "rivers", kSet, "retention.ms", std::nullopt),
            ErrorCode::kInvalidRequest);
  EXPECT_EQ(client_.Alter(kTopicType, "rivers", 9, "retention.ms", "5"),
            ErrorCode::kInvalidRequest);
  EXPECT_EQ(client_.Alter(kTopicType, "lakes", kSet, "retention.ms", "5"),
            ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(client_.Own("rivers", "retention.ms"), std::nullopt);
  EXPECT_EQ(client_.Alter(kTopicType, "rivers", kSet, "retention.ms", "5", true), ErrorCode::kNone);
  EXPECT_EQ(client_.Own("rivers", "retention.ms"), std::nullopt) << "validated only";
}

TEST_F(IncrementalAlterConfigsTest, ABrokersReadOnlyConfigsAreNotChanged) {
  EXPECT_EQ(client_.Alter(kBrokerType, "1", kSet, "node.id", "5"), ErrorCode::kInvalidRequest);
  EXPECT_EQ(client_.Alter(kBrokerType, "", kSet, "log.retention.ms", "60000"), ErrorCode::kNone);
  EXPECT_EQ(client_.Own("rivers", "retention.ms"), std::nullopt)
      << "inherited, not the topic's own";
}

}  // namespace
}  // namespace penstock::testing
