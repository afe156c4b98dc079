// What administration asks and is told, in values. A result of one thing among
// several carries its own Status; messages are the broker's where it sent one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "base/time.h"
#include "base/uuid.h"
#include "client/metadata_cache.h"
#include "protocol/message.h"

namespace penstock {

struct AdminOptions {
  std::optional<Duration> timeout;  // for the whole, retries included; instead of 60 s
  bool validate_only = false;       // say what would come of it; where the API has that
};

struct TopicPartitionName {
  std::string topic;
  PartitionId partition;

  auto operator<=>(const TopicPartitionName&) const = default;
};

// --- topics ---

struct NewTopic {
  std::string name;
  int32_t partitions = -1;                       // -1: num.partitions of the broker
  int16_t replication_factor = -1;               // -1: default.replication.factor of the broker
  std::vector<std::vector<NodeId>> assignments;  // replicas of each partition, instead of counts
  std::map<std::string, std::string> configs;
};

struct NewPartitions {
  std::string topic;
  int32_t total = 0;  // partitions afterwards
  std::vector<std::vector<NodeId>>
      assignments;  // replicas of each new one; empty: the broker's choice
};

// What became of a topic that was to be created, deleted or extended.
struct TopicResult {
  std::string name;
  Status status;
  Uuid id;                          // where the API tells it
  int32_t partitions = -1;          // of a created one, where the broker tells it
  int16_t replication_factor = -1;  // the same
};

struct ListedTopic {
  std::string name;
  Uuid id;
  bool internal = false;
};

struct TopicDescription {
  std::string name;
  Status status;
  TopicInfo info;  // only if status is OK
};

// --- configs ---

enum class AdminConfigResourceType : int8_t {
  kTopic = 2,
  kBroker = 4,
  kBrokerLogger = 8,
  kClientMetrics = 16,
  kGroup = 32,
};

struct AdminConfigResource {
  AdminConfigResourceType type = AdminConfigResourceType::kTopic;
  std::string name;  // of a broker: its id; "" means the default of all brokers

  auto operator<=>(const AdminConfigResource&) const = default;
};

enum class AdminConfigSource : int8_t {
  kUnknown = 0,
  kTopic = 1,
  kDynamicBroker = 2,
  kDynamicDefaultBroker = 3,
  kStaticBroker = 4,
  kDefault = 5,
  kDynamicBrokerLogger = 6,
  kClientMetrics = 7,
  kGroup = 8,
};

struct AdminConfigSynonym {
  std::string name;
  std::optional<std::string> value;
  AdminConfigSource source = AdminConfigSource::kUnknown;
};

struct ConfigEntry {
  std::string name;
  std::optional<std::string> value;  // nothing if it is sensitive or null
  AdminConfigSource source = AdminConfigSource::kUnknown;
  bool read_only = false;
  bool sensitive = false;
  int8_t type = 0;  // as on the wire: 1 boolean, 2 string, 3 int, 4 short, 5
                    // long, 6 double, 7 list...
  std::vector<AdminConfigSynonym> synonyms;  // where the value would come from next; if asked for
  std::string documentation;                 // if asked for
};

struct DescribeConfigsOptions {
  bool synonyms = false;
  bool documentation = false;
};

struct ConfigDescription {
  AdminConfigResource resource;
  Status status;
  std::vector<ConfigEntry> entries;
};

enum class AdminConfigOperation : int8_t { kSet = 0, kDelete = 1, kAppend = 2, kSubtract = 3 };

struct AdminConfigChange {
  AdminConfigResource resource;
  std::string name;
  AdminConfigOperation operation = AdminConfigOperation::kSet;
  std::optional<std::string> value;  // nothing for kDelete
};

struct ConfigResult {
  AdminConfigResource resource;
  Status status;
};

// --- partitions ---

// Timestamps of OffsetQuery that mean a place.
inline constexpr TimestampMs kLatestOffset{-1};
inline constexpr TimestampMs kEarliestOffset{-2};
inline constexpr TimestampMs kMaxTimestampOffset{-3};

struct OffsetQuery {
  TopicPartitionName partition;
  TimestampMs timestamp = kLatestOffset;  // the first record at or after it, or a place
};

struct OffsetResult {
  TopicPartitionName partition;
  Status status;
  Offset offset = kNoOffset;  // kNoOffset: no record at or after the timestamp
  TimestampMs timestamp = kNoTimestamp;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
};

struct RecordsToDelete {
  TopicPartitionName partition;
  Offset before;  // kNoOffset: the high watermark, all of them
};

struct DeletedRecords {
  TopicPartitionName partition;
  Status status;
  Offset low_watermark = kNoOffset;
};

struct DescribedProducer {
  ProducerId id = kNoProducerId;
  int32_t epoch = -1;
  Sequence last_sequence = kNoSequence;
  TimestampMs last_timestamp = kNoTimestamp;
  Offset transaction_start = kNoOffset;  // kNoOffset: none is open
};

struct ProducersResult {
  TopicPartitionName partition;
  Status status;
  std::vector<DescribedProducer> producers;
};

// --- the cluster ---

struct ClusterDescription {
  std::string id;
  NodeId controller = kNoNode;
  std::vector<BrokerInfo> brokers;  // by id
};

struct ReplicaInLogDir {
  TopicPartitionName partition;
  int64_t bytes = 0;
  int64_t offset_lag = 0;
  bool future = false;  // being moved here
};

struct LogDir {
  std::string path;
  Status status;
  std::vector<ReplicaInLogDir> replicas;
  int64_t total_bytes = -1;  // -1: the broker does not tell
  int64_t usable_bytes = -1;
};

struct BrokerLogDirs {
  NodeId broker = kNoNode;
  Status status;
  std::vector<LogDir> directories;
};

struct QuorumReplica {
  NodeId id = kNoNode;
  Uuid directory;
  Offset log_end_offset = kNoOffset;
  TimestampMs last_fetch = kNoTimestamp;
  TimestampMs last_caught_up = kNoTimestamp;
};

struct QuorumDescription {
  NodeId leader = kNoNode;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  Offset high_watermark = kNoOffset;
  std::vector<QuorumReplica> voters;
  std::vector<QuorumReplica> observers;
};

// Versions of an API that a broker serves.
struct ServedApi {
  int16_t key = 0;
  std::string name;  // "" for one that 4.3 does not have
  VersionRange versions;
};

struct BrokerApis {
  BrokerInfo broker;
  std::vector<ServedApi> apis;  // by key
};

struct FeatureRange {
  std::string name;
  int16_t supported_min = 0;
  int16_t supported_max = 0;
  int16_t finalized = 0;  // 0: not finalized
};

struct FeaturesDescription {
  int64_t epoch = -1;
  std::vector<FeatureRange> features;  // by name
};

enum class FeatureUpgrade : int8_t { kUpgrade = 1, kSafeDowngrade = 2, kUnsafeDowngrade = 3 };

struct FeatureUpdate {
  std::string name;
  int16_t level = 0;  // 0: not finalized any more
  FeatureUpgrade upgrade = FeatureUpgrade::kUpgrade;
};

struct FeatureResult {
  std::string name;
  Status status;
};

}  // namespace penstock
