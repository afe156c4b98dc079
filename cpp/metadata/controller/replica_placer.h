// Chooses the brokers of new partitions.
#pragma once

#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "metadata/image/cluster_image.h"

namespace penstock {

// The replicas of `count` partitions from number `first` on, the preferred leader first: active
// brokers lead in turn, followers come from the brokers behind it, active ones before fenced ones.
// INVALID_REPLICATION_FACTOR when there are not enough brokers or none that is active.
StatusOr<std::vector<std::vector<NodeId>>> PlaceReplicas(const ClusterImage& cluster, int32_t first,
                                                         int32_t count, int16_t replication_factor);

}  // namespace penstock
