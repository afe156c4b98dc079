#include "metadata/image/image_records.h"

#include <utility>

namespace penstock {
namespace {

// A list that is not there is not written, as in Kafka.
std::optional<std::vector<NodeId>> NullIfEmpty(const std::vector<NodeId>& nodes) {
  if (nodes.empty()) return std::nullopt;
  return nodes;
}

void AddFeatures(const FeaturesImage& features, std::vector<MetadataRecord>& records) {
  if (features.metadata_version != FeaturesImage::kNoMetadataVersion) {
    FeatureLevelRecord record;
    record.name = kMetadataVersionFeature;
    record.feature_level = features.metadata_version;
    records.push_back(std::move(record));
  }
  for (const auto& [name, level] : features.finalized) {
    FeatureLevelRecord record;
    record.name = name;
    record.feature_level = level;
    records.push_back(std::move(record));
  }
}

// Brokers and controllers register in the same words.
template <class Node, class Record>
void CopyWhatItServes(const Node& node, Record& record) {
  for (const NodeEndpoint& endpoint : node.endpoints) {
    auto& where = record.end_points.emplace_back();
    where.name = endpoint.listener;
    where.host = endpoint.host;
    where.port = endpoint.port;
    where.security_protocol = endpoint.security_protocol;
  }
  for (const SupportedFeature& feature : node.features) {
    auto& range = record.features.emplace_back();
    range.name = feature.name;
    range.min_supported_version = feature.min_version;
    range.max_supported_version = feature.max_version;
  }
}

RegisterControllerRecord ToRecord(const ControllerImage& controller) {
  RegisterControllerRecord record;
  record.controller_id = controller.id;
  record.incarnation_id = controller.incarnation_id;
  record.zk_migration_ready = controller.zk_migration_ready;
  CopyWhatItServes(controller, record);
  return record;
}

void AddTopic(const TopicImage& topic, std::vector<MetadataRecord>& records) {
  TopicRecord record;
  record.name = topic.name;
  record.topic_id = topic.id;
  records.push_back(std::move(record));
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    records.push_back(
        ToPartitionRecord(topic.id, PartitionId(static_cast<int32_t>(i)), *topic.partitions[i]));
  }
}

void AddConfigs(const ConfigsImage& configs, std::vector<MetadataRecord>& records) {
  for (const auto& [resource, overrides] : configs.resources()) {
    for (const auto& [name, value] : *overrides) {
      ConfigRecord record;
      record.resource_type = static_cast<int8_t>(resource.type);
      record.resource_name = resource.name;
      record.name = name;
      record.value = value;
      records.push_back(std::move(record));
    }
  }
}

}  // namespace

PartitionRecord ToPartitionRecord(const Uuid& topic_id, PartitionId id,
                                  const PartitionImage& partition) {
  PartitionRecord record;
  record.partition_id = id;
  record.topic_id = topic_id;
  record.replicas = partition.replicas;
  record.isr = partition.isr;
  record.removing_replicas = partition.removing_replicas;
  record.adding_replicas = partition.adding_replicas;
  record.leader = partition.leader;
  record.leader_recovery_state = static_cast<int8_t>(partition.leader_recovery_state);
  record.leader_epoch = partition.leader_epoch;
  record.partition_epoch = partition.partition_epoch;
  record.directories = partition.directories;
  record.eligible_leader_replicas = NullIfEmpty(partition.eligible_leader_replicas);
  record.last_known_elr = NullIfEmpty(partition.last_known_elr);
  return record;
}

RegisterBrokerRecord ToRegisterBrokerRecord(const BrokerImage& broker) {
  RegisterBrokerRecord record;
  record.broker_id = broker.id;
  record.incarnation_id = broker.incarnation_id;
  record.broker_epoch = broker.epoch;
  CopyWhatItServes(broker, record);
  record.rack = broker.rack;
  record.fenced = broker.fenced;
  record.in_controlled_shutdown = broker.in_controlled_shutdown;
  record.log_dirs = broker.log_dirs;
  record.cordoned_log_dirs = broker.cordoned_log_dirs;
  return record;
}

std::vector<MetadataRecord> RecordsOf(const MetadataImage& image) {
  std::vector<MetadataRecord> records;
  AddFeatures(image.features(), records);
  for (const auto& [id, broker] : image.cluster().brokers) {
    records.push_back(ToRegisterBrokerRecord(broker));
  }
  for (const auto& [id, controller] : image.cluster().controllers) {
    records.push_back(ToRecord(controller));
  }
  for (const auto& [name, topic] : image.topics.by_name()) AddTopic(*topic, records);
  AddConfigs(image.configs, records);
  if (image.producer_ids.next_producer_id > ProducerId(0)) {
    ProducerIdsRecord record;
    record.broker_id = NodeId(-1);
    record.next_producer_id = image.producer_ids.next_producer_id;
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace penstock
