#include "metadata/controller/producer_id_manager.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/metadata/controller/test_cluster.h"

namespace penstock {
namespace {

TEST(ProducerIds, BlocksFollowOneAnother) {
  TestCluster cluster;
  const BrokerEpoch epoch = cluster.Add(1);
  for (int i = 0; i < 3; ++i) {
    auto result = AllocateProducerIds(cluster.image(), NodeId(1), epoch);
    ASSERT_TRUE(result.response.ok()) << result.response.status();
    EXPECT_EQ(result.response->first, ProducerId(1000 * i));
    EXPECT_EQ(result.response->count, 1000);
    ASSERT_EQ(result.records.size(), 1u);
    const auto& record = std::get<ProducerIdsRecord>(result.records.front());
    EXPECT_EQ(record.broker_id, NodeId(1));
    EXPECT_EQ(record.broker_epoch, epoch);
    EXPECT_EQ(record.next_producer_id, ProducerId(1000 * (i + 1)));
    cluster.Apply(result.records);
  }
}

TEST(ProducerIds, AreForRegisteredBrokersOnly) {
  TestCluster cluster;
  const BrokerEpoch epoch = cluster.Add(1);
  for (const auto& [broker, claimed] :
       {std::pair(NodeId(1), BrokerEpoch(epoch.value() + 1)), std::pair(NodeId(2), epoch)}) {
    const auto result = AllocateProducerIds(cluster.image(), broker, claimed);
    EXPECT_EQ(ErrorCodeOf(result.response.status()), ErrorCode::kStaleBrokerEpoch);
    EXPECT_TRUE(result.records.empty());
  }
}

TEST(ProducerIds, EndWithTheLargestNumber) {
  TestCluster cluster;
  const BrokerEpoch epoch = cluster.Add(1);
  ProducerIdsRecord almost_all;
  almost_all.next_producer_id = ProducerId(std::numeric_limits<int64_t>::max() - 1000);
  cluster.Apply({MetadataRecord(almost_all)});
  auto last = AllocateProducerIds(cluster.image(), NodeId(1), epoch);
  ASSERT_TRUE(last.response.ok()) << last.response.status();
  cluster.Apply(last.records);
  const auto none = AllocateProducerIds(cluster.image(), NodeId(1), epoch);
  EXPECT_EQ(ErrorCodeOf(none.response.status()), ErrorCode::kUnknownServerError);
  EXPECT_TRUE(none.records.empty());
}

}  // namespace
}  // namespace penstock
