// Offsets by time, and those with a meaning of their own.
#include "protocol/messages/list_offsets.h"
#include "tests/unit/broker/handlers/data_client.h"

namespace penstock::testing {
namespace {

TEST(ListOffsetsTest, FindsOffsetsByTimeAndByTheirMeaning) {
  DataClient client;
  client.Create(Topic("orders", 2));
  BatchSpec spec = Records(10);
  client.Produce("orders", MakeBatch(spec));
  EXPECT_EQ(client.Find("orders", -1).offset, Offset(10));
  EXPECT_EQ(client.Find("orders", -2).offset, Offset(0));
  EXPECT_EQ(client.Find("orders", -3).offset, Offset(9));
  EXPECT_EQ(client.Find("orders", kTime0.value() + 4).offset, Offset(4));
  EXPECT_EQ(client.Find("orders", kTime0.value() + 1000).offset, kNoOffset);
  EXPECT_EQ(client.Find("orders", -3, 6).error_code, ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(client.Find("orders", -7).error_code, ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(client.Find("none", -1).error_code, ErrorCode::kUnknownTopicOrPartition);
}

TEST(ListOffsetsTest, RefusesAPartitionThatIsAskedForTwice) {
  DataClient client;
  client.Create(Topic("orders", 2));
  ListOffsetsRequest request;
  request.replica_id = kNoNode;
  auto& asked = request.topics.emplace_back();
  asked.name = "orders";
  for (const int32_t index : {0, 1, 0}) {
    auto& partition = asked.partitions.emplace_back();
    partition.partition_index = PartitionId(index);
    partition.timestamp = TimestampMs(-1);
  }
  const auto answers = client.host().Ask(std::move(request), 7).topics.at(0).partitions;
  EXPECT_EQ(answers.at(0).error_code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(answers.at(1).error_code, ErrorCode::kNone);
  EXPECT_EQ(answers.at(2).error_code, ErrorCode::kInvalidRequest);
}

}  // namespace
}  // namespace penstock::testing
