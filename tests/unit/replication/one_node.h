// A node with a log directory in memory, and the metadata of a cluster of one that a test writes
// record by record.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "base/log.h"
#include "log/log_manager.h"
#include "metadata/image/metadata_delta.h"
#include "replication/replica_manager.h"
#include "runtime/sim/sim_world.h"
#include "tests/unit/log/log_testing.h"

namespace penstock {

inline constexpr NodeId kThisNode{1};
inline const Uuid kOrdersId(11, 12);

class OneNode {
 public:
  OneNode() {
    EXPECT_OK(world_.Run(runtime().files.CreateDirectory("/data")));
    Boot();
  }
  ~OneNode() { Shutdown(); }

  SimWorld& world() { return world_; }
  Runtime& runtime() { return world_.runtime(); }
  LogManager& logs() { return *logs_; }
  ReplicaManager& replicas() { return *replicas_; }
  const Logger& logger() const { return logger_; }
  MetadataImagePtr image() const { return image_; }
  template <class T>
  T Run(Task<T> task) {
    return world_.Run(std::move(task));
  }

  // Everything stops as it should and starts again on the same directory and metadata.
  void Restart() {
    Shutdown();
    Boot();
  }
  void Shutdown() {
    world_.Run(replicas_->Stop());
    replicas_.reset();
    EXPECT_OK(world_.Run(logs_->Stop(BrokerEpoch(5))));
    logs_.reset();
  }
  void Boot() {
    LogManagerOptions options;
    options.directory = "/data";
    logs_ = std::make_unique<LogManager>(PortsOf(runtime(), output_), options);
    EXPECT_OK(world_.Run(logs_->Start()));
    replicas_ =
        std::make_unique<ReplicaManager>(runtime(), *logs_, logger_, kThisNode, ConfigMap());
    const MetadataImagePtr loaded = std::exchange(image_, std::make_shared<const MetadataImage>());
    MetadataDelta all(image_);
    for (const auto& [name, topic] : loaded->topics.by_name()) ReplayTopic(all, *topic);
    Publish(all);
    EXPECT_OK(world_.Run(replicas_->Start()));
  }

  void CreateTopic(const std::string& name, const Uuid& id, int partitions = 1,
                   std::vector<NodeId> replicas = {kThisNode}) {
    TopicImage topic;
    topic.name = name;
    topic.id = id;
    for (int i = 0; i < partitions; ++i) {
      PartitionImage partition;
      partition.replicas = replicas;
      partition.directories.resize(replicas.size());
      partition.isr = {kThisNode};
      partition.leader = kThisNode;
      topic.partitions.push_back(std::make_shared<const PartitionImage>(std::move(partition)));
    }
    MetadataDelta delta(image_);
    ReplayTopic(delta, topic);
    Publish(delta);
  }
  void DeleteTopic(const Uuid& id) {
    RemoveTopicRecord removed;
    removed.topic_id = id;
    Change(removed);
  }
  void SetTopicConfig(const std::string& topic, const std::string& name, const std::string& value) {
    ConfigRecord config;
    config.resource_type = static_cast<int8_t>(ConfigResourceType::kTopic);
    config.resource_name = topic;
    config.name = name;
    config.value = value;
    Change(config);
  }
  void Change(const MetadataRecord& record) {
    MetadataDelta delta(image_);
    EXPECT_OK(delta.Replay(record));
    Publish(delta);
  }

  // Names in the log directory that begin with `prefix`.
  std::vector<std::string> Directories(std::string_view prefix) {
    const auto names = world_.Run(runtime().files.List("/data"));
    EXPECT_TRUE(names.ok()) << names.status();
    std::vector<std::string> found;
    for (const std::string& name : *names) {
      if (name.starts_with(prefix)) found.push_back(name);
    }
    return found;
  }

 private:
  static void ReplayTopic(MetadataDelta& delta, const TopicImage& topic) {
    TopicRecord record;
    record.name = topic.name;
    record.topic_id = topic.id;
    EXPECT_OK(delta.Replay(record));
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      PartitionRecord partition;
      partition.topic_id = topic.id;
      partition.partition_id = PartitionId(static_cast<int32_t>(i));
      partition.replicas = topic.partitions[i]->replicas;
      partition.directories = topic.partitions[i]->directories;
      partition.isr = topic.partitions[i]->isr;
      partition.leader = topic.partitions[i]->leader;
      partition.leader_epoch = topic.partitions[i]->leader_epoch;
      partition.partition_epoch = 0;
      EXPECT_OK(delta.Replay(partition));
    }
  }
  void Publish(const MetadataDelta& delta) {
    image_ = delta.Apply(MetadataProvenance());
    replicas_->OnMetadataUpdate(delta, *image_);
  }

  SimWorld world_{1};
  SilentSink sink_;
  LogOutput output_{sink_, [] { return kTime0; }};
  Logger logger_{output_, "test"};
  std::unique_ptr<LogManager> logs_;
  std::unique_ptr<ReplicaManager> replicas_;
  MetadataImagePtr image_ = std::make_shared<const MetadataImage>();
};

}  // namespace penstock
