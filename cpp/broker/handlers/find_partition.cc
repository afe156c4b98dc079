#include "broker/handlers/find_partition.h"

#include "base/strings.h"
#include "metadata/metadata_node.h"
#include "replication/replica_manager.h"

namespace penstock {
namespace {

StatusOr<PartitionLease> FindIn(const BrokerServices& services, const TopicImage& topic,
                                PartitionId index) {
  PartitionLease found = services.replicas.Find(topic.id, index);
  if (found) return found;
  if (topic.Partition(index) != nullptr) {
    return KafkaError(ErrorCode::kNotLeaderOrFollower,
                      StrCat(topic.name, "-", index, " is not on this node"));
  }
  return KafkaError(ErrorCode::kUnknownTopicOrPartition,
                    StrCat("topic ", topic.name, " has no partition ", index));
}

}  // namespace

StatusOr<PartitionLease> FindPartition(const BrokerServices& services, std::string_view topic,
                                       PartitionId index) {
  const TopicsImage::TopicPtr known = services.metadata.image()->topics.FindByName(topic);
  if (known != nullptr) return FindIn(services, *known, index);
  return KafkaError(ErrorCode::kUnknownTopicOrPartition, StrCat("no topic ", topic));
}

StatusOr<PartitionLease> FindPartition(const BrokerServices& services, const Uuid& topic_id,
                                       PartitionId index) {
  const TopicsImage::TopicPtr known = services.metadata.image()->topics.FindById(topic_id);
  if (known != nullptr) return FindIn(services, *known, index);
  return KafkaError(ErrorCode::kUnknownTopicId, StrCat("no topic of id ", topic_id.ToString()));
}

bool IsInternalTopic(std::string_view name) {
  return name == "__consumer_offsets" || name == "__transaction_state" ||
         name == "__share_group_state";
}

}  // namespace penstock
