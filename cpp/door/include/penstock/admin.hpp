// Administration of a cluster: topics, configs, offsets.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <penstock/configs.hpp>
#include <penstock/export.hpp>
#include <penstock/result.hpp>
#include <penstock/time.hpp>
#include <penstock/topic.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

class Engine;

inline namespace v0 {

struct AdminOptions {
  Timeout timeout = std::chrono::seconds(60);  // for the whole, retries included
  bool validate_only = false;                  // only say what would come of it
};

struct NewTopic {
  std::string name;
  std::optional<int32_t> partitions = {};          // nothing: num.partitions of the broker
  std::optional<int16_t> replication_factor = {};  // nothing: default.replication.factor of it
  Configs configs = {};
};

struct PartitionDescription {
  int32_t partition = 0;
  int32_t leader = -1;  // the id of a broker; -1: there is none at the moment
  int32_t leader_epoch = -1;
  std::vector<int32_t> replicas;
  std::vector<int32_t> in_sync_replicas;
};

struct TopicDescription {
  std::string name;
  std::string id;                                // as Kafka's tools print it
  bool internal = false;                         // of the cluster's own
  std::vector<PartitionDescription> partitions;  // by number
};

enum class ConfigResourceType { kTopic, kBroker };

struct ConfigResource {
  ConfigResourceType type = ConfigResourceType::kTopic;
  std::string name;  // of a broker: its id; "" means the default of all brokers
};

struct ConfigEntry {
  std::string name;
  std::optional<std::string> value;  // nothing if it is sensitive, or null
  bool is_default = false;
  bool read_only = false;
  bool sensitive = false;
};

struct ConfigChange {
  std::string name;
  std::optional<std::string> value;  // nothing: back to the default
};

struct BrokerDescription {
  int32_t id = -1;
  std::string host;
  int32_t port = 0;
  std::optional<std::string> rack;
};

struct ClusterDescription {
  std::string id;
  int32_t controller = -1;                 // the id of a broker
  std::vector<BrokerDescription> brokers;  // by id
};

// Made by Client::admin. Copies are the same; any number of threads may use one at once. Each call
// waits for the cluster. What can pass is tried again until the time is over.
//
// Errors are those that the broker gave, with Kafka's code. kCancelled: the client is closed.
class Admin {
 public:
  // kAlreadyExists.
  PENSTOCK_API Result<void> CreateTopic(NewTopic topic, AdminOptions options = {});
  // kNotFound.
  PENSTOCK_API Result<void> DeleteTopic(std::string_view name, AdminOptions options = {});
  // Adds partitions until there are `total`.
  PENSTOCK_API Result<void> CreatePartitions(std::string_view topic, int32_t total,
                                             AdminOptions options = {});
  // Names in their order, without the cluster's own.
  PENSTOCK_API Result<std::vector<std::string>> ListTopics(AdminOptions options = {});
  // kNotFound.
  PENSTOCK_API Result<TopicDescription> DescribeTopic(std::string_view name,
                                                      AdminOptions options = {});

  PENSTOCK_API Result<std::vector<ConfigEntry>> DescribeConfigs(const ConfigResource& resource,
                                                                AdminOptions options = {});
  // All of the changes or none of them.
  PENSTOCK_API Result<void> AlterConfigs(const ConfigResource& resource,
                                         std::vector<ConfigChange> changes,
                                         AdminOptions options = {});

  // Offsets in the order of the partitions; where one cannot be told, its error instead of all.
  // The first offset that there is.
  PENSTOCK_API Result<std::vector<int64_t>> BeginningOffsets(std::vector<TopicPartition> partitions,
                                                             AdminOptions options = {});
  // The offset that the next record will have.
  PENSTOCK_API Result<std::vector<int64_t>> EndOffsets(std::vector<TopicPartition> partitions,
                                                       AdminOptions options = {});
  // Of the first record that is not older; kNoOffset where there is none.
  PENSTOCK_API Result<std::vector<int64_t>> OffsetsForTime(std::vector<TopicPartition> partitions,
                                                           Timestamp timestamp,
                                                           AdminOptions options = {});
  // Deletes the records below the offset; gives the first offset that there is afterwards.
  PENSTOCK_API Result<int64_t> DeleteRecords(const TopicPartition& partition, int64_t before,
                                             AdminOptions options = {});

  PENSTOCK_API Result<ClusterDescription> DescribeCluster(AdminOptions options = {});

 private:
  friend class Client;
  explicit Admin(std::shared_ptr<Engine> engine) : engine_(std::move(engine)) {}
  Result<std::vector<int64_t>> ListOffsets(std::vector<TopicPartition> partitions,
                                           int64_t timestamp, AdminOptions options);

  std::shared_ptr<Engine> engine_;
};

}  // namespace v0
}  // namespace penstock
