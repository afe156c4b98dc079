// The topics of the cluster, by name and by id, with their partitions. Immutable: a changed topic
// is a new TopicImage.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/uuid.h"
#include "metadata/image/persistent_map.h"

namespace penstock {

// Whether the leader of a partition was elected cleanly; the numbers are those of the records.
enum class LeaderRecoveryState : int8_t { kRecovered = 0, kRecovering = 1 };

// One partition as the metadata log describes it.
struct PartitionImage {
  std::vector<NodeId> replicas;
  std::vector<Uuid> directories;  // of the replicas, in their order
  std::vector<NodeId> isr;
  std::vector<NodeId> removing_replicas;
  std::vector<NodeId> adding_replicas;
  std::vector<NodeId> eligible_leader_replicas;
  std::vector<NodeId> last_known_elr;
  NodeId leader = kNoNode;
  LeaderRecoveryState leader_recovery_state = LeaderRecoveryState::kRecovered;
  LeaderEpoch leader_epoch{0};
  int32_t partition_epoch = 0;  // grows with every change of the partition

  bool operator==(const PartitionImage&) const = default;
};

struct TopicImage {
  std::string name;
  Uuid id;
  // Partition p is element p.
  std::vector<std::shared_ptr<const PartitionImage>> partitions;

  // Null if there is none.
  const PartitionImage* Partition(PartitionId partition) const {
    const auto index = static_cast<size_t>(partition.value());
    if (partition.value() < 0 || index >= partitions.size()) return nullptr;
    return partitions[index].get();
  }
};
bool operator==(const TopicImage& a, const TopicImage& b);

class TopicsImage {
 public:
  using TopicPtr = std::shared_ptr<const TopicImage>;

  size_t size() const { return by_name_.size(); }
  // Null if there is none.
  TopicPtr FindByName(std::string_view name) const;
  TopicPtr FindById(const Uuid& id) const;

  // Ascending by name: entries of {name, topic}.
  const PersistentMap<std::string, TopicPtr>& by_name() const { return by_name_; }
  const PersistentMap<Uuid, TopicPtr>& by_id() const { return by_id_; }

  // This image with `topic` added, or in the place of the one with its id.
  TopicsImage With(TopicPtr topic) const;
  TopicsImage Without(const Uuid& id) const;

 private:
  PersistentMap<std::string, TopicPtr> by_name_;
  PersistentMap<Uuid, TopicPtr> by_id_;
};
bool operator==(const TopicsImage& a, const TopicsImage& b);

}  // namespace penstock
