#include "metadata/image/metadata_delta.h"

#include <utility>

#include "base/strings.h"

namespace penstock {
namespace {

Status Unfit(std::string_view what) {
  return InvalidArgument(StrCat("a record does not fit the metadata before it: ", what));
}

std::string TopicText(const Uuid& id) { return StrCat("topic id ", id.ToString()); }

// Brokers and controllers register in the same words.
template <class Record, class Node>
void TakeWhatItServes(const Record& record, Node& node) {
  for (const auto& endpoint : record.end_points) {
    node.endpoints.push_back(
        {endpoint.name, endpoint.host, endpoint.port, endpoint.security_protocol});
  }
  for (const auto& feature : record.features) {
    node.features.push_back(
        {feature.name, feature.min_supported_version, feature.max_supported_version});
  }
}

}  // namespace

MetadataDelta::MetadataDelta(MetadataImagePtr base)
    : base_(std::move(base)), configs_(base_->configs), producer_ids_(base_->producer_ids) {}

Status MetadataDelta::Replay(const MetadataRecord& record) {
  return std::visit([this](const auto& typed) { return ReplayRecord(typed); }, record);
}

void MetadataDelta::SetKRaftVersion(int16_t level) {
  if (MutableFeatures().kraft_version != level) MutableFeatures().kraft_version = level;
}

MetadataImagePtr MetadataDelta::Apply(MetadataProvenance provenance) const {
  auto next = std::make_shared<MetadataImage>(*base_);
  next->provenance = provenance;
  if (features_ != nullptr) next->features_part = std::make_shared<const FeaturesImage>(*features_);
  if (cluster_ != nullptr) next->cluster_part = std::make_shared<const ClusterImage>(*cluster_);
  for (const Uuid& id : deleted_topics_) next->topics = next->topics.Without(id);
  for (const auto& [id, topic] : changed_topics_) {
    next->topics = next->topics.With(std::make_shared<const TopicImage>(*topic));
  }
  next->configs = configs_;
  next->producer_ids = producer_ids_;
  return next;
}

std::vector<Uuid> MetadataDelta::ChangedTopics() const {
  std::vector<Uuid> ids;
  for (const auto& [id, topic] : changed_topics_) ids.push_back(id);
  return ids;
}

std::vector<TopicsImage::TopicPtr> MetadataDelta::DeletedTopics() const {
  std::vector<TopicsImage::TopicPtr> topics;
  for (const Uuid& id : deleted_topics_) topics.push_back(base_->topics.FindById(id));
  return topics;
}

FeaturesImage& MetadataDelta::MutableFeatures() {
  if (features_ == nullptr) features_ = std::make_unique<FeaturesImage>(base_->features());
  return *features_;
}

ClusterImage& MetadataDelta::MutableCluster() {
  if (cluster_ == nullptr) cluster_ = std::make_unique<ClusterImage>(base_->cluster());
  return *cluster_;
}

TopicImage* MetadataDelta::MutableTopic(const Uuid& id) {
  const auto changed = changed_topics_.find(id);
  if (changed != changed_topics_.end()) return changed->second.get();
  if (deleted_topics_.contains(id)) return nullptr;
  const TopicsImage::TopicPtr topic = base_->topics.FindById(id);
  if (topic == nullptr) return nullptr;
  return changed_topics_.emplace(id, std::make_unique<TopicImage>(*topic)).first->second.get();
}

BrokerImage* MetadataDelta::MutableBroker(NodeId id, BrokerEpoch epoch) {
  ClusterImage& cluster = MutableCluster();
  const auto broker = cluster.brokers.find(id);
  if (broker == cluster.brokers.end() || broker->second.epoch != epoch) return nullptr;
  return &broker->second;
}

Status MetadataDelta::ReplayRecord(const RegisterBrokerRecord& record) {
  BrokerImage broker;
  broker.id = record.broker_id;
  broker.epoch = record.broker_epoch;
  broker.incarnation_id = record.incarnation_id;
  TakeWhatItServes(record, broker);
  broker.rack = record.rack;
  broker.fenced = record.fenced;
  broker.in_controlled_shutdown = record.in_controlled_shutdown;
  broker.log_dirs = record.log_dirs;
  broker.cordoned_log_dirs = record.cordoned_log_dirs;
  MutableCluster().brokers.insert_or_assign(record.broker_id, std::move(broker));
  return OkStatus();
}

Status MetadataDelta::ReplayRecord(const UnregisterBrokerRecord& record) {
  if (MutableBroker(record.broker_id, record.broker_epoch) == nullptr) {
    return Unfit(
        StrCat("broker ", record.broker_id, " is not registered with epoch ", record.broker_epoch));
  }
  MutableCluster().brokers.erase(record.broker_id);
  return OkStatus();
}

Status MetadataDelta::ReplayRecord(const TopicRecord& record) {
  if (MutableTopic(record.topic_id) != nullptr) {
    return Unfit(StrCat(TopicText(record.topic_id), " exists"));
  }
  const TopicsImage::TopicPtr named = base_->topics.FindByName(record.name);
  const bool taken = named != nullptr && !deleted_topics_.contains(named->id);
  if (taken || new_names_.contains(record.name)) {
    return Unfit(StrCat("topic ", record.name, " exists"));
  }
  auto topic = std::make_unique<TopicImage>();
  topic->name = record.name;
  topic->id = record.topic_id;
  changed_topics_.emplace(record.topic_id, std::move(topic));
  new_names_.emplace(record.name, record.topic_id);
  return OkStatus();
}

Status MetadataDelta::ReplayRecord(const PartitionRecord& record) {
  TopicImage* topic = MutableTopic(record.topic_id);
  if (topic == nullptr) return Unfit(StrCat(TopicText(record.topic_id), " does not exist"));
  const auto index = static_cast<size_t>(record.partition_id.value());
  // Kafka writes the partitions of a topic in the order of their numbers.
  if (record.partition_id.value() < 0 || index > topic->partitions.size()) {
    return Unfit(StrCat("partition ", record.partition_id, " of ", topic->name,
                        " comes before the one before it"));
  }
  auto partition = std::make_shared<PartitionImage>();
  partition->replicas = record.replicas;
  partition->isr = record.isr;
  partition->removing_replicas = record.removing_replicas;
  partition->adding_replicas = record.adding_replicas;
  partition->leader = record.leader;
  partition->leader_recovery_state = static_cast<LeaderRecoveryState>(record.leader_recovery_state);
  partition->leader_epoch = record.leader_epoch;
  partition->partition_epoch = record.partition_epoch;
  partition->directories = record.directories;
  partition->eligible_leader_replicas =
      record.eligible_leader_replicas.value_or(std::vector<NodeId>());
  partition->last_known_elr = record.last_known_elr.value_or(std::vector<NodeId>());
  if (index == topic->partitions.size()) topic->partitions.emplace_back();
  topic->partitions[index] = std::move(partition);
  return OkStatus();
}

Status MetadataDelta::ReplayRecord(const PartitionChangeRecord& record) {
  constexpr NodeId kLeaderUnchanged{-2};
  TopicImage* topic = MutableTopic(record.topic_id);
  if (topic == nullptr) return Unfit(StrCat(TopicText(record.topic_id), " does not exist"));
  const PartitionImage* before = topic->Partition(record.partition_id);
  if (before == nullptr) {
    return Unfit(StrCat("partition ", record.partition_id, " of ", topic->name, " does not exist"));
  }
  auto partition = std::make_shared<PartitionImage>(*before);
  if (record.isr.has_value()) partition->isr = *record.isr;
  if (record.replicas.has_value()) partition->replicas = *record.replicas;
  if (record.removing_replicas.has_value())
    partition->removing_replicas = *record.removing_replicas;
  if (record.adding_replicas.has_value()) partition->adding_replicas = *record.adding_replicas;
  if (record.directories.has_value()) partition->directories = *record.directories;
  if (record.eligible_leader_replicas.has_value()) {
    partition->eligible_leader_replicas = *record.eligible_leader_replicas;
  }
  if (record.last_known_elr.has_value()) partition->last_known_elr = *record.last_known_elr;
  if (record.leader_recovery_state >= 0) {
    partition->leader_recovery_state =
        static_cast<LeaderRecoveryState>(record.leader_recovery_state);
  }
  if (record.leader != kLeaderUnchanged) {
    partition->leader = record.leader;
    ++partition->leader_epoch;
  }
  ++partition->partition_epoch;
  topic->partitions[static_cast<size_t>(record.partition_id.value())] = std::move(partition);
  return OkStatus();
}

Status MetadataDelta::ReplayRecord(const ConfigRecord& record) {
  const ConfigResource resource{static_cast<ConfigResourceType>(record.resource_type),
                                record.resource_name};
  if (resource.type != ConfigResourceType::kTopic && resource.type != ConfigResourceType::kBroker) {
    return Unimplemented(StrCat("CONFIG_RECORD of resource type ", record.resource_type,
                                " cannot be replayed: such configs are not served yet"));
  }
  ConfigMap overrides = configs_.Of(resource);
  if (record.value.has_value()) {
    overrides[record.name] = *record.value;
  } else if (const auto old = overrides.find(record.name); old != overrides.end()) {
    overrides.erase(old);
  }
  configs_ = configs_.With(resource, std::move(overrides));
  changed_configs_.insert(resource);
  return OkStatus();
}

Status MetadataDelta::ReplayRecord(const FenceBrokerRecord& record) {
  BrokerImage* broker = MutableBroker(record.id, record.epoch);
  if (broker == nullptr) return Unfit(StrCat("broker ", record.id, " is not registered"));
  broker->fenced = true;
  return OkStatus();
}

Status MetadataDelta::ReplayRecord(const UnfenceBrokerRecord& record) {
  BrokerImage* broker = MutableBroker(record.id, record.epoch);
  if (broker == nullptr) return Unfit(StrCat("broker ", record.id, " is not registered"));
  broker->fenced = false;
  return OkStatus();
}

Status MetadataDelta::ReplayRecord(const RemoveTopicRecord& record) {
  const TopicImage* topic = MutableTopic(record.topic_id);
  if (topic == nullptr) return Unfit(StrCat(TopicText(record.topic_id), " does not exist"));
  const ConfigResource resource = ConfigResource::Topic(topic->name);
  if (!configs_.Of(resource).empty()) {
    configs_ = configs_.With(resource, ConfigMap());
    changed_configs_.insert(resource);
  }
  if (const auto name = new_names_.find(topic->name);
      name != new_names_.end() && name->second == record.topic_id) {
    new_names_.erase(name);
  }
  changed_topics_.erase(record.topic_id);
  if (base_->topics.FindById(record.topic_id) != nullptr) deleted_topics_.insert(record.topic_id);
  return OkStatus();
}

Status MetadataDelta::ReplayRecord(const FeatureLevelRecord& record) {
  FeaturesImage& features = MutableFeatures();
  if (record.name == kMetadataVersionFeature) {
    features.metadata_version = record.feature_level;
  } else if (record.feature_level == 0) {
    features.finalized.erase(record.name);
  } else {
    features.finalized[record.name] = record.feature_level;
  }
  return OkStatus();
}

Status MetadataDelta::ReplayRecord(const ProducerIdsRecord& record) {
  if (record.next_producer_id < producer_ids_.next_producer_id) {
    return Unfit(StrCat("the next producer id goes back from ", producer_ids_.next_producer_id,
                        " to ", record.next_producer_id));
  }
  producer_ids_.next_producer_id = record.next_producer_id;
  return OkStatus();
}

Status MetadataDelta::ReplayRecord(const BrokerRegistrationChangeRecord& record) {
  BrokerImage* broker = MutableBroker(record.broker_id, record.broker_epoch);
  if (broker == nullptr) {
    return Unfit(
        StrCat("broker ", record.broker_id, " is not registered with epoch ", record.broker_epoch));
  }
  // 1 is yes, -1 is no, 0 is no change.
  if (record.fenced != 0) broker->fenced = record.fenced > 0;
  if (record.in_controlled_shutdown != 0) broker->in_controlled_shutdown = true;
  if (!record.log_dirs.empty()) broker->log_dirs = record.log_dirs;
  if (record.cordoned_log_dirs.has_value()) broker->cordoned_log_dirs = record.cordoned_log_dirs;
  return OkStatus();
}

Status MetadataDelta::ReplayRecord(const RegisterControllerRecord& record) {
  ControllerImage controller;
  controller.id = record.controller_id;
  controller.incarnation_id = record.incarnation_id;
  controller.zk_migration_ready = record.zk_migration_ready;
  TakeWhatItServes(record, controller);
  MutableCluster().controllers.insert_or_assign(record.controller_id, std::move(controller));
  return OkStatus();
}

}  // namespace penstock
