#include "metadata/controller/broker_manager.h"

#include <gtest/gtest.h>

#include "tests/unit/metadata/controller/test_cluster.h"

namespace penstock {
namespace {

class BrokerManagerTest : public ::testing::Test {
 protected:
  Status RefusalOf(const BrokerRegistration& registration) {
    const auto result = RegisterBroker(cluster_.image(), registration, cluster_.end());
    EXPECT_FALSE(result.response.ok());
    EXPECT_TRUE(result.records.empty());
    return result.response.status();
  }

  TestCluster cluster_;
};

TEST_F(BrokerManagerTest, TheOffsetOfTheRegistrationIsTheBrokersEpoch) {
  const auto result =
      RegisterBroker(cluster_.image(), TestCluster::RegistrationOf(1), Offset(4711));
  ASSERT_TRUE(result.response.ok()) << result.response.status();
  EXPECT_EQ(*result.response, BrokerEpoch(4711));
  EXPECT_EQ(KindsOf(result.records), Kinds{"REGISTER_BROKER_RECORD"});
  cluster_.Apply(result.records);
  const BrokerImage* broker = cluster_.cluster().Broker(NodeId(1));
  ASSERT_NE(broker, nullptr);
  EXPECT_EQ(broker->epoch, BrokerEpoch(4711));
  EXPECT_TRUE(broker->fenced) << "it may not lead before it has caught up";
  EXPECT_EQ(broker->endpoints, TestCluster::RegistrationOf(1).endpoints);
}

TEST_F(BrokerManagerTest, ANewIncarnationGetsANewEpochAndLeadsNothingAtFirst) {
  cluster_.Add(1);
  cluster_.AddTopic("words", {Nodes({1})});
  const BrokerEpoch before = cluster_.EpochOf(1);
  BrokerRegistration registration = TestCluster::RegistrationOf(1);
  registration.incarnation_id = Uuid(9, 9);
  const BrokerEpoch after = cluster_.Register(registration);
  EXPECT_GT(after, before);
  EXPECT_FALSE(cluster_.cluster().IsActive(NodeId(1)));
  EXPECT_EQ(cluster_.Partition("words", 0).leader, kNoNode);
  auto unfenced = UnfenceBroker(cluster_.image(), NodeId(1), after);
  EXPECT_EQ(unfenced.response, OkStatus());
  cluster_.Apply(unfenced.records);
  EXPECT_EQ(cluster_.Partition("words", 0).leader, NodeId(1));
}

// A request that was sent again, or new endpoints of a broker that runs.
TEST_F(BrokerManagerTest, TheSameIncarnationKeepsItsEpochAndItsPartitions) {
  const BrokerEpoch epoch = cluster_.Add(1);
  cluster_.AddTopic("words", {Nodes({1})});
  BrokerRegistration again = TestCluster::RegistrationOf(1);
  again.endpoints.front().port = 9999;
  EXPECT_EQ(cluster_.Register(again), epoch);
  EXPECT_TRUE(cluster_.cluster().IsActive(NodeId(1)));
  EXPECT_EQ(cluster_.cluster().Broker(NodeId(1))->endpoints.front().port, 9999);
  EXPECT_EQ(cluster_.Partition("words", 0).leader, NodeId(1));
}

TEST_F(BrokerManagerTest, DirectoriesBelongToOneBroker) {
  cluster_.Add(1);
  BrokerRegistration registration = TestCluster::RegistrationOf(2);
  registration.log_dirs.clear();
  EXPECT_EQ(MessageOf(RefusalOf(registration)), "No directories specified in request");
  registration.log_dirs = {Uuid(0, 99)};
  EXPECT_EQ(MessageOf(RefusalOf(registration)), "Reserved directory ID in request");
  registration.log_dirs = {Uuid(3, 3), Uuid(3, 3)};
  EXPECT_EQ(MessageOf(RefusalOf(registration)), "Duplicate directory ID in request");
  registration.log_dirs = {TestCluster::DirectoryOf(1)};
  const Status taken = RefusalOf(registration);
  EXPECT_EQ(ErrorCodeOf(taken), ErrorCode::kInvalidRegistration);
  EXPECT_EQ(MessageOf(taken), "Broker 1 is already registered with directory " +
                                  TestCluster::DirectoryOf(1).ToString());
  registration.log_dirs = {Uuid(0, 100)};
  EXPECT_TRUE(RegisterBroker(cluster_.image(), registration, cluster_.end()).response.ok());
}

TEST_F(BrokerManagerTest, ABrokerMustSupportWhatIsFinalized) {
  BrokerRegistration registration = TestCluster::RegistrationOf(1);
  for (SupportedFeature& feature : registration.features) {
    if (feature.name == kMetadataVersionFeature) feature.max_version = 29;
  }
  const Status refused = RefusalOf(registration);
  EXPECT_EQ(ErrorCodeOf(refused), ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(MessageOf(refused),
            "Unable to register because the broker does not support finalized version 30 of "
            "metadata.version. The broker wants a version between 7 and 29, inclusive.");
  registration.features.clear();
  EXPECT_EQ(MessageOf(RefusalOf(registration)),
            "Request features do not contain 'metadata.version'");
}

TEST_F(BrokerManagerTest, UnfencingTwiceChangesNothing) {
  const BrokerEpoch epoch = cluster_.Add(1);
  const auto again = UnfenceBroker(cluster_.image(), NodeId(1), epoch);
  EXPECT_EQ(again.response, OkStatus());
  EXPECT_TRUE(again.records.empty());
}

TEST_F(BrokerManagerTest, FencingTwiceChangesNothing) {
  cluster_.Add(1);
  cluster_.Fence(1);
  const auto again = FenceBroker(cluster_.image(), NodeId(1), cluster_.EpochOf(1));
  EXPECT_EQ(again.response, OkStatus());
  EXPECT_TRUE(again.records.empty());
}

TEST_F(BrokerManagerTest, WhoShutsDownHandsItsPartitionsOver) {
  cluster_.Add(1);
  cluster_.Add(2);
  cluster_.AddTopic("words", {Nodes({1, 2}), Nodes({1})});
  auto shutdown = BeginControlledShutdown(cluster_.image(), NodeId(1), cluster_.EpochOf(1));
  EXPECT_EQ(shutdown.response, OkStatus());
  EXPECT_EQ(KindsOf(shutdown.records),
            (Kinds{"BROKER_REGISTRATION_CHANGE_RECORD", "PARTITION_CHANGE_RECORD",
                   "PARTITION_CHANGE_RECORD"}));
  cluster_.Apply(shutdown.records);
  EXPECT_EQ(cluster_.Partition("words", 0).leader, NodeId(2));
  EXPECT_EQ(cluster_.Partition("words", 1).leader, kNoNode);
  EXPECT_FALSE(cluster_.cluster().IsActive(NodeId(1)));
  EXPECT_FALSE(cluster_.cluster().Broker(NodeId(1))->fenced);

  const auto again = BeginControlledShutdown(cluster_.image(), NodeId(1), cluster_.EpochOf(1));
  EXPECT_EQ(again.response, OkStatus());
  EXPECT_TRUE(again.records.empty());
  cluster_.Fence(1);
  EXPECT_TRUE(cluster_.cluster().Broker(NodeId(1))->fenced);
}

TEST_F(BrokerManagerTest, AnOldEpochHasNoSay) {
  const BrokerEpoch epoch = cluster_.Add(1);
  const BrokerEpoch stale(epoch.value() - 1);
  for (const auto change : {UnfenceBroker, BeginControlledShutdown, FenceBroker}) {
    const auto refused = change(cluster_.image(), NodeId(1), stale);
    EXPECT_EQ(ErrorCodeOf(refused.response), ErrorCode::kStaleBrokerEpoch);
    EXPECT_TRUE(refused.records.empty());
    const auto unknown = change(cluster_.image(), NodeId(2), epoch);
    EXPECT_EQ(ErrorCodeOf(unknown.response), ErrorCode::kStaleBrokerEpoch);
    EXPECT_EQ(MessageOf(unknown.response), "No broker registration found for broker id 2");
  }
}

}  // namespace
}  // namespace penstock
