// The metadata quorum as its one voter sees it.
#include <gtest/gtest.h>

#include "protocol/messages/create_topics.h"
#include "protocol/messages/describe_quorum.h"
#include "tests/unit/broker/handlers/broker_host.h"

namespace penstock::testing {
namespace {

DescribeQuorumResponse Describe(BrokerHost& host, std::string topic, int32_t partition = 0) {
  DescribeQuorumRequest request;
  auto& asked = request.topics.emplace_back();
  asked.topic_name = std::move(topic);
  asked.partitions.emplace_back().partition_index = PartitionId(partition);
  return host.Ask(request, 2);
}

TEST(DescribeQuorumTest, OneVoterHasEverything) {
  BrokerHost host;
  const auto before = Describe(host, "__cluster_metadata");
  ASSERT_EQ(before.error_code, ErrorCode::kNone);
  const auto& partition = before.topics.at(0).partitions.at(0);
  EXPECT_EQ(partition.error_code, ErrorCode::kNone);
  EXPECT_EQ(partition.leader_id, NodeId(1));
  EXPECT_TRUE(partition.observers.empty());
  ASSERT_EQ(partition.current_voters.size(), 1U);
  EXPECT_EQ(partition.current_voters[0].replica_id, NodeId(1));
  EXPECT_EQ(partition.current_voters[0].log_end_offset, partition.high_watermark);
  ASSERT_EQ(before.nodes.size(), 1U);
  EXPECT_EQ(before.nodes[0].node_id, NodeId(1));

  CreateTopicsRequest create;
  auto& topic = create.topics.emplace_back();
  topic.name = "rivers";
  topic.num_partitions = 1;
  topic.replication_factor = 1;
  host.Ask(create, 7);
  const auto after = Describe(host, "__cluster_metadata");
  EXPECT_GT(after.topics.at(0).partitions.at(0).high_watermark, partition.high_watermark);
  EXPECT_EQ(after.topics.at(0).partitions.at(0).leader_epoch, partition.leader_epoch);
  host.Crash();
  const auto restarted = Describe(host, "__cluster_metadata");
  EXPECT_GT(restarted.topics.at(0).partitions.at(0).leader_epoch, partition.leader_epoch);
}

TEST(DescribeQuorumTest, OnlyTheMetadataLogHasAQuorum) {
  BrokerHost host;
  const auto other = Describe(host, "rivers");
  EXPECT_NE(other.error_code == ErrorCode::kNone &&
                other.topics.at(0).partitions.at(0).error_code == ErrorCode::kNone,
            true);
}

}  // namespace
}  // namespace penstock::testing
