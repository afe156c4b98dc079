// From the topic and partition of a request to the partition of this node, with Kafka's errors, and
// what requests may do to which topic.
#pragma once

#include <string_view>

#include "base/ids.h"
#include "base/status.h"
#include "base/uuid.h"
#include "broker/services.h"
#include "replication/partition.h"

namespace penstock {

// UNKNOWN_TOPIC_OR_PARTITION; NOT_LEADER_OR_FOLLOWER for a partition of other nodes.
StatusOr<PartitionLease> FindPartition(const BrokerServices& services, std::string_view topic,
                                       PartitionId index);
// The same with UNKNOWN_TOPIC_ID for a topic that is not there.
StatusOr<PartitionLease> FindPartition(const BrokerServices& services, const Uuid& topic_id,
                                       PartitionId index);

// Topics that the cluster keeps for itself: clients read them, and do not write to them.
bool IsInternalTopic(std::string_view name);

// What an authorizer that forbids nothing says that one may do: bits by Kafka's operation codes.
inline constexpr int32_t kAllTopicOperations = 3576;
inline constexpr int32_t kAllClusterOperations = 8096;

}  // namespace penstock
