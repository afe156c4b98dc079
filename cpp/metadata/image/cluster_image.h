// The nodes of the cluster: brokers with their registrations, and controllers that have registered.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/uuid.h"

namespace penstock {

// Where a node listens; `security_protocol` is Kafka's number (0 PLAINTEXT, 1 SSL, 2 and 3 with
// SASL).
struct NodeEndpoint {
  std::string listener;
  std::string host;
  uint16_t port = 0;
  int16_t security_protocol = 0;

  bool operator==(const NodeEndpoint&) const = default;
};

struct SupportedFeature {
  std::string name;
  int16_t min_version = 0;
  int16_t max_version = 0;

  bool operator==(const SupportedFeature&) const = default;
};

struct BrokerImage {
  NodeId id = kNoNode;
  BrokerEpoch epoch{-1};  // the metadata offset of the registration
  Uuid incarnation_id;
  std::vector<NodeEndpoint> endpoints;
  std::vector<SupportedFeature> features;
  std::optional<std::string> rack;
  bool fenced = true;
  bool in_controlled_shutdown = false;
  std::vector<Uuid> log_dirs;
  std::optional<std::vector<Uuid>> cordoned_log_dirs;

  // May lead partitions and be in an ISR.
  bool active() const { return !fenced && !in_controlled_shutdown; }
  bool HasUncordonedDirs() const;

  bool operator==(const BrokerImage&) const = default;
};

struct ControllerImage {
  NodeId id = kNoNode;
  Uuid incarnation_id;
  bool zk_migration_ready = false;
  std::vector<NodeEndpoint> endpoints;
  std::vector<SupportedFeature> features;

  bool operator==(const ControllerImage&) const = default;
};

struct ClusterImage {
  std::map<NodeId, BrokerImage> brokers;
  std::map<NodeId, ControllerImage> controllers;

  // Null if there is none.
  const BrokerImage* Broker(NodeId id) const {
    const auto found = brokers.find(id);
    return found == brokers.end() ? nullptr : &found->second;
  }
  bool IsActive(NodeId id) const {
    const BrokerImage* broker = Broker(id);
    return broker != nullptr && broker->active();
  }

  bool operator==(const ClusterImage&) const = default;
};

}  // namespace penstock
