#include "metadata/controller/leadership.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/metadata/controller/test_cluster.h"

namespace penstock {
namespace {

class LeadershipTest : public ::testing::Test {
 protected:
  LeadershipTest() {
    for (const int32_t id : {1, 2, 3}) cluster_.Add(id);
  }
  size_t Leave(int32_t id) {
    std::vector<MetadataRecord> records;
    AddChangesForLeaving(cluster_.image(), NodeId(id), records);
    cluster_.Apply(records);
    return records.size();
  }
  size_t Join(int32_t id) {
    std::vector<MetadataRecord> records;
    AddChangesForJoining(cluster_.image(), NodeId(id), records);
    cluster_.Apply(records);
    return records.size();
  }

  TestCluster cluster_;
};

TEST_F(LeadershipTest, TheNextReplicaInSyncTakesOver) {
  cluster_.AddTopic("words", {Nodes({1, 3, 2})});
  EXPECT_EQ(Leave(1), 1u);
  const PartitionImage& partition = cluster_.Partition("words", 0);
  EXPECT_EQ(partition.leader, NodeId(3));
  EXPECT_EQ(partition.isr, Nodes({3, 2}));
  EXPECT_EQ(partition.leader_epoch, LeaderEpoch(1));
  EXPECT_EQ(partition.replicas, Nodes({1, 3, 2})) << "it stays a replica";
}

TEST_F(LeadershipTest, AFollowerThatLeavesOnlyLeavesTheIsr) {
  cluster_.AddTopic("words", {Nodes({1, 2})});
  EXPECT_EQ(Leave(2), 1u);
  const PartitionImage& partition = cluster_.Partition("words", 0);
  EXPECT_EQ(partition.leader, NodeId(1));
  EXPECT_EQ(partition.isr, Nodes({1}));
  EXPECT_EQ(partition.leader_epoch, LeaderEpoch(0));
  EXPECT_EQ(partition.partition_epoch, 1);
}

// It alone has everything that was acknowledged.
TEST_F(LeadershipTest, TheLastInSyncStaysThereWithoutLeading) {
  cluster_.AddTopic("words", {Nodes({1})});
  EXPECT_EQ(Leave(1), 1u);
  EXPECT_EQ(cluster_.Partition("words", 0).leader, kNoNode);
  EXPECT_EQ(cluster_.Partition("words", 0).isr, Nodes({1}));
  EXPECT_EQ(Leave(1), 0u) << "it has left already";
}

TEST_F(LeadershipTest, AFencedReplicaIsNotElected) {
  cluster_.AddTopic("words", {Nodes({1, 2, 3})});
  FenceBrokerRecord fenced;
  fenced.id = NodeId(2);
  fenced.epoch = cluster_.EpochOf(2);
  cluster_.Apply({MetadataRecord(fenced)});
  Leave(1);
  EXPECT_EQ(cluster_.Partition("words", 0).leader, NodeId(3));
}

TEST_F(LeadershipTest, WhatNobodyLedIsLedByTheOneThatComesBack) {
  cluster_.AddTopic("words", {Nodes({1}), Nodes({2, 1}), Nodes({3})});
  Leave(1);
  EXPECT_EQ(Join(3), 0u) << "it is in no ISR without a leader";
  EXPECT_EQ(Join(1), 1u);
  EXPECT_EQ(cluster_.Partition("words", 0).leader, NodeId(1));
  EXPECT_EQ(cluster_.Partition("words", 0).leader_epoch, LeaderEpoch(2));
  EXPECT_EQ(cluster_.Partition("words", 1).leader, NodeId(2)) << "leaders stay";
  EXPECT_EQ(cluster_.Partition("words", 1).isr, Nodes({2})) << "it has to catch up first";
}

// Brokers come and go at random: a leader is always in its ISR, and an ISR is never empty.
TEST_F(LeadershipTest, LeadersAreInSyncWhateverHappens) {
  constexpr uint32_t kSeed = 1321;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  cluster_.AddTopic("words", {Nodes({1, 2, 3}), Nodes({2, 3}), Nodes({3}), Nodes({1, 3})});
  for (int i = 0; i < 500; ++i) {
    const int32_t id = static_cast<int32_t>(random() % 3) + 1;
    if (cluster_.cluster().IsActive(NodeId(id))) {
      cluster_.Fence(id);
    } else {
      auto result = UnfenceBroker(cluster_.image(), NodeId(id), cluster_.EpochOf(id));
      ASSERT_EQ(result.response, OkStatus());
      cluster_.Apply(result.records);
    }
    for (int32_t p = 0; p < 4; ++p) {
      const PartitionImage& partition = cluster_.Partition("words", p);
      const auto& isr = partition.isr;
      ASSERT_FALSE(isr.empty());
      const bool someone_active = !ActiveOf(cluster_.cluster(), isr).empty();
      ASSERT_EQ(partition.leader != kNoNode, someone_active) << "partition " << p;
      if (partition.leader == kNoNode) continue;
      ASSERT_NE(std::find(isr.begin(), isr.end(), partition.leader), isr.end());
      ASSERT_TRUE(cluster_.cluster().IsActive(partition.leader));
    }
  }
}

}  // namespace
}  // namespace penstock
