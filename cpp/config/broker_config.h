// The broker's own configuration: `.properties` texts and `-X key=value` assignments as one typed
// struct.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "config/config_def.h"
#include "config/config_layers.h"

namespace penstock {

// "NAME://host:port" of `listeners` and `advertised.listeners`.
struct ListenerAddress {
  std::string name;
  std::string host;  // empty: every interface (listeners); IPv6 without brackets
  int32_t port = 0;

  bool operator==(const ListenerAddress&) const = default;
};
StatusOr<ListenerAddress> ParseListenerAddress(std::string_view text);
std::string FormatListenerAddress(const ListenerAddress& listener);

struct BrokerConfig {
  // Identity
  NodeId node_id{1};
  std::optional<std::string> rack;
  std::vector<std::string> log_dirs;
  std::optional<std::string> metadata_log_dir;  // nothing: the first of log_dirs

  // Listeners. Those named in controller.listener.names are kept apart.
  std::vector<ListenerAddress> listeners;
  std::vector<ListenerAddress> controller_listeners;
  std::vector<ListenerAddress> advertised_listeners;  // empty: the address that the client used
  std::string inter_broker_listener_name;

  // Topics
  bool auto_create_topics_enable = true;
  int32_t num_partitions = 1;
  int32_t default_replication_factor = 1;
  bool delete_topic_enable = true;

  // Network
  int32_t socket_send_buffer_bytes = 102400;
  int32_t socket_receive_buffer_bytes = 102400;
  int32_t socket_request_max_bytes = 104857600;
  int32_t socket_listen_backlog_size = 50;
  int32_t max_connections = INT32_MAX;
  int32_t max_connections_per_ip = INT32_MAX;
  std::map<std::string, int32_t> max_connections_per_ip_overrides;  // by IP address
  int64_t connections_max_idle_ms = 600000;                         // negative: no limit
  int64_t queued_max_request_bytes = -1;                            // not positive: no limit
  int32_t fetch_max_bytes = 57671680;
  int32_t max_incremental_fetch_session_cache_slots = 1000;
  int32_t max_request_partition_size_limit = 2000;
  bool unstable_api_versions_enable = false;

  // Logs
  int32_t producer_id_expiration_ms = 86400000;
  int32_t producer_id_expiration_check_interval_ms = 600000;
  int64_t log_retention_check_interval_ms = 300000;
  int32_t log_flush_offset_checkpoint_interval_ms = 60000;
  int32_t log_flush_start_offset_checkpoint_interval_ms = 60000;
  int64_t log_flush_scheduler_interval_ms = INT64_MAX;
  int64_t log_initial_task_delay_ms = 30000;
  int64_t replica_high_watermark_checkpoint_interval_ms = 5000;

  // Metadata log
  int64_t metadata_log_max_record_bytes_between_snapshots = 20971520;
  int64_t metadata_log_max_snapshot_interval_ms = 3600000;
  int32_t metadata_log_segment_bytes = 1 << 30;
  int64_t metadata_log_segment_ms = 604800000;
  int64_t metadata_max_retention_bytes = 104857600;
  int64_t metadata_max_retention_ms = 604800000;
};

// Adds the properties of a file to `into`; later wins. Errors are one line that begins with
// "file_name:line: " and say what to do.
Status AddConfigFile(std::string_view file_name, std::string_view text, ConfigMap& into);

// Adds "key=value" of the command line to `into`; later wins.
Status AddConfigAssignment(std::string_view assignment, ConfigMap& into);

// Names, values and what they must be together. `layers` with nothing dynamic gives what the broker
// starts with; with dynamic configs what it runs with.
StatusOr<BrokerConfig> ResolveBrokerConfig(const ConfigLayers& layers);

}  // namespace penstock
