// From a name or an id to a partition, or to the reason why there is none.
#include "broker/handlers/find_partition.h"

#include "tests/unit/broker/handlers/handler_bench.h"

namespace penstock {
namespace {

using FindPartitionTest = HandlerBench;

TEST_F(FindPartitionTest, FindsItByNameAndById) {
  const auto by_name = FindPartition(services_, "orders", PartitionId(0));
  const auto by_id = FindPartition(services_, kOrdersId, PartitionId(0));
  ASSERT_TRUE(by_name.ok() && by_id.ok());
  EXPECT_EQ(by_name->get(), by_id->get());
}

TEST_F(FindPartitionTest, TellsTopicIdsTopicsAndPartitionsApart) {
  EXPECT_EQ(ErrorCodeOf(FindPartition(services_, "none", PartitionId(0)).status()),
            ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(ErrorCodeOf(FindPartition(services_, Uuid(9, 9), PartitionId(0)).status()),
            ErrorCode::kUnknownTopicId);
  EXPECT_EQ(ErrorCodeOf(FindPartition(services_, kOrdersId, PartitionId(1)).status()),
            ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(ErrorCodeOf(FindPartition(services_, "orders", PartitionId(-1)).status()),
            ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(FindPartitionTest, SaysOfAPartitionElsewhereThatItIsElsewhere) {
  node_.CreateTopic("theirs", Uuid(8, 8), 1, {NodeId(2)});
  EXPECT_EQ(ErrorCodeOf(FindPartition(services_, "theirs", PartitionId(0)).status()),
            ErrorCode::kNotLeaderOrFollower);
}

TEST_F(FindPartitionTest, KnowsTheTopicsThatTheClusterKeepsForItself) {
  EXPECT_TRUE(IsInternalTopic("__consumer_offsets"));
  EXPECT_TRUE(IsInternalTopic("__transaction_state"));
  EXPECT_TRUE(IsInternalTopic("__share_group_state"));
  EXPECT_FALSE(IsInternalTopic("__consumer_offsets2"));
  EXPECT_FALSE(IsInternalTopic("orders"));
}

}  // namespace
}  // namespace penstock
