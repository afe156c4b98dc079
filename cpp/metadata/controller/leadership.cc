#include "metadata/controller/leadership.h"

#include <algorithm>
#include <utility>

namespace penstock {
namespace {

bool Contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

PartitionChangeRecord ChangeOf(const TopicImage& topic, size_t index) {
  PartitionChangeRecord change;
  change.topic_id = topic.id;
  change.partition_id = PartitionId(static_cast<int32_t>(index));
  return change;
}

// The first replica, in the order of preference, that is in `isr` and active.
NodeId ElectFrom(const ClusterImage& cluster, const PartitionImage& partition,
                 const std::vector<NodeId>& isr) {
  for (const NodeId replica : partition.replicas) {
    if (Contains(isr, replica) && cluster.IsActive(replica)) return replica;
  }
  return kNoNode;
}

}  // namespace

void AddChangesForLeaving(const MetadataImage& image, NodeId leaving,
                          std::vector<MetadataRecord>& records) {
  for (const auto& [name, topic] : image.topics.by_name()) {
    for (size_t i = 0; i < topic->partitions.size(); ++i) {
      const PartitionImage& partition = *topic->partitions[i];
      if (!Contains(partition.isr, leaving)) continue;
      PartitionChangeRecord change = ChangeOf(*topic, i);
      std::vector<NodeId> isr = partition.isr;
      // The last member stays: it alone has everything that was acknowledged.
      if (isr.size() > 1) {
        std::erase(isr, leaving);
        change.isr = isr;
      }
      if (partition.leader == leaving) {
        change.leader = isr.size() == 1 && isr.front() == leaving
                            ? kNoNode
                            : ElectFrom(image.cluster(), partition, isr);
      } else if (!change.isr.has_value()) {
        continue;
      }
      records.push_back(std::move(change));
    }
  }
}

void AddChangesForJoining(const MetadataImage& image, NodeId joining,
                          std::vector<MetadataRecord>& records) {
  for (const auto& [name, topic] : image.topics.by_name()) {
    for (size_t i = 0; i < topic->partitions.size(); ++i) {
      const PartitionImage& partition = *topic->partitions[i];
      if (partition.leader != kNoNode || !Contains(partition.isr, joining)) continue;
      PartitionChangeRecord change = ChangeOf(*topic, i);
      change.leader = joining;
      records.push_back(std::move(change));
    }
  }
}

}  // namespace penstock
