#include "metadata/controller/replica_placer.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/metadata/controller/test_cluster.h"

namespace penstock {
namespace {

using Placements = std::vector<std::vector<NodeId>>;

Placements MustPlace(const ClusterImage& cluster, int32_t first, int32_t count, int16_t factor) {
  const auto placed = PlaceReplicas(cluster, first, count, factor);
  EXPECT_TRUE(placed.ok()) << placed.status();
  return placed.value_or(Placements());
}

TEST(ReplicaPlacer, BrokersLeadInTurn) {
  TestCluster cluster;
  for (const int32_t id : {1, 2, 3}) cluster.Add(id);
  EXPECT_EQ(MustPlace(cluster.cluster(), 0, 4, 2),
            (Placements{Nodes({1, 2}), Nodes({2, 3}), Nodes({3, 1}), Nodes({1, 2})}));
}

// A topic that grows goes on where its last partition was placed.
TEST(ReplicaPlacer, GoesOnFromTheNumberOfTheFirstPartition) {
  TestCluster cluster;
  for (const int32_t id : {1, 2, 3}) cluster.Add(id);
  const Placements whole = MustPlace(cluster.cluster(), 0, 5, 3);
  const Placements rest = MustPlace(cluster.cluster(), 2, 3, 3);
  EXPECT_EQ(rest, Placements(whole.begin() + 2, whole.end()));
}

TEST(ReplicaPlacer, FencedBrokersFollowWhereActiveOnesAreTooFew) {
  TestCluster cluster;
  for (const int32_t id : {1, 2, 3}) cluster.Add(id);
  cluster.Fence(1);
  EXPECT_EQ(MustPlace(cluster.cluster(), 0, 2, 2), (Placements{Nodes({2, 3}), Nodes({3, 2})}));
  EXPECT_EQ(MustPlace(cluster.cluster(), 0, 1, 3), Placements{Nodes({2, 3, 1})});
}

TEST(ReplicaPlacer, NoBrokerTwiceAndNobodyLeftOut) {
  TestCluster cluster;
  for (int32_t id = 1; id <= 7; ++id) cluster.Add(id);
  std::set<NodeId> leaders;
  for (const auto& replicas : MustPlace(cluster.cluster(), 0, 14, 5)) {
    EXPECT_EQ(std::set<NodeId>(replicas.begin(), replicas.end()).size(), 5u);
    leaders.insert(replicas.front());
  }
  EXPECT_EQ(leaders.size(), 7u);
}

TEST(ReplicaPlacer, ABrokerWithAllDirectoriesCordonedGetsNothing) {
  TestCluster cluster;
  for (const int32_t id : {1, 2}) cluster.Add(id);
  BrokerRegistrationChangeRecord cordon;
  cordon.broker_id = NodeId(1);
  cordon.broker_epoch = cluster.EpochOf(1);
  cordon.cordoned_log_dirs = std::vector<Uuid>{TestCluster::DirectoryOf(1)};
  cluster.Apply({MetadataRecord(cordon)});
  EXPECT_EQ(MustPlace(cluster.cluster(), 0, 2, 1), (Placements{Nodes({2}), Nodes({2})}));
  EXPECT_EQ(ErrorCodeOf(PlaceReplicas(cluster.cluster(), 0, 1, 2).status()),
            ErrorCode::kInvalidReplicationFactor);
}

TEST(ReplicaPlacer, SaysWhyItCannot) {
  TestCluster cluster;
  const auto refusal = [&](int16_t factor) {
    const Status refused = PlaceReplicas(cluster.cluster(), 0, 1, factor).status();
    EXPECT_EQ(ErrorCodeOf(refused), ErrorCode::kInvalidReplicationFactor);
    return std::string(MessageOf(refused));
  };
  EXPECT_EQ(refusal(1),
            "All brokers are currently fenced, or have all their log directories cordoned.");
  cluster.Add(1);
  EXPECT_EQ(refusal(0), "Invalid replication factor 0: the replication factor must be positive.");
  EXPECT_EQ(refusal(2),
            "The target replication factor of 2 cannot be reached because only 1 broker(s) are "
            "registered or some brokers have all their log directories cordoned.");
}

}  // namespace
}  // namespace penstock
