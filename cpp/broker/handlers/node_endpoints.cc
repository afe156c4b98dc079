#include "broker/handlers/node_endpoints.h"

#include <algorithm>

#include "broker/services.h"
#include "metadata/metadata_node.h"

namespace penstock {
namespace {

const NodeEndpoint* EndpointOf(const RequestContext& context, const BrokerImage& broker) {
  const auto found =
      std::ranges::find(broker.endpoints, context.listener().name,
                        [](const NodeEndpoint& endpoint) { return endpoint.listener; });
  return found == broker.endpoints.end() ? nullptr : &*found;
}

}  // namespace

std::vector<ReachableBroker> BrokersFor(const RequestContext& context, const MetadataImage& image) {
  const NodeId self = context.services().metadata.node_id();
  std::vector<ReachableBroker> reachable;
  for (const auto& [id, broker] : image.cluster().brokers) {
    ReachableBroker one{.id = id, .rack = broker.rack, .fenced = broker.fenced};
    if (id == self) {
      // This client has just shown how it reaches this broker.
      const Address& address = context.AdvertisedAddress();
      one.host = address.host;
      one.port = address.port;
    } else if (const NodeEndpoint* endpoint = EndpointOf(context, broker)) {
      one.host = endpoint->host;
      one.port = endpoint->port;
    } else {
      continue;
    }
    reachable.push_back(std::move(one));
  }
  return reachable;
}

bool IsReachable(const RequestContext& context, const MetadataImage& image, NodeId id) {
  const BrokerImage* broker = image.cluster().Broker(id);
  if (broker == nullptr || broker->fenced) return false;
  return id == context.services().metadata.node_id() || EndpointOf(context, *broker) != nullptr;
}

NodeId ControllerFor(const MetadataImage& image, NodeId self) {
  const auto& brokers = image.cluster().brokers;
  const BrokerImage* own = image.cluster().Broker(self);
  if (own != nullptr && !own->fenced) return self;
  const auto alive =
      std::ranges::find_if(brokers, [](const auto& entry) { return !entry.second.fenced; });
  return alive == brokers.end() ? kNoNode : alive->first;
}

std::vector<NodeId> OfflineReplicas(const RequestContext& context, const MetadataImage& image,
                                    const PartitionImage& partition) {
  std::vector<NodeId> offline;
  for (const NodeId replica : partition.replicas) {
    if (!IsReachable(context, image, replica)) offline.push_back(replica);
  }
  return offline;
}

NodeId ReachableLeader(const RequestContext& context, const MetadataImage& image,
                       const PartitionImage& partition) {
  return IsReachable(context, image, partition.leader) ? partition.leader : kNoNode;
}

}  // namespace penstock
