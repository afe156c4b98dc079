#include "config/broker_config.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "config/config_fields.h"
#include "config/properties.h"

namespace penstock {
namespace {

Status Invalid(std::string_view message) { return KafkaError(ErrorCode::kInvalidConfig, message); }

StatusOr<std::vector<ListenerAddress>> ParseListeners(const std::vector<std::string>& texts,
                                                      std::string_view config) {
  std::vector<ListenerAddress> listeners;
  for (const std::string& text : texts) {
    StatusOr<ListenerAddress> listener = ParseListenerAddress(text);
    if (!listener.ok()) return Annotate(listener.status(), config);
    for (const ListenerAddress& other : listeners) {
      if (other.name == listener->name) {
        return Invalid(StrCat(config, ": each listener must have a different name, but ",
                              other.name, " occurs twice"));
      }
      if (other.port == listener->port && other.host == listener->host && other.port != 0 &&
          config == "listeners") {
        return Invalid(StrCat(config, ": each listener must have a different port, but ",
                              other.port, " occurs twice"));
      }
    }
    listeners.push_back(*std::move(listener));
  }
  return listeners;
}

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool HasListener(const std::vector<ListenerAddress>& listeners, std::string_view name) {
  return std::any_of(listeners.begin(), listeners.end(),
                     [name](const ListenerAddress& listener) { return listener.name == name; });
}

// The protocol of a listener: its entry in the map, else PLAINTEXT for the controller's and the
// name itself, as Kafka has it.
Status CheckProtocols(const std::vector<ListenerAddress>& listeners, std::string_view protocol_map,
                      const std::vector<std::string>& controller_names) {
  for (const ListenerAddress& listener : listeners) {
    std::string_view protocol;
    for (const std::string_view entry : Split(protocol_map, ',')) {
      const size_t colon = entry.find(':');
      if (colon != std::string_view::npos && StripSpaces(entry.substr(0, colon)) == listener.name) {
        protocol = StripSpaces(entry.substr(colon + 1));
      }
    }
    if (protocol.empty() && Contains(controller_names, listener.name)) continue;
    if (protocol.empty()) {
      return Invalid(StrCat("listeners: no security protocol is defined for listener ",
                            listener.name, "; add ", listener.name,
                            ":PLAINTEXT to listener.security.protocol.map"));
    }
    if (protocol != "PLAINTEXT") {
      return Invalid(StrCat("listeners: listener ", listener.name, " wants ", protocol,
                            ", but penstock has only PLAINTEXT yet"));
    }
  }
  return OkStatus();
}

struct ListenerTexts {
  std::vector<std::string> listeners;
  std::vector<std::string> advertised;
  std::vector<std::string> controller_names;
  std::optional<std::string> inter_broker_name;
  std::string protocol_map;
};

Status ResolveListeners(const ListenerTexts& texts, BrokerConfig& config) {
  ASSIGN_OR_RETURN(const std::vector<ListenerAddress> all,
                   ParseListeners(texts.listeners, "listeners"));
  RETURN_IF_ERROR(CheckProtocols(all, texts.protocol_map, texts.controller_names));
  for (const ListenerAddress& listener : all) {
    const bool controller = Contains(texts.controller_names, listener.name);
    (controller ? config.controller_listeners : config.listeners).push_back(listener);
  }
  if (config.listeners.empty()) {
    return Invalid(
        "listeners: there is none for clients; do all of them appear in "
        "controller.listener.names?");
  }
  ASSIGN_OR_RETURN(const std::vector<ListenerAddress> advertised,
                   ParseListeners(texts.advertised, "advertised.listeners"));
  for (const ListenerAddress& listener : advertised) {
    if (!HasListener(all, listener.name)) {
      return Invalid(StrCat("advertised.listeners: ", listener.name, " is not in listeners"));
    }
    if (listener.host.empty() || listener.host == "0.0.0.0" || listener.host == "::") {
      return Invalid(StrCat("advertised.listeners: ", FormatListenerAddress(listener),
                            " is no address that a client can reach; name a host"));
    }
    if (!Contains(texts.controller_names, listener.name)) {
      config.advertised_listeners.push_back(listener);
    }
  }
  config.inter_broker_listener_name =
      texts.inter_broker_name.value_or(config.listeners.front().name);
  if (!HasListener(config.listeners, config.inter_broker_listener_name)) {
    return Invalid(StrCat("inter.broker.listener.name: ", config.inter_broker_listener_name,
                          " is not a listener for clients and brokers"));
  }
  return OkStatus();
}

void ReadPlainFields(internal::ConfigFields& fields, BrokerConfig& c) {
  fields.Read("broker.rack", c.rack);
  fields.Read("metadata.log.dir", c.metadata_log_dir);
  fields.Read("auto.create.topics.enable", c.auto_create_topics_enable);
  fields.Read("num.partitions", c.num_partitions);
  fields.Read("default.replication.factor", c.default_replication_factor);
  fields.Read("delete.topic.enable", c.delete_topic_enable);
  fields.Read("socket.send.buffer.bytes", c.socket_send_buffer_bytes);
  fields.Read("socket.receive.buffer.bytes", c.socket_receive_buffer_bytes);
  fields.Read("socket.request.max.bytes", c.socket_request_max_bytes);
  fields.Read("socket.listen.backlog.size", c.socket_listen_backlog_size);
  fields.Read("max.connections", c.max_connections);
  fields.Read("max.connections.per.ip", c.max_connections_per_ip);
  fields.Read("connections.max.idle.ms", c.connections_max_idle_ms);
  fields.Read("queued.max.request.bytes", c.queued_max_request_bytes);
  fields.Read("fetch.max.bytes", c.fetch_max_bytes);
  fields.Read("max.incremental.fetch.session.cache.slots",
              c.max_incremental_fetch_session_cache_slots);
  fields.Read("max.request.partition.size.limit", c.max_request_partition_size_limit);
  fields.Read("unstable.api.versions.enable", c.unstable_api_versions_enable);
  fields.Read("producer.id.expiration.ms", c.producer_id_expiration_ms);
  fields.Read("producer.id.expiration.check.interval.ms",
              c.producer_id_expiration_check_interval_ms);
  fields.Read("log.retention.check.interval.ms", c.log_retention_check_interval_ms);
  fields.Read("log.flush.offset.checkpoint.interval.ms", c.log_flush_offset_checkpoint_interval_ms);
  fields.Read("log.flush.start.offset.checkpoint.interval.ms",
              c.log_flush_start_offset_checkpoint_interval_ms);
  fields.Read("log.flush.scheduler.interval.ms", c.log_flush_scheduler_interval_ms);
  fields.Read("log.initial.task.delay.ms", c.log_initial_task_delay_ms);
  fields.Read("replica.high.watermark.checkpoint.interval.ms",
              c.replica_high_watermark_checkpoint_interval_ms);
  fields.Read("metadata.log.max.record.bytes.between.snapshots",
              c.metadata_log_max_record_bytes_between_snapshots);
  fields.Read("metadata.log.max.snapshot.interval.ms", c.metadata_log_max_snapshot_interval_ms);
  fields.Read("metadata.log.segment.bytes", c.metadata_log_segment_bytes);
  fields.Read("metadata.log.segment.ms", c.metadata_log_segment_ms);
  fields.Read("metadata.max.retention.bytes", c.metadata_max_retention_bytes);
  fields.Read("metadata.max.retention.ms", c.metadata_max_retention_ms);
}

Status ReadIdentity(internal::ConfigFields& fields, BrokerConfig& config) {
  int32_t node_id = 1;
  int32_t broker_id = -1;
  std::vector<std::string> roles;
  std::vector<std::string> log_dir;
  fields.Read("node.id", node_id);
  fields.Read("broker.id", broker_id);
  fields.Read("process.roles", roles);
  fields.Read("log.dirs", config.log_dirs);
  fields.Read("log.dir", log_dir);
  RETURN_IF_ERROR(fields.status());
  if (broker_id != -1 && broker_id != node_id) {
    return Invalid(StrCat("broker.id (", broker_id, ") must be equal to node.id (", node_id, ')'));
  }
  if (roles.size() != 2) {
    return Invalid("process.roles: only broker,controller together exists yet");
  }
  config.node_id = NodeId{node_id};
  if (config.log_dirs.empty()) config.log_dirs = std::move(log_dir);
  return OkStatus();
}

// "ADDRESS:COUNT,..."; an IPv6 address has colons of its own, and may stand in brackets.
Status ReadIpOverrides(internal::ConfigFields& fields, BrokerConfig& config) {
  std::string text;
  fields.Read("max.connections.per.ip.overrides", text);
  RETURN_IF_ERROR(fields.status());
  for (const std::string_view piece : Split(text, ',')) {
    const std::string_view entry = StripSpaces(piece);
    if (entry.empty()) continue;
    const size_t colon = entry.rfind(':');
    std::string_view ip = StripSpaces(entry.substr(0, std::min(colon, entry.size())));
    if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
    const size_t count_at = colon == std::string_view::npos ? entry.size() : colon + 1;
    const std::optional<int32_t> count = ParseInt32(StripSpaces(entry.substr(count_at)));
    const bool is_number =
        !ip.empty() && (ip.find(':') != std::string_view::npos ||
                        ip.find_first_not_of("0123456789.") == std::string::npos);
    if (!is_number || !count.has_value() || *count < 0) {
      return Invalid(StrCat("max.connections.per.ip.overrides: '", entry,
                            "' is not of the form IP address:connections"));
    }
    config.max_connections_per_ip_overrides[std::string(ip)] = *count;
  }
  return OkStatus();
}

Status CheckTogether(const BrokerConfig& config) {
  if (config.queued_max_request_bytes > 0 &&
      config.queued_max_request_bytes < config.socket_request_max_bytes) {
    return Invalid(StrCat("queued.max.request.bytes (", config.queued_max_request_bytes,
                          ") must be at least socket.request.max.bytes (",
                          config.socket_request_max_bytes, ')'));
  }
  if (config.max_connections_per_ip == 0 && config.max_connections_per_ip_overrides.empty()) {
    return Invalid(
        "max.connections.per.ip can be 0 only where max.connections.per.ip.overrides lets somebody "
        "in");
  }
  return OkStatus();
}

// What broker-wide defaults must satisfy that their rows cannot say, because other names give the
// same value in other units.
Status CheckTopicDefaults(const ConfigLayers& layers) {
  const auto number = [&layers](std::string_view topic_config) {
    const ConfigDef* def = FindConfig(ConfigScope::kTopic, topic_config);
    const auto text = EffectiveTopicConfig(layers, ConfigMap(), *def);
    return ParseInt64(text.value_or("")).value_or(0);
  };
  if (number("segment.ms") < 1) return Invalid("log.roll.ms must be at least 1");
  if (number("segment.jitter.ms") < 0) return Invalid("log.roll.jitter.ms must be at least 0");
  if (number("retention.ms") == 0) {
    return Invalid("log.retention.ms must be unlimited (-1) or at least 1");
  }
  if (number("flush.ms") < 0) return Invalid("log.flush.interval.ms must be at least 0");
  if (number("min.compaction.lag.ms") > number("max.compaction.lag.ms")) {
    return Invalid("log.cleaner.min.compaction.lag.ms is above log.cleaner.max.compaction.lag.ms");
  }
  return OkStatus();
}

Status CheckAssignment(std::string_view name, std::string_view value) {
  RETURN_IF_ERROR(CheckConfigName(ConfigScope::kBroker, name));
  return ParseConfigValue(*FindConfig(ConfigScope::kBroker, name), value).status();
}

}  // namespace

StatusOr<ListenerAddress> ParseListenerAddress(std::string_view text) {
  const auto malformed = [text] {
    return Invalid(StrCat("'", text, "' is no address of the form NAME://host:port"));
  };
  const size_t scheme = text.find("://");
  const size_t colon = text.rfind(':');
  if (scheme == std::string_view::npos || scheme == 0 || colon < scheme + 3) return malformed();
  ListenerAddress listener;
  for (const char c : text.substr(0, scheme)) {
    const bool upper = c >= 'a' && c <= 'z';
    listener.name += upper ? static_cast<char>(c - 'a' + 'A') : c;
  }
  std::string_view host = text.substr(scheme + 3, colon - scheme - 3);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]") != std::string_view::npos) {
    return malformed();
  }
  if (host.find_first_of("/ \t") != std::string_view::npos) return malformed();
  const std::optional<int32_t> port = ParseInt32(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) return malformed();
  listener.host = host;
  listener.port = *port;
  return listener;
}

std::string FormatListenerAddress(const ListenerAddress& listener) {
  const bool ipv6 = listener.host.find(':') != std::string::npos;
  return StrCat(listener.name, "://", ipv6 ? "[" : "", listener.host, ipv6 ? "]" : "", ':',
                listener.port);
}

Status AddConfigFile(std::string_view file_name, std::string_view text, ConfigMap& into) {
  StatusOr<std::vector<Property>> properties = ParseProperties(text);
  if (!properties.ok()) return Annotate(properties.status(), file_name);
  for (Property& property : *properties) {
    const Status checked = CheckAssignment(property.key, property.value);
    if (!checked.ok()) return Annotate(checked, StrCat(file_name, ':', property.line));
    into[std::move(property.key)] = std::move(property.value);
  }
  return OkStatus();
}

Status AddConfigAssignment(std::string_view assignment, ConfigMap& into) {
  const size_t equals = assignment.find('=');
  const std::string_view name = StripSpaces(assignment.substr(0, equals));
  if (equals == std::string_view::npos || name.empty()) {
    return InvalidArgument(StrCat("-X ", assignment, ": write it as key=value"));
  }
  const std::string_view value = assignment.substr(equals + 1);
  const Status checked = CheckAssignment(name, value);
  if (!checked.ok()) return Annotate(checked, StrCat("-X ", assignment));
  into[std::string(name)] = StripSpaces(value);
  return OkStatus();
}

StatusOr<BrokerConfig> ResolveBrokerConfig(const ConfigLayers& layers) {
  for (const auto& [name, value] : layers.static_broker) {
    RETURN_IF_ERROR(CheckAssignment(name, value));
  }
  internal::ConfigFields fields(ConfigScope::kBroker, [&layers](const ConfigDef& def) {
    return EffectiveBrokerConfig(layers, def);
  });
  BrokerConfig config;
  RETURN_IF_ERROR(ReadIdentity(fields, config));
  ReadPlainFields(fields, config);
  RETURN_IF_ERROR(ReadIpOverrides(fields, config));
  ListenerTexts texts;
  fields.Read("listeners", texts.listeners);
  fields.Read("advertised.listeners", texts.advertised);
  fields.Read("controller.listener.names", texts.controller_names);
  fields.Read("inter.broker.listener.name", texts.inter_broker_name);
  fields.Read("listener.security.protocol.map", texts.protocol_map);
  RETURN_IF_ERROR(fields.status());
  RETURN_IF_ERROR(ResolveListeners(texts, config));
  RETURN_IF_ERROR(CheckTogether(config));
  RETURN_IF_ERROR(CheckTopicDefaults(layers));
  return config;
}

}  // namespace penstock
