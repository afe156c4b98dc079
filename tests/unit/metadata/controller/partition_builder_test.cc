#include "metadata/controller/partition_builder.h"

#include <gtest/gtest.h>

#include "tests/unit/metadata/controller/test_cluster.h"

namespace penstock {
namespace {

class PartitionBuilderTest : public ::testing::Test {
 protected:
  PartitionBuilderTest() {
    for (const int32_t id : {1, 2, 3}) cluster_.Add(id);
  }
  std::string Refusal(const std::vector<NodeId>& replicas, std::optional<size_t> factor) {
    const Status refused = CheckManualAssignment(cluster_.cluster(), replicas, factor);
    EXPECT_EQ(ErrorCodeOf(refused), ErrorCode::kInvalidReplicaAssignment);
    return std::string(MessageOf(refused));
  }

  TestCluster cluster_;
};

TEST_F(PartitionBuilderTest, AnAssignmentNamesDifferentRegisteredBrokers) {
  EXPECT_EQ(CheckManualAssignment(cluster_.cluster(), Nodes({3, 1}), std::nullopt), OkStatus());
  EXPECT_EQ(CheckManualAssignment(cluster_.cluster(), Nodes({3, 1}), 2), OkStatus());
  EXPECT_EQ(Refusal({}, std::nullopt),
            "The manual partition assignment includes an empty replica list.");
  EXPECT_EQ(Refusal(Nodes({1, 9}), std::nullopt),
            "The manual partition assignment includes broker 9, but no such broker is registered.");
  EXPECT_EQ(Refusal(Nodes({2, 1, 2}), std::nullopt),
            "The manual partition assignment includes the broker 2 more than once.");
  EXPECT_EQ(Refusal(Nodes({1, 2, 3}), 2),
            "The manual partition assignment includes a partition with 3 replica(s), but this is "
            "not consistent with previous partitions, which have 2 replica(s).");
}

TEST_F(PartitionBuilderTest, ACordonedBrokerIsNotAssignedTo) {
  BrokerRegistrationChangeRecord cordon;
  cordon.broker_id = NodeId(2);
  cordon.broker_epoch = cluster_.EpochOf(2);
  cordon.cordoned_log_dirs = std::vector<Uuid>{TestCluster::DirectoryOf(2)};
  cluster_.Apply({MetadataRecord(cordon)});
  EXPECT_EQ(Refusal(Nodes({1, 2}), std::nullopt),
            "The manual partition assignment includes broker 2, but all its log directories are "
            "cordoned.");
}

TEST_F(PartitionBuilderTest, ActiveMeansNeitherFencedNorUnknown) {
  cluster_.Fence(2);
  EXPECT_EQ(ActiveOf(cluster_.cluster(), Nodes({3, 2, 9, 1})), Nodes({3, 1}));
  EXPECT_TRUE(ActiveOf(cluster_.cluster(), Nodes({2})).empty());
}

TEST_F(PartitionBuilderTest, ANewPartitionIsLedByTheFirstOfItsIsr) {
  const PartitionRecord record =
      NewPartition(cluster_.cluster(), Uuid(5, 6), PartitionId(7), Nodes({3, 1, 2}), Nodes({1, 2}));
  EXPECT_EQ(record.topic_id, Uuid(5, 6));
  EXPECT_EQ(record.partition_id, PartitionId(7));
  EXPECT_EQ(record.replicas, Nodes({3, 1, 2}));
  EXPECT_EQ(record.isr, Nodes({1, 2}));
  EXPECT_EQ(record.leader, NodeId(1));
  EXPECT_EQ(record.leader_epoch, LeaderEpoch(0));
  EXPECT_EQ(record.partition_epoch, 0);
  EXPECT_EQ(record.directories,
            (std::vector{TestCluster::DirectoryOf(3), TestCluster::DirectoryOf(1),
                         TestCluster::DirectoryOf(2)}));
}

TEST_F(PartitionBuilderTest, ABrokerWithSeveralDirectoriesChoosesItself) {
  BrokerRegistration several = TestCluster::RegistrationOf(4);
  several.log_dirs.push_back(Uuid(2, 44));
  cluster_.Register(several);
  const PartitionRecord record =
      NewPartition(cluster_.cluster(), Uuid(5, 6), PartitionId(0), Nodes({1, 4}), Nodes({1}));
  EXPECT_EQ(record.directories, (std::vector{TestCluster::DirectoryOf(1), Uuid::Zero()}));
}

}  // namespace
}  // namespace penstock
