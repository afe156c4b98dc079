// What a client knows of a cluster: its brokers, and where the partitions of some topics live.
// Pure: answers go in, look-ups come out. Epochs make sure that an old answer never replaces a
// newer one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "base/uuid.h"
#include "protocol/messages/metadata.h"
#include "runtime/network.h"

namespace penstock {

struct BrokerInfo {
  NodeId id = kNoNode;
  Address address;
  std::optional<std::string> rack;

  bool operator==(const BrokerInfo&) const = default;
};

struct PartitionInfo {
  NodeId leader = kNoNode;  // kNoNode: there is none at the moment
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  std::vector<NodeId> replicas;
  std::vector<NodeId> in_sync_replicas;
  std::vector<NodeId> offline_replicas;

  bool operator==(const PartitionInfo&) const = default;
};

struct TopicInfo {
  std::string name;
  Uuid id;  // zero where the broker is too old to tell
  bool internal = false;
  std::vector<PartitionInfo> partitions;  // by partition id, without gaps
};

// Where to send what is for one partition.
struct LeaderInfo {
  NodeId node = kNoNode;
  Address address;
  LeaderEpoch epoch = kNoLeaderEpoch;
};

class MetadataCache {
 public:
  // Takes an answer over. Brokers are replaced, the topics of the answer too; topics that it does
  // not name stay.
  void Apply(const MetadataResponse& response);
  // A leader that another answer named (KIP-951). Ignored unless its epoch is newer. True if it was
  // taken.
  bool UpdateLeader(std::string_view topic, PartitionId partition, NodeId leader,
                    LeaderEpoch epoch);
  // A broker that another answer named.
  void UpdateBroker(BrokerInfo broker);
  void ForgetTopic(std::string_view name);
  void ForgetBrokers() { brokers_.clear(); }

  // Null if it is not known. Valid until the next change.
  const TopicInfo* FindTopic(std::string_view name) const;
  const TopicInfo* FindTopic(const Uuid& id) const;
  const BrokerInfo* FindBroker(NodeId id) const;
  // UNKNOWN_TOPIC_OR_PARTITION, or LEADER_NOT_AVAILABLE if there is no leader or its address is not
  // known.
  StatusOr<LeaderInfo> FindLeader(std::string_view topic, PartitionId partition) const;
  // Why the last answer had no such topic: OK if it had it or was not asked.
  Status ErrorOf(std::string_view topic) const;

  const std::map<NodeId, BrokerInfo>& brokers() const { return brokers_; }
  const std::map<std::string, TopicInfo, std::less<>>& topics() const { return topics_; }
  NodeId controller() const { return controller_; }
  // Empty until the first answer.
  const std::string& cluster_id() const { return cluster_id_; }

 private:
  void ApplyTopic(const MetadataResponse::MetadataResponseTopic& told);

  std::map<NodeId, BrokerInfo> brokers_;
  std::map<std::string, TopicInfo, std::less<>> topics_;
  std::map<Uuid, std::string> names_;
  std::map<std::string, Status, std::less<>> errors_;
  NodeId controller_ = kNoNode;
  std::string cluster_id_;
};

}  // namespace penstock
