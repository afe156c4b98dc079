// The life of a broker in the metadata: registration, unfencing, controlled shutdown, fencing, and
// what becomes of the partitions that it leads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "metadata/controller/controller_result.h"

namespace penstock {

struct BrokerRegistration {
  NodeId id = kNoNode;
  Uuid incarnation_id;
  std::vector<NodeEndpoint> endpoints;
  std::vector<SupportedFeature> features;
  std::optional<std::string> rack;
  std::vector<Uuid> log_dirs;
};

// `next_offset` is the offset that the first record gets: it becomes the broker epoch. What an
// earlier incarnation led has no leader until the broker is unfenced. INVALID_REGISTRATION or
// UNSUPPORTED_VERSION as Kafka's controller.
ControllerResult<StatusOr<BrokerEpoch>> RegisterBroker(const MetadataImage& image,
                                                       const BrokerRegistration& registration,
                                                       Offset next_offset);

// STALE_BROKER_EPOCH if the broker is not registered with `epoch`, here and below.
// It may lead: partitions without a leader that have it in their ISR get it.
ControllerResult<Status> UnfenceBroker(const MetadataImage& image, NodeId id, BrokerEpoch epoch);
// Its partitions go to other members of their ISR, or lose their leader.
ControllerResult<Status> BeginControlledShutdown(const MetadataImage& image, NodeId id,
                                                 BrokerEpoch epoch);
ControllerResult<Status> FenceBroker(const MetadataImage& image, NodeId id, BrokerEpoch epoch);

}  // namespace penstock
