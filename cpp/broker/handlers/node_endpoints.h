// Where clients of a listener reach the brokers of the cluster, as Metadata and its kin tell it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "broker/request_context.h"
#include "metadata/image/metadata_image.h"

namespace penstock {

struct ReachableBroker {
  NodeId id = kNoNode;
  std::string host;
  uint16_t port = 0;
  std::optional<std::string> rack;
  bool fenced = false;
};

// The brokers that have the listener on which the request came, ascending by id.
std::vector<ReachableBroker> BrokersFor(const RequestContext& context, const MetadataImage& image);

// True if `id` is registered, not fenced, and has the listener of the request.
bool IsReachable(const RequestContext& context, const MetadataImage& image, NodeId id);

// The broker that is told to clients as the controller: any that is alive forwards to the real one.
// kNoNode without one.
NodeId ControllerFor(const MetadataImage& image, NodeId self);

// The replicas of a partition that clients of this listener cannot reach.
std::vector<NodeId> OfflineReplicas(const RequestContext& context, const MetadataImage& image,
                                    const PartitionImage& partition);
// The leader, or kNoNode if clients of this listener cannot reach it.
NodeId ReachableLeader(const RequestContext& context, const MetadataImage& image,
                       const PartitionImage& partition);

}  // namespace penstock
