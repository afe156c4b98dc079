// Administration for Python: each call takes plain data apart, hands it to the engine, and makes
// plain data of the answer.
#include "client/admin.h"

#include <pybind11/stl.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings/engine.h"
#include "bindings/errors.h"
#include "bindings/plain.h"
#include "bindings/wait.h"

namespace penstock {

namespace py = pybind11;

namespace {

// What a call is made with.
struct Call {
  Engine& engine;
  const py::dict& arguments;
  AdminOptions options;
  Deadline deadline;
};

// Runs `make(admin)` on the engine, and waits for the StatusOr or the plain result.
template <class Result, class Make>
Result Ask(const Call& call, Make make) {
  return Await<Result>(call.deadline, "no answer in time", [&](std::function<void(Result)> done) {
    call.engine.Start([make = std::move(make)](Engine::Parts& parts) { return make(parts.admin); },
                      std::move(done));
  });
}

// The result of a Task that cannot fail as a whole, for those who wait and may be cancelled.
template <class T>
Task<StatusOr<T>> WithStatus(Task<T> task) {
  T result = co_await task;
  co_return result;
}

// --- topics ---

std::vector<std::vector<NodeId>> Assignments(const py::dict& item) {
  std::vector<std::vector<NodeId>> assignments;
  for (const py::handle replicas : ListOf(item, "assignments")) {
    std::vector<NodeId>& of_partition = assignments.emplace_back();
    for (const py::handle broker : replicas) of_partition.emplace_back(py::cast<int32_t>(broker));
  }
  return assignments;
}

py::list TopicResults(const std::vector<TopicResult>& results) {
  py::list list;
  for (const TopicResult& result : results) {
    py::dict row;
    row["name"] = result.name;
    row["error"] = ErrorOrNone(result.status);
    row["topic_id"] = result.id.ToString();
    row["partitions"] = result.partitions;
    row["replication_factor"] = result.replication_factor;
    list.append(row);
  }
  return list;
}

py::object CreateTopics(const Call& call) {
  std::vector<NewTopic> topics;
  for (const py::handle handle : ListOf(call.arguments, "topics")) {
    const auto item = py::cast<py::dict>(handle);
    NewTopic& topic = topics.emplace_back();
    topic.name = Get<std::string>(item, "name");
    topic.partitions = GetOr<int32_t>(item, "partitions", -1);
    topic.replication_factor = GetOr<int16_t>(item, "replication_factor", -1);
    topic.assignments = Assignments(item);
    topic.configs = GetOr<std::map<std::string, std::string>>(item, "configs", {});
  }
  const auto results =
      Ask<StatusOr<std::vector<TopicResult>>>(call, [topics, options = call.options](Admin& admin) {
        return admin.CreateTopics(topics, options);
      });
  return TopicResults(ValueOrRaise(results));
}

py::object DeleteTopics(const Call& call) {
  const auto names = Get<std::vector<std::string>>(call.arguments, "topics");
  const auto results = Ask<StatusOr<std::vector<TopicResult>>>(
      call,
      [names, options = call.options](Admin& admin) { return admin.DeleteTopics(names, options); });
  return TopicResults(ValueOrRaise(results));
}

py::object CreatePartitions(const Call& call) {
  std::vector<NewPartitions> topics;
  for (const py::handle handle : ListOf(call.arguments, "topics")) {
    const auto item = py::cast<py::dict>(handle);
    topics.push_back({.topic = Get<std::string>(item, "name"),
                      .total = Get<int32_t>(item, "count"),
                      .assignments = Assignments(item)});
  }
  const auto results =
      Ask<StatusOr<std::vector<TopicResult>>>(call, [topics, options = call.options](Admin& admin) {
        return admin.CreatePartitions(topics, options);
      });
  return TopicResults(ValueOrRaise(results));
}

py::object ListTopics(const Call& call) {
  const auto topics = Ask<StatusOr<std::vector<ListedTopic>>>(
      call, [options = call.options](Admin& admin) { return admin.ListTopics(options); });
  const bool internal = GetOr<bool>(call.arguments, "internal", false);
  py::list list;
  for (const ListedTopic& topic : ValueOrRaise(topics)) {
    if (topic.internal && !internal) continue;
    py::dict row;
    row["name"] = topic.name;
    row["topic_id"] = topic.id.ToString();
    row["internal"] = topic.internal;
    list.append(row);
  }
  return list;
}

py::list BrokerIds(const std::vector<NodeId>& ids) {
  py::list list;
  for (const NodeId id : ids) list.append(id.value());
  return list;
}

py::object DescribeTopics(const Call& call) {
  const auto names = Get<std::vector<std::string>>(call.arguments, "topics");
  const auto topics = Ask<StatusOr<std::vector<TopicDescription>>>(
      call, [names, options = call.options](Admin& admin) {
        return admin.DescribeTopics(names, options);
      });
  py::list list;
  for (const TopicDescription& topic : ValueOrRaise(topics)) {
    py::dict row;
    row["name"] = topic.name;
    row["error"] = ErrorOrNone(topic.status);
    row["topic_id"] = topic.info.id.ToString();
    row["internal"] = topic.info.internal;
    py::list partitions;
    for (size_t i = 0; i < topic.info.partitions.size(); ++i) {
      const PartitionInfo& info = topic.info.partitions[i];
      py::dict partition;
      partition["partition"] = i;
      partition["leader"] = info.leader.value();
      partition["leader_epoch"] = info.leader_epoch.value();
      partition["replicas"] = BrokerIds(info.replicas);
      partition["isr"] = BrokerIds(info.in_sync_replicas);
      partition["offline"] = BrokerIds(info.offline_replicas);
      partitions.append(partition);
    }
    row["partitions"] = partitions;
    list.append(row);
  }
  return list;
}

// --- configs ---

constexpr std::pair<const char*, AdminConfigResourceType> kResourceTypes[] = {
    {"topic", AdminConfigResourceType::kTopic},
    {"broker", AdminConfigResourceType::kBroker},
    {"broker_logger", AdminConfigResourceType::kBrokerLogger},
    {"client_metrics", AdminConfigResourceType::kClientMetrics},
    {"group", AdminConfigResourceType::kGroup}};

AdminConfigResource ResourceOf(const py::dict& item) {
  const auto type = Get<std::string>(item, "type");
  for (const auto& [name, value] : kResourceTypes) {
    if (type == name) return {.type = value, .name = Get<std::string>(item, "name")};
  }
  throw py::value_error("type is " + type +
                        "; it is topic, broker, broker_logger, client_metrics or group");
}

py::dict RowOf(const AdminConfigResource& resource, const Status& status) {
  py::dict row;
  for (const auto& [name, value] : kResourceTypes) {
    if (resource.type == value) row["type"] = name;
  }
  row["name"] = resource.name;
  row["error"] = ErrorOrNone(status);
  return row;
}

const char* NameOf(AdminConfigSource source) {
  switch (source) {
    case AdminConfigSource::kTopic:
      return "topic";
    case AdminConfigSource::kDynamicBroker:
      return "dynamic broker";
    case AdminConfigSource::kDynamicDefaultBroker:
      return "dynamic default of brokers";
    case AdminConfigSource::kStaticBroker:
      return "static broker";
    case AdminConfigSource::kDefault:
      return "default";
    case AdminConfigSource::kDynamicBrokerLogger:
      return "dynamic broker logger";
    case AdminConfigSource::kClientMetrics:
      return "client metrics";
    case AdminConfigSource::kGroup:
      return "group";
    default:
      return "unknown";
  }
}

const char* TypeNameOf(int8_t type) {
  constexpr const char* kNames[] = {"unknown", "boolean", "string", "int",   "short",
                                    "long",    "double",  "list",   "class", "password"};
  return type >= 0 && type < 10 ? kNames[type] : kNames[0];
}

py::dict EntryOf(const ConfigEntry& entry) {
  py::dict row;
  row["name"] = entry.name;
  row["value"] = entry.value;
  row["default"] = entry.source == AdminConfigSource::kDefault;
  row["read_only"] = entry.read_only;
  row["sensitive"] = entry.sensitive;
  row["source"] = NameOf(entry.source);
  row["type"] = TypeNameOf(entry.type);
  row["doc"] = entry.documentation;
  py::list synonyms;
  for (const AdminConfigSynonym& synonym : entry.synonyms) {
    py::dict other;
    other["name"] = synonym.name;
    other["value"] = synonym.value;
    other["source"] = NameOf(synonym.source);
    synonyms.append(other);
  }
  row["synonyms"] = synonyms;
  return row;
}

py::object DescribeConfigs(const Call& call) {
  std::vector<AdminConfigResource> resources;
  for (const py::handle item : ListOf(call.arguments, "resources")) {
    resources.push_back(ResourceOf(py::cast<py::dict>(item)));
  }
  const DescribeConfigsOptions what{
      .synonyms = GetOr<bool>(call.arguments, "synonyms", false),
      .documentation = GetOr<bool>(call.arguments, "documentation", false)};
  const auto described = Ask<StatusOr<std::vector<ConfigDescription>>>(
      call, [resources, what, options = call.options](Admin& admin) {
        return admin.DescribeConfigs(resources, what, options);
      });
  py::list list;
  for (const ConfigDescription& one : ValueOrRaise(described)) {
    py::dict row = RowOf(one.resource, one.status);
    py::list entries;
    for (const ConfigEntry& entry : one.entries) entries.append(EntryOf(entry));
    row["entries"] = entries;
    list.append(row);
  }
  return list;
}

AdminConfigOperation OperationOf(const std::string& name) {
  if (name == "set") return AdminConfigOperation::kSet;
  if (name == "delete") return AdminConfigOperation::kDelete;
  if (name == "append") return AdminConfigOperation::kAppend;
  if (name == "subtract") return AdminConfigOperation::kSubtract;
  throw py::value_error("op is " + name + "; it is set, delete, append or subtract");
}

py::object AlterConfigs(const Call& call) {
  std::vector<AdminConfigChange> changes;
  for (const py::handle handle : ListOf(call.arguments, "changes")) {
    const auto item = py::cast<py::dict>(handle);
    changes.push_back({.resource = ResourceOf(item),
                       .name = Get<std::string>(item, "key"),
                       .operation = OperationOf(Get<std::string>(item, "op")),
                       .value = GetOr<std::optional<std::string>>(item, "value", std::nullopt)});
  }
  const auto results = Ask<StatusOr<std::vector<ConfigResult>>>(
      call, [changes, options = call.options](Admin& admin) {
        return admin.AlterConfigs(changes, options);
      });
  py::list list;
  for (const ConfigResult& one : ValueOrRaise(results)) {
    list.append(RowOf(one.resource, one.status));
  }
  return list;
}

// --- partitions ---

TopicPartitionName PartitionOf(const py::dict& item) {
  return {.topic = Get<std::string>(item, "topic"),
          .partition = PartitionId(Get<int32_t>(item, "partition"))};
}

py::dict RowOf(const TopicPartitionName& partition, const Status& status) {
  py::dict row;
  row["topic"] = partition.topic;
  row["partition"] = partition.partition.value();
  row["error"] = ErrorOrNone(status);
  return row;
}

py::object ListOffsets(const Call& call) {
  std::vector<OffsetQuery> queries;
  for (const py::handle handle : ListOf(call.arguments, "partitions")) {
    const auto item = py::cast<py::dict>(handle);
    queries.push_back({.partition = PartitionOf(item),
                       .timestamp = TimestampMs(GetOr<int64_t>(item, "timestamp", -1))});
  }
  const bool read_committed = GetOr<bool>(call.arguments, "read_committed", false);
  const auto results = Ask<StatusOr<std::vector<OffsetResult>>>(
      call, [queries, read_committed, options = call.options](Admin& admin) {
        return WithStatus(admin.ListOffsets(queries, read_committed, options));
      });
  py::list list;
  for (const OffsetResult& one : ValueOrRaise(results)) {
    py::dict row = RowOf(one.partition, one.status);
    row["offset"] = one.offset.value();
    row["timestamp"] = one.timestamp.value();
    row["leader_epoch"] = one.leader_epoch.value();
    list.append(row);
  }
  return list;
}

py::object DeleteRecords(const Call& call) {
  std::vector<RecordsToDelete> records;
  for (const py::handle handle : ListOf(call.arguments, "partitions")) {
    const auto item = py::cast<py::dict>(handle);
    records.push_back(
        {.partition = PartitionOf(item), .before = Offset(GetOr<int64_t>(item, "offset", -1))});
  }
  const auto results = Ask<StatusOr<std::vector<DeletedRecords>>>(
      call, [records, options = call.options](Admin& admin) {
        return WithStatus(admin.DeleteRecords(records, options));
      });
  py::list list;
  for (const DeletedRecords& one : ValueOrRaise(results)) {
    py::dict row = RowOf(one.partition, one.status);
    row["low_watermark"] = one.low_watermark.value();
    list.append(row);
  }
  return list;
}

py::object DescribeProducers(const Call& call) {
  std::vector<TopicPartitionName> partitions;
  for (const py::handle handle : ListOf(call.arguments, "partitions")) {
    partitions.push_back(PartitionOf(py::cast<py::dict>(handle)));
  }
  const auto results = Ask<StatusOr<std::vector<ProducersResult>>>(
      call, [partitions, options = call.options](Admin& admin) {
        return WithStatus(admin.DescribeProducers(partitions, options));
      });
  py::list list;
  for (const ProducersResult& one : ValueOrRaise(results)) {
    py::dict row = RowOf(one.partition, one.status);
    py::list producers;
    for (const auto& producer : one.producers) {
      py::dict active;
      active["producer_id"] = producer.id.value();
      active["producer_epoch"] = producer.epoch;
      active["last_sequence"] = producer.last_sequence.value();
      active["last_timestamp"] = producer.last_timestamp.value();
      active["transaction_start"] = producer.transaction_start.value();
      producers.append(active);
    }
    row["producers"] = producers;
    list.append(row);
  }
  return list;
}

// --- the cluster ---

py::object DescribeCluster(const Call& call) {
  const auto described = Ask<StatusOr<ClusterDescription>>(
      call, [options = call.options](Admin& admin) { return admin.DescribeCluster(options); });
  const ClusterDescription cluster = ValueOrRaise(described);
  py::dict row;
  row["cluster_id"] = cluster.id;
  row["controller"] = cluster.controller.value();
  py::list brokers;
  for (const BrokerInfo& broker : cluster.brokers) {
    py::dict one;
    one["id"] = broker.id.value();
    one["host"] = broker.address.host;
    one["port"] = broker.address.port;
    one["rack"] = broker.rack;
    brokers.append(one);
  }
  row["brokers"] = brokers;
  return row;
}

py::object DescribeLogDirs(const Call& call) {
  std::vector<NodeId> ids;
  for (const int32_t id : GetOr<std::vector<int32_t>>(call.arguments, "brokers", {})) {
    ids.emplace_back(id);
  }
  const auto described = Ask<StatusOr<std::vector<BrokerLogDirs>>>(
      call,
      [ids, options = call.options](Admin& admin) { return admin.DescribeLogDirs(ids, options); });
  py::list list;
  for (const BrokerLogDirs& broker : ValueOrRaise(described)) {
    if (broker.directories.empty()) {
      py::dict row;
      row["broker"] = broker.broker.value();
      row["error"] = ErrorOrNone(broker.status);
      row["path"] = py::none();
      row["total_bytes"] = -1;
      row["usable_bytes"] = -1;
      row["partitions"] = py::list();
      list.append(row);
    }
    for (const LogDir& directory : broker.directories) {
      py::dict row;
      row["broker"] = broker.broker.value();
      row["error"] = ErrorOrNone(directory.status);
      row["path"] = directory.path;
      row["total_bytes"] = directory.total_bytes;
      row["usable_bytes"] = directory.usable_bytes;
      py::list partitions;
      for (const ReplicaInLogDir& replica : directory.replicas) {
        py::dict one;
        one["topic"] = replica.partition.topic;
        one["partition"] = replica.partition.partition.value();
        one["size"] = replica.bytes;
        one["lag"] = replica.offset_lag;
        one["future"] = replica.future;
        partitions.append(one);
      }
      row["partitions"] = partitions;
      list.append(row);
    }
  }
  return list;
}

py::list QuorumReplicas(const std::vector<QuorumReplica>& replicas) {
  py::list list;
  for (const QuorumReplica& replica : replicas) {
    py::dict row;
    row["id"] = replica.id.value();
    row["directory_id"] = replica.directory.ToString();
    row["log_end_offset"] = replica.log_end_offset.value();
    row["last_fetch"] = replica.last_fetch.value();
    row["last_caught_up"] = replica.last_caught_up.value();
    list.append(row);
  }
  return list;
}

py::object DescribeQuorum(const Call& call) {
  const auto described = Ask<StatusOr<QuorumDescription>>(
      call, [options = call.options](Admin& admin) { return admin.DescribeQuorum(options); });
  const QuorumDescription quorum = ValueOrRaise(described);
  py::dict row;
  row["leader"] = quorum.leader.value();
  row["leader_epoch"] = quorum.leader_epoch.value();
  row["high_watermark"] = quorum.high_watermark.value();
  row["voters"] = QuorumReplicas(quorum.voters);
  row["observers"] = QuorumReplicas(quorum.observers);
  return row;
}

py::object BrokerApiVersions(const Call& call) {
  const auto described = Ask<StatusOr<std::vector<BrokerApis>>>(
      call, [options = call.options](Admin& admin) { return admin.DescribeApis(options); });
  py::list list;
  for (const BrokerApis& one : ValueOrRaise(described)) {
    py::dict row;
    row["broker"] = one.broker.id.value();
    row["host"] = one.broker.address.host;
    row["port"] = one.broker.address.port;
    py::list apis;
    for (const ServedApi& api : one.apis) {
      py::dict range;
      range["key"] = api.key;
      range["name"] = api.name;
      range["min"] = api.versions.min;
      range["max"] = api.versions.max;
      apis.append(range);
    }
    row["apis"] = apis;
    list.append(row);
  }
  return list;
}

py::object DescribeFeatures(const Call& call) {
  const auto described = Ask<StatusOr<FeaturesDescription>>(
      call, [options = call.options](Admin& admin) { return admin.DescribeFeatures(options); });
  const FeaturesDescription features = ValueOrRaise(described);
  py::dict row;
  row["epoch"] = features.epoch;
  py::list list;
  for (const FeatureRange& feature : features.features) {
    py::dict one;
    one["feature"] = feature.name;
    one["min"] = feature.supported_min;
    one["max"] = feature.supported_max;
    one["finalized"] = feature.finalized;
    list.append(one);
  }
  row["features"] = list;
  return row;
}

FeatureUpgrade UpgradeOf(const std::string& kind) {
  if (kind == "upgrade") return FeatureUpgrade::kUpgrade;
  if (kind == "safe_downgrade") return FeatureUpgrade::kSafeDowngrade;
  if (kind == "unsafe_downgrade") return FeatureUpgrade::kUnsafeDowngrade;
  throw py::value_error("kind is " + kind + "; it is upgrade, safe_downgrade or unsafe_downgrade");
}

py::object UpdateFeatures(const Call& call) {
  std::vector<FeatureUpdate> updates;
  for (const py::handle handle : ListOf(call.arguments, "updates")) {
    const auto item = py::cast<py::dict>(handle);
    updates.push_back({.name = Get<std::string>(item, "feature"),
                       .level = Get<int16_t>(item, "level"),
                       .upgrade = UpgradeOf(GetOr<std::string>(item, "kind", "upgrade"))});
  }
  const auto results = Ask<StatusOr<std::vector<FeatureResult>>>(
      call, [updates, options = call.options](Admin& admin) {
        return admin.UpdateFeatures(updates, options);
      });
  py::list list;
  for (const FeatureResult& one : ValueOrRaise(results)) {
    py::dict row;
    row["feature"] = one.name;
    row["error"] = ErrorOrNone(one.status);
    list.append(row);
  }
  return list;
}

constexpr std::pair<const char*, py::object (*)(const Call&)> kCalls[] = {
    {"create_topics", CreateTopics},         {"delete_topics", DeleteTopics},
    {"create_partitions", CreatePartitions}, {"list_topics", ListTopics},
    {"describe_topics", DescribeTopics},     {"describe_configs", DescribeConfigs},
    {"alter_configs", AlterConfigs},         {"list_offsets", ListOffsets},
    {"delete_records", DeleteRecords},       {"describe_producers", DescribeProducers},
    {"describe_cluster", DescribeCluster},   {"describe_log_dirs", DescribeLogDirs},
    {"describe_quorum", DescribeQuorum},     {"describe_features", DescribeFeatures},
    {"update_features", UpdateFeatures},     {"broker_api_versions", BrokerApiVersions},
};

}  // namespace

py::object CallAdmin(Engine& engine, const std::string& name, const py::dict& arguments,
                     std::optional<double> timeout) {
  Call call{.engine = engine, .arguments = arguments, .options = {}, .deadline = Deadline(timeout)};
  if (timeout.has_value()) {
    call.options.timeout =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*timeout));
    // The engine gives up first, and says why.
    call.deadline = Deadline(*timeout + 1);
  }
  call.options.validate_only = GetOr<bool>(arguments, "validate_only", false);
  for (const auto& [known, function] : kCalls) {
    if (name == known) return function(call);
  }
  throw py::value_error("no call of administration is named " + name);
}

}  // namespace penstock
