// Which brokers a client can reach through the listener that it came by.
#include "broker/handlers/node_endpoints.h"

#include "tests/unit/broker/handlers/handler_bench.h"

namespace penstock {
namespace {

class NodeEndpointsTest : public HandlerBench {
 protected:
  NodeEndpointsTest() {
    connection_.local = Address{.host = "seen.by.client", .port = 1234};
    cluster_.brokers[NodeId(1)] = Broker(1, "PLAINTEXT");
    cluster_.brokers[NodeId(2)] = Broker(2, "PLAINTEXT");
    cluster_.brokers[NodeId(3)] = Broker(3, "INTERNAL");
    cluster_.brokers[NodeId(4)] = Broker(4, "PLAINTEXT");
    cluster_.brokers[NodeId(4)].fenced = true;
  }
  static BrokerImage Broker(int32_t id, std::string listener) {
    BrokerImage broker;
    broker.id = NodeId(id);
    broker.fenced = false;
    broker.endpoints.push_back(
        {.listener = std::move(listener), .host = "h" + std::to_string(id), .port = 9092});
    return broker;
  }
  MetadataImage Image() const {
    MetadataImage image;
    image.cluster_part = std::make_shared<const ClusterImage>(cluster_);
    return image;
  }

  ClusterImage cluster_;
  RequestContext context_{connection_, &services_, *this};
};

TEST_F(NodeEndpointsTest, NamesThisBrokerAsTheClientReachedIt) {
  const auto brokers = BrokersFor(context_, Image());
  ASSERT_EQ(brokers.size(), 3u);
  EXPECT_EQ(brokers[0].host, "seen.by.client");
  EXPECT_EQ(brokers[0].port, 1234);
  EXPECT_EQ(brokers[1].host, "h2");
  EXPECT_EQ(brokers[2].id, NodeId(4));
  EXPECT_TRUE(brokers[2].fenced);
}

TEST_F(NodeEndpointsTest, TellsReachableFromOfflineReplicas) {
  PartitionImage partition;
  partition.replicas = {NodeId(1), NodeId(2), NodeId(3), NodeId(4), NodeId(5)};
  partition.leader = NodeId(2);
  const MetadataImage image = Image();
  EXPECT_EQ(OfflineReplicas(context_, image, partition),
            (std::vector<NodeId>{NodeId(3), NodeId(4), NodeId(5)}));
  EXPECT_EQ(ReachableLeader(context_, image, partition), NodeId(2));
  partition.leader = NodeId(3);
  EXPECT_EQ(ReachableLeader(context_, image, partition), kNoNode);
}

TEST_F(NodeEndpointsTest, NamesABrokerThatIsAliveAsTheController) {
  EXPECT_EQ(ControllerFor(Image(), NodeId(1)), NodeId(1));
  cluster_.brokers[NodeId(1)].fenced = true;
  EXPECT_EQ(ControllerFor(Image(), NodeId(1)), NodeId(2));
  cluster_.brokers.clear();
  EXPECT_EQ(ControllerFor(Image(), NodeId(1)), kNoNode);
}

}  // namespace
}  // namespace penstock
