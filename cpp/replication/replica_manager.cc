#include "replication/replica_manager.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "replication/resolve_log_config.h"

namespace penstock {

ReplicaManager::ReplicaManager(Runtime& runtime, LogManager& logs, const Logger& logger,
                               NodeId node_id, ConfigMap static_config)
    : runtime_(runtime),
      logs_(logs),
      logger_(logger.For("replication")),
      node_id_(node_id),
      layers_{.static_broker = std::move(static_config)},
      deletion_ended_(runtime.executor),
      background_(runtime.executor, [this](const Status& error) {
        logger_.Error("deletion failed", {{"error", error}});
      }) {}

ReplicaManager::~ReplicaManager() = default;

void ReplicaManager::OnMetadataUpdate(const MetadataDelta& delta, const MetadataImage& image) {
  for (const TopicsImage::TopicPtr& topic : delta.DeletedTopics()) RemoveTopic(topic->id);
  UpdateConfigs(delta, image);
  for (const Uuid& id : delta.ChangedTopics()) {
    const TopicsImage::TopicPtr topic = image.topics.FindById(id);
    CHECK(topic != nullptr);
    UpdateTopic(*topic);
  }
}

void ReplicaManager::UpdateConfigs(const MetadataDelta& delta, const MetadataImage& image) {
  configs_ = image.configs;
  layers_.dynamic_default = configs_.Of(ConfigResource::DefaultBroker());
  layers_.dynamic_broker = configs_.Of(ConfigResource::Broker(node_id_));
  bool all_topics = false;
  for (const ConfigResource& resource : delta.changed_configs()) {
    if (resource.type == ConfigResourceType::kBroker) all_topics = true;
  }
  for (auto& [id, topic] : topics_) {
    if (!all_topics && !delta.changed_configs().contains(ConfigResource::Topic(topic.name)))
      continue;
    topic.config = ResolveConfig(topic.name);
    const TopicsImage::TopicPtr now = image.topics.FindById(id);
    for (auto& [index, partition] : topic.partitions) {
      const PartitionImage* changed = now == nullptr ? nullptr : now->Partition(index);
      if (changed == nullptr) continue;
      partition->Update(now->partitions[static_cast<size_t>(index.value())], topic.config);
    }
  }
}

std::shared_ptr<const LogConfig> ReplicaManager::ResolveConfig(const std::string& topic) const {
  auto resolved = ResolveLogConfig(layers_, configs_.Of(ConfigResource::Topic(topic)));
  if (resolved.ok()) return std::make_shared<const LogConfig>(*std::move(resolved));
  // The controller validated it; a directory of another release may still hold what this one does
  // not take.
  logger_.Warn("topic runs with default configs", {{"topic", topic}, {"error", resolved.status()}});
  resolved = ResolveLogConfig(layers_, ConfigMap());
  return std::make_shared<const LogConfig>(resolved.ok() ? *std::move(resolved) : LogConfig());
}

void ReplicaManager::UpdateTopic(const TopicImage& image) {
  Topic& topic = topics_[image.id];
  if (topic.name.empty()) {
    topic.name = image.name;
    topic.id = image.id;
    topic.config = ResolveConfig(image.name);
    ids_by_name_[image.name] = image.id;
  }
  for (size_t i = 0; i < image.partitions.size(); ++i) {
    const std::shared_ptr<const PartitionImage>& partition_image = image.partitions[i];
    const PartitionId index(static_cast<int32_t>(i));
    const bool ours =
        std::ranges::find(partition_image->replicas, node_id_) != partition_image->replicas.end();
    const auto existing = topic.partitions.find(index);
    if (existing != topic.partitions.end()) {
      existing->second->Update(partition_image, topic.config);
    } else if (ours) {
      const PartitionPorts ports{
          .clock = runtime_.clock, .executor = runtime_.executor, .logs = *this};
      TopicPartition name{.topic = image.name, .partition = index};
      topic.partitions.emplace(index, std::make_unique<Partition>(ports, std::move(name), image.id,
                                                                  partition_image, topic.config));
    }
  }
}

void ReplicaManager::RemoveTopic(const Uuid& id) {
  const auto found = topics_.find(id);
  if (found == topics_.end()) return;
  Topic topic = std::move(found->second);
  topics_.erase(found);
  const auto by_name = ids_by_name_.find(topic.name);
  if (by_name != ids_by_name_.end() && by_name->second == id) ids_by_name_.erase(by_name);
  for (auto& [index, partition] : topic.partitions) {
    partition->Retire();
    deleting_.insert(partition->topic_partition());
    background_.Start(DeletePartition(std::move(partition)));
  }
}

Task<Status> ReplicaManager::DeletePartition(std::unique_ptr<Partition> partition) {
  const TopicPartition name = partition->topic_partition();
  co_await partition->WaitUnused();
  Status deleted = co_await logs_.Delete(name);
  on_disk_.erase(name);
  deleting_.erase(name);
  deletion_ended_.NotifyAll();
  if (deleted.code() == StatusCode::kNotFound) co_return OkStatus();  // nothing was ever written
  co_return Annotate(deleted, name.ToString());
}

Task<Status> ReplicaManager::Start() {
  for (const FoundLog& found : logs_.FoundLogs()) {
    const auto topic = topics_.find(found.topic_id);
    const bool owned = topic != topics_.end() &&
                       topic->second.name == found.topic_partition.topic &&
                       topic->second.partitions.contains(found.topic_partition.partition);
    if (owned) {
      on_disk_.insert(found.topic_partition);
      continue;
    }
    logger_.Warn(
        "setting a directory aside that no topic owns",
        {{"partition", found.topic_partition.ToString()}, {"topic_id", found.topic_id.ToString()}});
    CO_RETURN_IF_ERROR(co_await logs_.SetAside(found.topic_partition));
  }
  co_return OkStatus();
}

Task<> ReplicaManager::Stop() {
  co_await background_.Join();
  for (auto& [id, topic] : topics_) {
    for (auto& [index, partition] : topic.partitions) partition->Retire();
  }
  for (auto& [id, topic] : topics_) {
    for (auto& [index, partition] : topic.partitions) {
      co_await partition->WaitUnused();
    }
  }
}

Task<StatusOr<Log*>> ReplicaManager::OpenLog(Partition& partition, bool create) {
  const TopicPartition name = partition.topic_partition();
  while (deleting_.contains(name)) {
    co_await deletion_ended_.Wait();
  }
  if (on_disk_.contains(name)) {
    auto opened = co_await logs_.Open(name, partition.shared_config());
    if (opened.ok()) on_disk_.erase(name);
    co_return opened;
  }
  if (!create) co_return nullptr;
  co_return co_await logs_.Create(name, partition.topic_id(), partition.shared_config());
}

PartitionLease ReplicaManager::Find(std::string_view topic, PartitionId partition) const {
  const auto id = ids_by_name_.find(topic);
  return id == ids_by_name_.end() ? PartitionLease() : Find(id->second, partition);
}

PartitionLease ReplicaManager::Find(const Uuid& topic_id, PartitionId partition) const {
  const auto topic = topics_.find(topic_id);
  if (topic == topics_.end()) return PartitionLease();
  const auto found = topic->second.partitions.find(partition);
  return found == topic->second.partitions.end() ? PartitionLease()
                                                 : PartitionLease(found->second.get());
}

size_t ReplicaManager::partition_count() const {
  size_t count = 0;
  for (const auto& [id, topic] : topics_) count += topic.partitions.size();
  return count;
}

std::shared_ptr<const LogConfig> ReplicaManager::ConfigOf(std::string_view topic) const {
  const auto id = ids_by_name_.find(topic);
  return id == ids_by_name_.end() ? nullptr : topics_.at(id->second).config;
}

}  // namespace penstock
