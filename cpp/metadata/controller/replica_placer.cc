#include "metadata/controller/replica_placer.h"

#include <algorithm>

#include "base/strings.h"

namespace penstock {
namespace {

Status InvalidFactor(std::string_view message) {
  return KafkaError(ErrorCode::kInvalidReplicationFactor, message);
}

}  // namespace

StatusOr<std::vector<std::vector<NodeId>>> PlaceReplicas(const ClusterImage& cluster, int32_t first,
                                                         int32_t count,
                                                         int16_t replication_factor) {
  std::vector<NodeId> active;
  std::vector<NodeId> fenced;
  for (const auto& [id, broker] : cluster.brokers) {
    if (!broker.HasUncordonedDirs()) continue;
    (broker.fenced ? fenced : active).push_back(id);
  }
  if (replication_factor <= 0) {
    return InvalidFactor(StrCat("Invalid replication factor ", replication_factor,
                                ": the replication factor must be positive."));
  }
  if (active.empty()) {
    return InvalidFactor(
        "All brokers are currently fenced, or have all their log directories cordoned.");
  }
  const size_t usable = active.size() + fenced.size();
  if (static_cast<size_t>(replication_factor) > usable) {
    return InvalidFactor(StrCat("The target replication factor of ", replication_factor,
                                " cannot be reached because only ", usable,
                                " broker(s) are registered or some brokers have all their log "
                                "directories cordoned."));
  }
  std::vector<std::vector<NodeId>> placements;
  for (int32_t partition = first; partition < first + count; ++partition) {
    std::vector<NodeId> replicas;
    for (size_t i = 0; i < active.size(); ++i) {
      replicas.push_back(active[(static_cast<size_t>(partition) + i) % active.size()]);
    }
    replicas.insert(replicas.end(), fenced.begin(), fenced.end());
    replicas.resize(static_cast<size_t>(replication_factor));
    placements.push_back(std::move(replicas));
  }
  return placements;
}

}  // namespace penstock
