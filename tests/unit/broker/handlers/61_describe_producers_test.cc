// The producers that a partition remembers.
#include "protocol/messages/describe_producers.h"
#include "tests/unit/broker/handlers/data_client.h"

namespace penstock::testing {
namespace {

TEST(DescribeProducersTest, ShowsTheLastSequenceOfEach) {
  DataClient client;
  client.Create(Topic("orders", 2));
  const ProducerId producer = client.NewProducer();
  client.Produce("orders", MakeBatch(Idempotent(producer.value(), 0, 0, 4)));
  DescribeProducersRequest request;
  auto& asked = request.topics.emplace_back();
  asked.name = "orders";
  asked.partition_indexes = {PartitionId(0), PartitionId(1), PartitionId(2)};
  const auto described = client.host().Ask(std::move(request), 0).topics.at(0).partitions;
  ASSERT_EQ(described.at(0).active_producers.size(), 1u);
  EXPECT_EQ(described.at(0).active_producers.at(0).producer_id, producer);
  EXPECT_EQ(described.at(0).active_producers.at(0).last_sequence, Sequence(3));
  EXPECT_TRUE(described.at(1).active_producers.empty());
  EXPECT_EQ(described.at(2).error_code, ErrorCode::kUnknownTopicOrPartition);
}

TEST(DescribeProducersTest, SaysWhatIsWrongWithAName) {
  DataClient client;
  DescribeProducersRequest request;
  auto& asked = request.topics.emplace_back();
  asked.name = "no/name";
  asked.partition_indexes = {PartitionId(0)};
  const auto refused = client.host().Ask(std::move(request), 0).topics.at(0).partitions.at(0);
  EXPECT_EQ(refused.error_code, ErrorCode::kInvalidTopicException);
  EXPECT_TRUE(refused.error_message.has_value());
}

}  // namespace
}  // namespace penstock::testing
