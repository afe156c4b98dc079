#include "metadata/controller/partition_builder.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "metadata/image/image_records.h"

namespace penstock {
namespace {

// A broker with several log directories decides itself where a replica goes.
const Uuid kUnassignedDirectory = Uuid::Zero();

Status InvalidAssignment(std::string_view message) {
  return KafkaError(ErrorCode::kInvalidReplicaAssignment, message);
}

Uuid DirectoryOn(const ClusterImage& cluster, NodeId broker_id) {
  const BrokerImage* broker = cluster.Broker(broker_id);
  if (broker == nullptr || broker->log_dirs.size() != 1) return kUnassignedDirectory;
  return broker->log_dirs.front();
}

}  // namespace

Status CheckManualAssignment(const ClusterImage& cluster, const std::vector<NodeId>& replicas,
                             std::optional<size_t> replication_factor) {
  if (replicas.empty()) {
    return InvalidAssignment("The manual partition assignment includes an empty replica list.");
  }
  std::vector<NodeId> sorted = replicas;
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < sorted.size(); ++i) {
    const NodeId id = sorted[i];
    const BrokerImage* broker = cluster.Broker(id);
    if (broker == nullptr) {
      return InvalidAssignment(StrCat("The manual partition assignment includes broker ", id,
                                      ", but no such broker is registered."));
    }
    if (!broker->HasUncordonedDirs()) {
      return InvalidAssignment(StrCat("The manual partition assignment includes broker ", id,
                                      ", but all its log directories are cordoned."));
    }
    if (i > 0 && sorted[i - 1] == id) {
      return InvalidAssignment(
          StrCat("The manual partition assignment includes the broker ", id, " more than once."));
    }
  }
  if (replication_factor.has_value() && *replication_factor != replicas.size()) {
    return InvalidAssignment(StrCat("The manual partition assignment includes a partition with ",
                                    replicas.size(),
                                    " replica(s), but this is not consistent with "
                                    "previous partitions, which have ",
                                    *replication_factor, " replica(s)."));
  }
  return OkStatus();
}

std::vector<NodeId> ActiveOf(const ClusterImage& cluster, const std::vector<NodeId>& replicas) {
  std::vector<NodeId> active;
  std::copy_if(replicas.begin(), replicas.end(), std::back_inserter(active),
               [&](NodeId id) { return cluster.IsActive(id); });
  return active;
}

PartitionRecord NewPartition(const ClusterImage& cluster, const Uuid& topic_id, PartitionId id,
                             const std::vector<NodeId>& replicas, const std::vector<NodeId>& isr) {
  PartitionImage partition;
  partition.replicas = replicas;
  partition.isr = isr;
  partition.leader = isr.front();
  for (const NodeId replica : replicas) {
    partition.directories.push_back(DirectoryOn(cluster, replica));
  }
  return ToPartitionRecord(topic_id, id, partition);
}

}  // namespace penstock
