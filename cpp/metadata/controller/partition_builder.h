// New partitions: assignments checked, placed, and turned into records.
#pragma once

#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "metadata/image/metadata_image.h"
#include "metadata/metadata_record.h"

namespace penstock {

// INVALID_REPLICA_ASSIGNMENT, in Kafka's words, unless `replicas` are different registered brokers,
// as many as `replication_factor` where that is given.
Status CheckManualAssignment(const ClusterImage& cluster, const std::vector<NodeId>& replicas,
                             std::optional<size_t> replication_factor);

// Those of `replicas` that are active.
std::vector<NodeId> ActiveOf(const ClusterImage& cluster, const std::vector<NodeId>& replicas);

// A new partition, led by the first of `isr`, which is not empty.
PartitionRecord NewPartition(const ClusterImage& cluster, const Uuid& topic_id, PartitionId id,
                             const std::vector<NodeId>& replicas, const std::vector<NodeId>& isr);

}  // namespace penstock
