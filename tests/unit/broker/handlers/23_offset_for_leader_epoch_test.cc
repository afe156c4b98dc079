// Where epochs of leaders ended.
#include "protocol/messages/offset_for_leader_epoch.h"
#include "tests/unit/broker/handlers/data_client.h"

namespace penstock::testing {
namespace {

class OffsetForLeaderEpochTest : public ::testing::Test {
 protected:
  OffsetForLeaderEpochTest() { client_.Create(Topic("orders")); }

  OffsetForLeaderEpochResponse::EpochEndOffset EndOf(int32_t epoch, int32_t believed_epoch = -1,
                                                     int32_t partition = 0) {
    OffsetForLeaderEpochRequest request;
    auto& asked = request.topics.emplace_back();
    asked.topic = "orders";
    auto& one = asked.partitions.emplace_back();
    one.partition = PartitionId(partition);
    one.current_leader_epoch = LeaderEpoch(believed_epoch);
    one.leader_epoch = LeaderEpoch(epoch);
    return client_.host().Ask(std::move(request), 4).topics.at(0).partitions.at(0);
  }

  DataClient client_;
};

TEST_F(OffsetForLeaderEpochTest, GivesTheEndOfThePresentEpoch) {
  client_.Produce("orders", MakeBatch(Records(4)));
  const LeaderEpoch epoch = client_.Find("orders", -1).leader_epoch;
  const auto end = EndOf(epoch.value());
  EXPECT_EQ(end.error_code, ErrorCode::kNone);
  EXPECT_EQ(end.leader_epoch, epoch);
  EXPECT_EQ(end.end_offset, Offset(4));
}

TEST_F(OffsetForLeaderEpochTest, KnowsNothingOfEpochsToCome) {
  client_.Produce("orders", MakeBatch(Records(1)));
  const auto end = EndOf(1000);
  EXPECT_EQ(end.error_code, ErrorCode::kNone);
  EXPECT_EQ(end.end_offset, kNoOffset);
}

TEST_F(OffsetForLeaderEpochTest, RefusesWhoBelievesInAnotherLeader) {
  EXPECT_EQ(EndOf(0, 1000).error_code, ErrorCode::kUnknownLeaderEpoch);
  EXPECT_EQ(EndOf(0, -1, 9).error_code, ErrorCode::kUnknownTopicOrPartition);
}

}  // namespace
}  // namespace penstock::testing
