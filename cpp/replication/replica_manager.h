// The partitions of this node: follows the metadata, lends partitions to handlers, and deletes what
// is gone.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/btree_map.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/status.h"
#include "config/config_layers.h"
#include "log/log_manager.h"
#include "metadata/image/publisher.h"
#include "replication/partition.h"
#include "runtime/event.h"
#include "runtime/runtime.h"
#include "runtime/task_group.h"

namespace penstock {

class ReplicaManager final : public Publisher, private LogProvider {
 public:
  // All outlive the manager. `static_config` are the broker's own configs, for the defaults of
  // topics.
  ReplicaManager(Runtime& runtime, LogManager& logs, const Logger& logger, NodeId node_id,
                 ConfigMap static_config);
  ~ReplicaManager() override;

  // Called in the order of the log; see Publisher. Works at once, and opens no file.
  void OnMetadataUpdate(const MetadataDelta& delta, const MetadataImage& image) override;

  // Once, when the metadata has been loaded: sets directories aside that no topic owns.
  Task<Status> Start();
  // Waits for openings and deletions that are under way, and lets go of all logs. Whoever still
  // waits for a partition goes on with an error.
  Task<> Stop();

  // An empty lease if this node has no such partition.
  PartitionLease Find(std::string_view topic, PartitionId partition) const;
  PartitionLease Find(const Uuid& topic_id, PartitionId partition) const;

  // Every partition of this node, ascending by name.
  std::vector<PartitionLease> All() const;

  size_t partition_count() const;
  // Bytes of the segments of its log, which is not opened for this; 0 while nothing was written.
  // `partition` is leased until the Task ends.
  Task<StatusOr<int64_t>> SizeOf(const Partition& partition);
  // The config that a topic runs with; null if there is no such topic.
  std::shared_ptr<const TopicConfig> ConfigOf(std::string_view topic) const;

 private:
  struct Topic {
    std::string name;
    Uuid id;
    std::shared_ptr<const TopicConfig> config;
    std::map<PartitionId, std::unique_ptr<Partition>> partitions;
  };

  bool HasLog(const Partition& partition) const override;
  void StartOpening(Partition& partition) override;
  Task<> OpenLog(Partition& partition);
  void UpdateTopic(const TopicImage& image);
  void RemoveTopic(const Uuid& id);
  void UpdateConfigs(const MetadataDelta& delta, const MetadataImage& image);
  std::shared_ptr<const TopicConfig> ResolveConfig(const std::string& topic) const;
  bool IsBeingDeleted(const TopicPartition& name) const;
  // `on_disk`: there is a log that was never opened.
  Task<> DeletePartition(std::unique_ptr<Partition> partition, bool on_disk);
  // Tries until it can be done or the manager stops.
  Task<> DeleteDirectory(TopicPartition name);

  Runtime& runtime_;
  LogManager& logs_;
  Logger logger_;
  NodeId node_id_;
  ConfigLayers layers_;
  ConfigsImage configs_;
  std::map<Uuid, Topic> topics_;
  BTreeMap<std::string, Uuid> ids_by_name_;
  std::set<TopicPartition> on_disk_;  // directories that were found at start and not opened yet
  // Partitions of deleted topics that still hold their name. A later topic of this name opens no
  // log before, and a deleted one never begins to: so at most one of them has a directory.
  std::set<std::pair<TopicPartition, Uuid>> deleting_;
  std::set<TopicPartition> undeletable_;  // of those: a first attempt failed, others follow
  Condition deletion_ended_;              // or failed
  Event stopping_;
  TaskGroup background_;
};

}  // namespace penstock
