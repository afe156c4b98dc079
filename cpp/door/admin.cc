// The public face of the core's Admin: one question about one thing, one Result.
#include <utility>

#include "door/core.h"

namespace penstock {
inline namespace v0 {

namespace {

core::AdminOptions CoreOptions(const AdminOptions& options) {
  core::AdminOptions made;
  made.timeout = DurationOf(options.timeout);
  made.validate_only = options.validate_only;
  return made;
}

// What the Task gives that `make(admin)` makes on the engine's thread.
template <class Make>
auto Ask(Engine& engine, Make make) {
  return engine.Run([&make](Engine::Parts& parts) { return make(parts.admin); });
}

// The result of a Task that cannot fail as a whole.
template <class T>
Task<StatusOr<T>> WithStatus(Task<T> task) {
  T result = co_await task;
  co_return result;
}

// The Status of the only one of several results.
template <class T>
Status StatusOfOnly(const StatusOr<std::vector<T>>& results) {
  if (!results.ok()) return results.status();
  if (results->size() != 1) return Internal("one question had another number of answers");
  return results->front().status;
}

std::vector<int32_t> IdsOf(const std::vector<NodeId>& nodes) {
  std::vector<int32_t> ids;
  for (const NodeId node : nodes) ids.push_back(node.value());
  return ids;
}

TopicDescription DescriptionOf(const TopicInfo& info) {
  TopicDescription topic{
      .name = info.name, .id = info.id.ToString(), .internal = info.internal, .partitions = {}};
  for (const PartitionInfo& partition : info.partitions) {
    topic.partitions.push_back({.partition = static_cast<int32_t>(topic.partitions.size()),
                                .leader = partition.leader.value(),
                                .leader_epoch = partition.leader_epoch.value(),
                                .replicas = IdsOf(partition.replicas),
                                .in_sync_replicas = IdsOf(partition.in_sync_replicas)});
  }
  return topic;
}

AdminConfigResource ResourceOf(const ConfigResource& resource) {
  return {.type = resource.type == ConfigResourceType::kTopic ? AdminConfigResourceType::kTopic
                                                              : AdminConfigResourceType::kBroker,
          .name = resource.name};
}

}  // namespace

// --- topics ---

Result<void> Admin::CreateTopic(NewTopic topic, AdminOptions options) {
  std::vector<core::NewTopic> topics(1);
  topics[0].name = std::move(topic.name);
  topics[0].partitions = topic.partitions.value_or(-1);
  topics[0].replication_factor = topic.replication_factor.value_or(-1);
  topics[0].configs = {topic.configs.begin(), topic.configs.end()};
  const auto results = Ask(*engine_, [&](core::Admin& admin) {
    return admin.CreateTopics(topics, CoreOptions(options));
  });
  return ResultOf(StatusOfOnly(results));
}

Result<void> Admin::DeleteTopic(std::string_view name, AdminOptions options) {
  const auto results = Ask(*engine_, [&](core::Admin& admin) {
    return admin.DeleteTopics({std::string(name)}, CoreOptions(options));
  });
  return ResultOf(StatusOfOnly(results));
}

Result<void> Admin::CreatePartitions(std::string_view topic, int32_t total, AdminOptions options) {
  std::vector<NewPartitions> wanted(1);
  wanted[0].topic = std::string(topic);
  wanted[0].total = total;
  const auto results = Ask(*engine_, [&](core::Admin& admin) {
    return admin.CreatePartitions(wanted, CoreOptions(options));
  });
  return ResultOf(StatusOfOnly(results));
}

Result<std::vector<std::string>> Admin::ListTopics(AdminOptions options) {
  const auto topics =
      Ask(*engine_, [&](core::Admin& admin) { return admin.ListTopics(CoreOptions(options)); });
  if (!topics.ok()) return ErrorOf(topics.status());
  std::vector<std::string> names;
  for (const ListedTopic& topic : *topics) {
    if (!topic.internal) names.push_back(topic.name);
  }
  return names;
}

Result<TopicDescription> Admin::DescribeTopic(std::string_view name, AdminOptions options) {
  const auto topics = Ask(*engine_, [&](core::Admin& admin) {
    return admin.DescribeTopics({std::string(name)}, CoreOptions(options));
  });
  if (const Status status = StatusOfOnly(topics); !status.ok()) return ErrorOf(status);
  return DescriptionOf(topics->front().info);
}

// --- configs ---

Result<std::vector<ConfigEntry>> Admin::DescribeConfigs(const ConfigResource& resource,
                                                        AdminOptions options) {
  const auto described = Ask(*engine_, [&](core::Admin& admin) {
    return admin.DescribeConfigs({ResourceOf(resource)}, DescribeConfigsOptions(),
                                 CoreOptions(options));
  });
  if (const Status status = StatusOfOnly(described); !status.ok()) return ErrorOf(status);
  std::vector<ConfigEntry> entries;
  for (const core::ConfigEntry& entry : described->front().entries) {
    entries.push_back({.name = entry.name,
                       .value = entry.value,
                       .is_default = entry.source == AdminConfigSource::kDefault,
                       .read_only = entry.read_only,
                       .sensitive = entry.sensitive});
  }
  return entries;
}

Result<void> Admin::AlterConfigs(const ConfigResource& resource, std::vector<ConfigChange> changes,
                                 AdminOptions options) {
  if (changes.empty()) return {};
  std::vector<AdminConfigChange> wanted;
  for (ConfigChange& change : changes) {
    wanted.push_back({.resource = ResourceOf(resource),
                      .name = std::move(change.name),
                      .operation = change.value.has_value() ? AdminConfigOperation::kSet
                                                            : AdminConfigOperation::kDelete,
                      .value = std::move(change.value)});
  }
  const auto results = Ask(*engine_, [&](core::Admin& admin) {
    return admin.AlterConfigs(wanted, CoreOptions(options));
  });
  return ResultOf(StatusOfOnly(results));
}

// --- partitions ---

Result<std::vector<int64_t>> Admin::ListOffsets(std::vector<TopicPartition> partitions,
                                                int64_t timestamp, AdminOptions options) {
  std::vector<OffsetQuery> queries;
  for (const TopicPartition& partition : partitions) {
    queries.push_back({.partition = NameOf(partition), .timestamp = TimestampMs(timestamp)});
  }
  const auto results = Ask(*engine_, [&](core::Admin& admin) {
    return WithStatus(admin.ListOffsets(queries, false, CoreOptions(options)));
  });
  if (!results.ok()) return ErrorOf(results.status());
  std::vector<int64_t> offsets;
  for (const OffsetResult& result : *results) {
    if (!result.status.ok()) return ErrorOf(result.status);
    offsets.push_back(result.offset.value());
  }
  return offsets;
}

Result<std::vector<int64_t>> Admin::BeginningOffsets(std::vector<TopicPartition> partitions,
                                                     AdminOptions options) {
  return ListOffsets(std::move(partitions), kEarliestOffset.value(), options);
}

Result<std::vector<int64_t>> Admin::EndOffsets(std::vector<TopicPartition> partitions,
                                               AdminOptions options) {
  return ListOffsets(std::move(partitions), kLatestOffset.value(), options);
}

Result<std::vector<int64_t>> Admin::OffsetsForTime(std::vector<TopicPartition> partitions,
                                                   Timestamp timestamp, AdminOptions options) {
  const int64_t milliseconds = MillisecondsOf(timestamp).value();
  if (milliseconds < 0) return ErrorOf(InvalidArgument("the timestamp lies before 1970"));
  return ListOffsets(std::move(partitions), milliseconds, options);
}

Result<int64_t> Admin::DeleteRecords(const TopicPartition& partition, int64_t before,
                                     AdminOptions options) {
  if (before < 0) return ErrorOf(InvalidArgument(StrCat("offset ", before, " is negative")));
  std::vector<RecordsToDelete> records(1);
  records[0].partition = NameOf(partition);
  records[0].before = Offset(before);
  const auto results = Ask(*engine_, [&](core::Admin& admin) {
    return WithStatus(admin.DeleteRecords(records, CoreOptions(options)));
  });
  if (const Status status = StatusOfOnly(results); !status.ok()) return ErrorOf(status);
  return results->front().low_watermark.value();
}

// --- the cluster ---

Result<ClusterDescription> Admin::DescribeCluster(AdminOptions options) {
  const auto described = Ask(
      *engine_, [&](core::Admin& admin) { return admin.DescribeCluster(CoreOptions(options)); });
  if (!described.ok()) return ErrorOf(described.status());
  ClusterDescription cluster{
      .id = described->id, .controller = described->controller.value(), .brokers = {}};
  for (const BrokerInfo& broker : described->brokers) {
    cluster.brokers.push_back({.id = broker.id.value(),
                               .host = broker.address.host,
                               .port = broker.address.port,
                               .rack = broker.rack});
  }
  return cluster;
}

}  // namespace v0
}  // namespace penstock
