// Topics that grow.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/broker/handlers/admin_client.h"

namespace penstock::testing {
namespace {

class CreatePartitionsTest : public ::testing::Test {
 protected:
  AdminClient client_;
};

TEST_F(CreatePartitionsTest, ATopicGrowsAndNeverShrinks) {
  client_.Create(Topic("rivers", 2));
  EXPECT_EQ(client_.Grow("rivers", 5, true), ErrorCode::kNone);
  EXPECT_EQ(client_.Partitions("rivers"), 2) << "validated only";
  EXPECT_EQ(client_.Grow("rivers", 5), ErrorCode::kNone);
  EXPECT_EQ(client_.Partitions("rivers"), 5);
  EXPECT_EQ(client_.Grow("rivers", 5), ErrorCode::kInvalidPartitions);
  EXPECT_EQ(client_.Grow("rivers", 4), ErrorCode::kInvalidPartitions);
  EXPECT_EQ(client_.Grow("lakes", 4), ErrorCode::kUnknownTopicOrPartition);
}

}  // namespace
}  // namespace penstock::testing
