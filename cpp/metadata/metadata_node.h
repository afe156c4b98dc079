// The metadata of a cluster of one: opens (or formats) the directory, is the quorum's only voter,
// holds the controller and the published image, and registers the broker. Owned by the broker;
// lives on one shard.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/log.h"
#include "base/status.h"
#include "config/config_layers.h"
#include "metadata/image/metadata_image.h"
#include "metadata/image/publisher.h"
#include "metadata/producer_id_block.h"
#include "protocol/messages/alter_configs.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/describe_quorum.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/update_features.h"
#include "runtime/runtime.h"

namespace penstock {

class LogManager;

struct MetadataNodeOptions {
  std::string log_dir;       // holds meta.properties and the partitions
  std::string metadata_dir;  // holds __cluster_metadata-0; empty: log_dir
  NodeId node_id{1};
  // Of the controller listener, for the voters record; Kafka's tools and an Apache Kafka broker on
  // this directory show and use it. Nothing of ours listens there yet.
  std::string controller_listener = "CONTROLLER";
  std::string controller_host = "localhost";
  uint16_t controller_port = 9093;

  ConfigMap static_config;  // the broker's file and command line: defaults of topic configs
  int32_t num_partitions = 1;
  int16_t default_replication_factor = 1;
  bool delete_topic_enable = true;

  int64_t max_record_bytes_between_snapshots = 20 << 20;
  int64_t max_snapshot_interval_ms = 3'600'000;
  int32_t segment_bytes = 1 << 30;
  int64_t segment_ms = 7LL * 24 * 3600 * 1000;
};

// How the broker registers; the node makes a new incarnation id of it.
struct BrokerRegistrationOptions {
  std::vector<NodeEndpoint> endpoints;
  std::optional<std::string> rack;
  // From .kafka_cleanshutdown; -1 if there was none.
  BrokerEpoch previous_broker_epoch{-1};
};

class MetadataNode {
 public:
  // Reads what Open will read and changes nothing, so that a directory that must be refused stays
  // as it is. Refusals (another node id, a newer directory, feature levels or records that are not
  // served, several voters) are FailedPrecondition with one line that names what and where;
  // DataLoss for a metadata log that is broken where it was durable. `logs` has inspected the
  // directory and not started. `runtime` and `logs` outlive the Task.
  static Task<Status> Check(Runtime& runtime, const LogManager& logs, MetadataNodeOptions options);

  // After Check and the start of `logs`: formats an empty directory, loads a formatted one, becomes
  // the leader of a new epoch. The directory must be locked by the caller. `runtime` and `logger`
  // outlive it.
  static Task<StatusOr<std::unique_ptr<MetadataNode>>> Open(Runtime& runtime, LogManager& logs,
                                                            Logger& logger,
                                                            MetadataNodeOptions options);
  virtual ~MetadataNode() = default;

  virtual const std::string& cluster_id() const = 0;
  virtual const Uuid& directory_id() const = 0;
  virtual NodeId node_id() const = 0;

  // The image published last; never null.
  virtual MetadataImagePtr image() const = 0;
  // The controller's present leader epoch of the metadata log.
  virtual LeaderEpoch leader_epoch() const = 0;
  // Told the present image at once (as one delta from nothing), then every change, before whoever
  // asked for it is answered. `publisher` outlives the node or is removed.
  virtual void AddPublisher(Publisher& publisher) = 0;
  virtual void RemovePublisher(Publisher& publisher) = 0;

  // Registers this broker, elects it leader of its partitions and unfences it. Once per life.
  virtual Task<StatusOr<BrokerEpoch>> RegisterBroker(BrokerRegistrationOptions options) = 0;
  // The epoch of the registration; -1 before it.
  virtual BrokerEpoch broker_epoch() const = 0;

  // The calls of the admin APIs. Answers leave when the records are durable and published. Errors
  // are inside the responses; throttle times are zero. Every topic is describable and alterable:
  // authorization is the caller's.
  virtual Task<CreateTopicsResponse> CreateTopics(CreateTopicsRequest request) = 0;
  virtual Task<DeleteTopicsResponse> DeleteTopics(DeleteTopicsRequest request) = 0;
  virtual Task<CreatePartitionsResponse> CreatePartitions(CreatePartitionsRequest request) = 0;
  virtual Task<AlterConfigsResponse> AlterConfigs(AlterConfigsRequest request) = 0;
  virtual Task<IncrementalAlterConfigsResponse> IncrementalAlterConfigs(
      IncrementalAlterConfigsRequest request) = 0;
  virtual Task<UpdateFeaturesResponse> UpdateFeatures(UpdateFeaturesRequest request) = 0;
  virtual Task<StatusOr<ProducerIdBlock>> AllocateProducerIds() = 0;
  // Only partition 0 of __cluster_metadata is answered without an error.
  virtual DescribeQuorumResponse DescribeQuorum(const DescribeQuorumRequest& request) const = 0;

  // Takes the broker out in order: leaders step down, the broker is fenced, the log is closed
  // cleanly. Calls fail afterwards. Must have run before destruction unless the process ends.
  virtual Task<Status> Stop() = 0;
};

}  // namespace penstock
