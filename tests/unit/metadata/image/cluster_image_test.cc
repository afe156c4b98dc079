#include "metadata/image/cluster_image.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(BrokerImage, IsActiveWhileItIsNeitherFencedNorShuttingDown) {
  BrokerImage broker;
  EXPECT_FALSE(broker.active()) << "a registration alone is not enough";
  broker.fenced = false;
  EXPECT_TRUE(broker.active());
  broker.in_controlled_shutdown = true;
  EXPECT_FALSE(broker.active());
}

TEST(BrokerImage, HasRoomAsLongAsOneDirectoryIsNotCordoned) {
  BrokerImage broker;
  broker.log_dirs = {Uuid(1, 1), Uuid(1, 2)};
  EXPECT_TRUE(broker.HasUncordonedDirs()) << "nothing is known of cordons";
  broker.cordoned_log_dirs.emplace();
  EXPECT_TRUE(broker.HasUncordonedDirs());
  broker.cordoned_log_dirs = std::vector{Uuid(1, 2)};
  EXPECT_TRUE(broker.HasUncordonedDirs());
  broker.cordoned_log_dirs = std::vector{Uuid(1, 2), Uuid(1, 1)};
  EXPECT_FALSE(broker.HasUncordonedDirs());
}

TEST(ClusterImage, AnUnknownBrokerIsNotActive) {
  ClusterImage cluster;
  cluster.brokers[NodeId(1)].fenced = false;
  EXPECT_TRUE(cluster.IsActive(NodeId(1)));
  EXPECT_FALSE(cluster.IsActive(NodeId(2)));
  EXPECT_EQ(cluster.Broker(NodeId(2)), nullptr);
}

}  // namespace
}  // namespace penstock
