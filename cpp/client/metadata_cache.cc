#include "client/metadata_cache.h"

#include <utility>

#include "base/strings.h"

namespace penstock {

void MetadataCache::Apply(const MetadataResponse& response) {
  brokers_.clear();
  for (const auto& told : response.brokers) {
    if (told.port < 0 || told.port > UINT16_MAX) continue;
    Address address{.host = told.host, .port = static_cast<uint16_t>(told.port)};
    UpdateBroker(BrokerInfo{told.node_id, std::move(address), told.rack});
  }
  controller_ = response.controller_id;
  cluster_id_ = response.cluster_id.value_or("");
  for (const auto& topic : response.topics) ApplyTopic(topic);
}

void MetadataCache::ApplyTopic(const MetadataResponse::MetadataResponseTopic& told) {
  if (!told.name.has_value()) return;  // asked for by an id that the broker does not know
  const std::string& name = *told.name;
  if (told.error_code != ErrorCode::kNone) {
    ForgetTopic(name);
    errors_[name] =
        KafkaError(told.error_code, StrCat("topic ", name, ": ", DescriptionOf(told.error_code)));
    return;
  }
  errors_.erase(name);
  TopicInfo topic;
  topic.name = name;
  topic.id = told.topic_id;
  topic.internal = told.is_internal;
  topic.partitions.resize(told.partitions.size());
  const TopicInfo* const known = FindTopic(name);
  const bool same = known != nullptr && known->id == topic.id;
  for (const auto& partition : told.partitions) {
    const auto index = static_cast<size_t>(partition.partition_index.value());
    if (index >= topic.partitions.size()) continue;
    PartitionInfo& info = topic.partitions[index];
    const bool newer_known = same && index < known->partitions.size() &&
                             partition.leader_epoch != kNoLeaderEpoch &&
                             known->partitions[index].leader_epoch > partition.leader_epoch;
    if (newer_known) {
      info = known->partitions[index];
      continue;
    }
    info.leader = partition.leader_id;
    info.leader_epoch = partition.leader_epoch;
    info.replicas = partition.replica_nodes;
    info.in_sync_replicas = partition.isr_nodes;
    info.offline_replicas = partition.offline_replicas;
  }
  if (known != nullptr && !same) names_.erase(known->id);
  if (topic.id != Uuid()) names_[topic.id] = name;
  topics_[name] = std::move(topic);
}

bool MetadataCache::UpdateLeader(std::string_view topic, PartitionId partition, NodeId leader,
                                 LeaderEpoch epoch) {
  const auto found = topics_.find(topic);
  const auto index = static_cast<size_t>(partition.value());
  if (found == topics_.end() || index >= found->second.partitions.size()) return false;
  PartitionInfo& info = found->second.partitions[index];
  if (epoch <= info.leader_epoch) return false;
  info.leader = leader;
  info.leader_epoch = epoch;
  return true;
}

void MetadataCache::UpdateBroker(BrokerInfo broker) {
  const NodeId id = broker.id;
  brokers_[id] = std::move(broker);
}

void MetadataCache::ForgetTopic(std::string_view name) {
  if (const auto error = errors_.find(name); error != errors_.end()) errors_.erase(error);
  const auto found = topics_.find(name);
  if (found == topics_.end()) return;
  names_.erase(found->second.id);
  topics_.erase(found);
}

const TopicInfo* MetadataCache::FindTopic(std::string_view name) const {
  const auto found = topics_.find(name);
  return found == topics_.end() ? nullptr : &found->second;
}

const TopicInfo* MetadataCache::FindTopic(const Uuid& id) const {
  const auto found = names_.find(id);
  return found == names_.end() ? nullptr : FindTopic(found->second);
}

const BrokerInfo* MetadataCache::FindBroker(NodeId id) const {
  const auto found = brokers_.find(id);
  return found == brokers_.end() ? nullptr : &found->second;
}

StatusOr<LeaderInfo> MetadataCache::FindLeader(std::string_view topic,
                                               PartitionId partition) const {
  const TopicInfo* const info = FindTopic(topic);
  if (info == nullptr) {
    RETURN_IF_ERROR(ErrorOf(topic));
    return KafkaError(ErrorCode::kUnknownTopicOrPartition,
                      StrCat("topic ", topic, " is not known"));
  }
  const auto index = static_cast<size_t>(partition.value());
  if (index >= info->partitions.size()) {
    return KafkaError(ErrorCode::kUnknownTopicOrPartition,
                      StrCat("topic ", topic, " has ", info->partitions.size(),
                             " partitions and no partition ", partition));
  }
  const PartitionInfo& place = info->partitions[index];
  const BrokerInfo* const broker = FindBroker(place.leader);
  if (broker == nullptr) {
    return KafkaError(ErrorCode::kLeaderNotAvailable,
                      StrCat("partition ", topic, "-", partition, " has no leader"));
  }
  LeaderInfo leader;
  leader.node = place.leader;
  leader.address = broker->address;
  leader.epoch = place.leader_epoch;
  return leader;
}

Status MetadataCache::ErrorOf(std::string_view topic) const {
  const auto found = errors_.find(topic);
  return found == errors_.end() ? OkStatus() : found->second;
}

}  // namespace penstock
