#include "replication/replica_manager.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "config/topic_config.h"
#include "runtime/race.h"

namespace penstock {
namespace {

constexpr std::string_view kMetadataTopic = "__cluster_metadata";

// Between two attempts to delete a directory.
constexpr Duration kDeletionPauseMin = std::chrono::seconds(1);
constexpr Duration kDeletionPauseMax = std::chrono::seconds(60);

}  // namespace

ReplicaManager::ReplicaManager(Runtime& runtime, LogManager& logs, const Logger& logger,
                               NodeId node_id, ConfigMap static_config)
    : runtime_(runtime),
      logs_(logs),
      logger_(logger.For("replication")),
      node_id_(node_id),
      layers_{.static_broker = std::move(static_config)},
      deletion_ended_(runtime.executor),
      stopping_(runtime.executor),
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

std::shared_ptr<const TopicConfig> ReplicaManager::ResolveConfig(const std::string& topic) const {
  auto resolved = ResolveTopicConfig(layers_, configs_.Of(ConfigResource::Topic(topic)));
  if (resolved.ok()) return std::make_shared<const TopicConfig>(*std::move(resolved));
  // The controller validated it; a directory of another release may still hold what this one does
  // not take.
  logger_.Warn("topic runs with default configs", {{"topic", topic}, {"error", resolved.status()}});
  resolved = ResolveTopicConfig(layers_, ConfigMap());
  return std::make_shared<const TopicConfig>(resolved.ok() ? *std::move(resolved) : TopicConfig());
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
      const PartitionPorts ports{.node_id = node_id_,
                                 .clock = runtime_.clock,
                                 .executor = runtime_.executor,
                                 .logs = *this};
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
    const bool on_disk = HasLog(*partition);
    partition->Retire();
    deleting_.emplace(partition->topic_partition(), id);
    background_.Start(DeletePartition(std::move(partition), on_disk));
  }
  deletion_ended_.NotifyAll();  // an opening of this topic that waits must not begin any more
}

bool ReplicaManager::IsBeingDeleted(const TopicPartition& name) const {
  const auto first = deleting_.lower_bound({name, Uuid()});
  return first != deleting_.end() && first->first == name;
}

Task<> ReplicaManager::DeletePartition(std::unique_ptr<Partition> partition, bool on_disk) {
  const TopicPartition name = partition->topic_partition();
  co_await partition->WaitUnused();
  const bool was_open = partition->DetachLog();
  if (was_open || on_disk) {
    co_await DeleteDirectory(name);
    on_disk_.erase(name);
    undeletable_.erase(name);
  }
  deleting_.erase({name, partition->topic_id()});
  deletion_ended_.NotifyAll();
}

Task<> ReplicaManager::DeleteDirectory(TopicPartition name) {
  for (Duration pause = kDeletionPauseMin;; pause = std::min(2 * pause, kDeletionPauseMax)) {
    const Status deleted = co_await logs_.Delete(name);
    if (deleted.ok() || deleted.code() == StatusCode::kNotFound) co_return;
    logger_.Error("the directory of a deleted topic cannot be deleted",
                  {{"partition", name.ToString()},
                   {"error", deleted},
                   {"again_in_ms", InMilliseconds(pause)}});
    undeletable_.insert(name);
    deletion_ended_.NotifyAll();  // who waits for it hears that it takes longer
    const Instant next = runtime_.clock.Now() + pause;
    Task<> stop = stopping_.Wait();
    co_await Before(runtime_.timers, next, std::move(stop));
    if (stopping_.is_set()) co_return;
  }
}

Task<Status> ReplicaManager::Start() {
  for (const FoundLog& found : logs_.FoundLogs()) {
    if (found.topic_partition.topic == kMetadataTopic) continue;  // belongs to raft
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
  stopping_.Set();
  for (auto& [id, topic] : topics_) {
    for (auto& [index, partition] : topic.partitions) partition->Retire();
  }
  for (auto& [id, topic] : topics_) {
    for (auto& [index, partition] : topic.partitions) {
      co_await partition->WaitUnused();
      partition->DetachLog();
    }
  }
  co_await background_.Join();
}

bool ReplicaManager::HasLog(const Partition& partition) const {
  const TopicPartition& name = partition.topic_partition();
  // A directory that is being deleted belongs to an earlier topic of this name.
  return on_disk_.contains(name) && !IsBeingDeleted(name);
}

void ReplicaManager::StartOpening(Partition& partition) { background_.Start(OpenLog(partition)); }

// The partition outlives it: it waits for the end of an opening before it goes.
Task<> ReplicaManager::OpenLog(Partition& partition) {
  const TopicPartition name = partition.topic_partition();
  while (!partition.retired() && IsBeingDeleted(name) && !undeletable_.contains(name)) {
    co_await deletion_ended_.Wait();
  }
  StatusOr<Log*> opened = nullptr;
  if (partition.retired()) {
    opened = KafkaError(ErrorCode::kUnknownTopicOrPartition, "deleted");
  } else if (undeletable_.contains(name)) {
    opened = KafkaError(ErrorCode::kKafkaStorageError,
                        "an earlier topic of this name cannot be deleted from the disk yet");
  } else if (on_disk_.contains(name)) {
    opened = co_await logs_.Open(name, partition.shared_config());
    if (opened.ok()) on_disk_.erase(name);
  } else {
    opened = co_await logs_.Create(name, partition.topic_id(), partition.shared_config());
  }
  if (!opened.ok() && !partition.retired() && !undeletable_.contains(name)) {
    logger_.Error("cannot open a log",
                  {{"partition", name.ToString()}, {"error", opened.status()}});
    opened = KafkaError(ErrorCode::kKafkaStorageError, MessageOf(opened.status()));
  }
  partition.OnOpened(std::move(opened));
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

std::vector<PartitionLease> ReplicaManager::All() const {
  std::vector<PartitionLease> all;
  all.reserve(partition_count());
  for (const auto& [id, topic] : topics_) {
    for (const auto& [index, partition] : topic.partitions) all.emplace_back(partition.get());
  }
  std::ranges::sort(all, {}, [](const PartitionLease& lease) -> const TopicPartition& {
    return lease->topic_partition();
  });
  return all;
}

Task<StatusOr<int64_t>> ReplicaManager::SizeOf(const Partition& partition) {
  if (partition.log() != nullptr) co_return partition.log()->size_in_bytes();
  if (!HasLog(partition)) co_return 0;
  const std::string directory =
      StrCat(logs_.directory(), "/", partition.topic_partition().ToString());
  CO_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                      co_await runtime_.files.List(directory));
  int64_t bytes = 0;
  for (const std::string& name : names) {
    if (!name.ends_with(".log")) continue;
    const std::string path = StrCat(directory, "/", name);
    CO_ASSIGN_OR_RETURN(const FileInfo info, co_await runtime_.files.Describe(path));
    bytes += static_cast<int64_t>(info.size);
  }
  co_return bytes;
}

size_t ReplicaManager::partition_count() const {
  size_t count = 0;
  for (const auto& [id, topic] : topics_) count += topic.partitions.size();
  return count;
}

std::shared_ptr<const TopicConfig> ReplicaManager::ConfigOf(std::string_view topic) const {
  const auto id = ids_by_name_.find(topic);
  return id == ids_by_name_.end() ? nullptr : topics_.at(id->second).config;
}

}  // namespace penstock
