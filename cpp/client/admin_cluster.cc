// The cluster itself: brokers, log directories, the quorum, features.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "client/admin.h"
#include "client/api_versions.h"
#include "protocol/api.h"
#include "protocol/messages/describe_cluster.h"
#include "protocol/messages/describe_log_dirs.h"
#include "protocol/messages/describe_quorum.h"
#include "protocol/messages/update_features.h"

namespace penstock {

namespace {

constexpr std::string_view kMetadataTopic = "__cluster_metadata";

LogDir LogDirOf(const DescribeLogDirsResponse::DescribeLogDirsResult& told) {
  LogDir directory;
  directory.path = told.log_dir;
  directory.status = StatusOfAnswer(told.error_code, std::nullopt, "directory " + told.log_dir);
  directory.total_bytes = told.total_bytes;
  directory.usable_bytes = told.usable_bytes;
  for (const auto& topic : told.topics) {
    for (const auto& partition : topic.partitions) {
      ReplicaInLogDir& replica = directory.replicas.emplace_back();
      replica.partition = TopicPartitionName{topic.name, partition.partition_index};
      replica.bytes = partition.partition_size;
      replica.offset_lag = partition.offset_lag;
      replica.future = partition.is_future_key;
    }
  }
  return directory;
}

template <class States>
std::vector<QuorumReplica> ReplicasOf(const States& states) {
  std::vector<QuorumReplica> replicas;
  for (const auto& told : states) {
    QuorumReplica& replica = replicas.emplace_back();
    replica.id = told.replica_id;
    replica.directory = told.replica_directory_id;
    replica.log_end_offset = told.log_end_offset;
    replica.last_fetch = told.last_fetch_timestamp;
    replica.last_caught_up = told.last_caught_up_timestamp;
  }
  return replicas;
}

ApiVersionsRequest AskForVersions() {
  ApiVersionsRequest request;
  request.client_software_name = "penstock";
  request.client_software_version = PENSTOCK_VERSION;
  return request;
}

ServedApi ServedApiOf(const ApiVersionsResponse::ApiVersion& told) {
  ServedApi api;
  api.key = told.api_key;
  if (const ApiInfo* known = FindApi(told.api_key)) api.name = std::string(known->name);
  api.versions = VersionRange{told.min_version, told.max_version};
  return api;
}

FeatureRange& FeatureOf(std::map<std::string, FeatureRange>& features, const std::string& name) {
  FeatureRange& feature = features[name];
  feature.name = name;
  return feature;
}

}  // namespace

Task<StatusOr<ClusterDescription>> Admin::DescribeCluster(AdminOptions options) {
  DescribeClusterRequest request;
  std::function<ErrorCode(const DescribeClusterResponse&)> error_of =
      [](const DescribeClusterResponse& response) { return response.error_code; };
  const Instant deadline = caller_.DeadlineOf(options);
  const AdminTarget target = AdminTarget::Any();
  CO_ASSIGN_OR_RETURN(
      const DescribeClusterResponse response,
      co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline));
  CO_RETURN_IF_ERROR(
      StatusOfAnswer(response.error_code, response.error_message, "describe the cluster"));
  ClusterDescription cluster;
  cluster.id = response.cluster_id;
  cluster.controller = response.controller_id;
  for (const auto& told : response.brokers) {
    BrokerInfo& broker = cluster.brokers.emplace_back();
    broker.id = told.broker_id;
    broker.address.host = told.host;
    broker.address.port = static_cast<uint16_t>(told.port);
    broker.rack = told.rack;
  }
  std::sort(cluster.brokers.begin(), cluster.brokers.end(),
            [](const BrokerInfo& a, const BrokerInfo& b) { return a.id < b.id; });
  co_return cluster;
}

Task<StatusOr<std::vector<BrokerLogDirs>>> Admin::DescribeLogDirs(std::vector<NodeId> brokers,
                                                                  AdminOptions options) {
  const Instant deadline = caller_.DeadlineOf(options);
  if (brokers.empty()) {
    CO_RETURN_IF_ERROR(co_await metadata_.Refresh(deadline));
    for (const auto& [id, broker] : metadata_.cache().brokers()) brokers.push_back(id);
  }
  std::vector<BrokerLogDirs> results;
  for (const NodeId id : brokers) {
    DescribeLogDirsRequest request;
    request.topics.reset();  // all
    std::function<ErrorCode(const DescribeLogDirsResponse&)> error_of =
        [](const DescribeLogDirsResponse& response) { return response.error_code; };
    const AdminTarget target = AdminTarget::Broker(id);
    const auto response =
        co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline);
    if (!response.ok() && brokers.size() == 1) co_return response.status();
    BrokerLogDirs& result = results.emplace_back();
    result.broker = id;
    result.status = response.status();
    if (!response.ok()) continue;
    result.status = StatusOfAnswer(response->error_code, std::nullopt,
                                   StrCat("log directories of broker ", id));
    for (const auto& told : response->results) result.directories.push_back(LogDirOf(told));
  }
  co_return results;
}

Task<StatusOr<QuorumDescription>> Admin::DescribeQuorum(AdminOptions options) {
  DescribeQuorumRequest request;
  auto& asked = request.topics.emplace_back();
  asked.topic_name = kMetadataTopic;
  asked.partitions.emplace_back().partition_index = PartitionId(0);
  std::function<ErrorCode(const DescribeQuorumResponse&)> error_of =
      [](const DescribeQuorumResponse& response) {
        if (response.error_code != ErrorCode::kNone || response.topics.empty() ||
            response.topics.front().partitions.empty()) {
          return response.error_code;
        }
        return response.topics.front().partitions.front().error_code;
      };
  const Instant deadline = caller_.DeadlineOf(options);
  const AdminTarget target = AdminTarget::Any();
  CO_ASSIGN_OR_RETURN(
      const DescribeQuorumResponse response,
      co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline));
  CO_RETURN_IF_ERROR(
      StatusOfAnswer(response.error_code, response.error_message, "describe the quorum"));
  if (response.topics.empty() || response.topics.front().partitions.empty()) {
    co_return Internal("describe the quorum: the answer has no partition");
  }
  const auto& told = response.topics.front().partitions.front();
  CO_RETURN_IF_ERROR(StatusOfAnswer(told.error_code, told.error_message, "describe the quorum"));
  QuorumDescription quorum;
  quorum.leader = told.leader_id;
  quorum.leader_epoch = told.leader_epoch;
  quorum.high_watermark = told.high_watermark;
  quorum.voters = ReplicasOf(told.current_voters);
  quorum.observers = ReplicasOf(told.observers);
  co_return quorum;
}

Task<StatusOr<std::vector<BrokerApis>>> Admin::DescribeApis(AdminOptions options) {
  const Instant deadline = caller_.DeadlineOf(options);
  CO_RETURN_IF_ERROR(co_await metadata_.Refresh(deadline));
  std::vector<BrokerApis> results;
  for (const auto& [id, broker] : metadata_.cache().brokers()) {
    results.emplace_back().broker = broker;
  }
  for (BrokerApis& result : results) {
    ApiVersionsRequest request = AskForVersions();
    std::function<ErrorCode(const ApiVersionsResponse&)> error_of =
        [](const ApiVersionsResponse& response) { return response.error_code; };
    const AdminTarget target = AdminTarget::Broker(result.broker.id);
    CO_ASSIGN_OR_RETURN(
        const ApiVersionsResponse response,
        co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline));
    CO_RETURN_IF_ERROR(StatusOfAnswer(response.error_code, std::nullopt,
                                      StrCat("APIs of broker ", result.broker.id)));
    for (const auto& told : response.api_keys) result.apis.push_back(ServedApiOf(told));
  }
  co_return results;
}

Task<StatusOr<FeaturesDescription>> Admin::DescribeFeatures(AdminOptions options) {
  ApiVersionsRequest request = AskForVersions();
  std::function<ErrorCode(const ApiVersionsResponse&)> error_of =
      [](const ApiVersionsResponse& response) { return response.error_code; };
  const Instant deadline = caller_.DeadlineOf(options);
  const AdminTarget target = AdminTarget::Any();
  CO_ASSIGN_OR_RETURN(
      const ApiVersionsResponse response,
      co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline));
  CO_RETURN_IF_ERROR(StatusOfAnswer(response.error_code, std::nullopt, "describe the features"));
  const ApiVersions versions(response);
  std::map<std::string, FeatureRange> features;
  for (const auto& told : versions.supported_features()) {
    FeatureRange& feature = FeatureOf(features, told.name);
    feature.supported_min = told.versions.min;
    feature.supported_max = told.versions.max;
  }
  for (const auto& told : versions.finalized_features()) {
    FeatureOf(features, told.name).finalized = told.versions.max;
  }
  FeaturesDescription description;
  description.epoch = versions.finalized_features_epoch();
  for (auto& [name, feature] : features) description.features.push_back(std::move(feature));
  co_return description;
}

// From version 2 on the answer is one error for all; before, one for each
// feature.
Task<StatusOr<std::vector<FeatureResult>>> Admin::UpdateFeatures(std::vector<FeatureUpdate> updates,
                                                                 AdminOptions options) {
  UpdateFeaturesRequest request;
  request.validate_only = options.validate_only;
  for (const FeatureUpdate& update : updates) {
    auto& asked = request.feature_updates.emplace_back();
    asked.feature = update.name;
    asked.max_version_level = update.level;
    asked.upgrade_type = static_cast<int8_t>(update.upgrade);
  }
  std::function<ErrorCode(const UpdateFeaturesResponse&)> error_of =
      [](const UpdateFeaturesResponse& response) { return response.error_code; };
  const Instant deadline = caller_.DeadlineOf(options);
  const AdminTarget target = AdminTarget::Controller();
  CO_ASSIGN_OR_RETURN(
      const UpdateFeaturesResponse response,
      co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline));
  std::vector<FeatureResult> results;
  for (const FeatureUpdate& update : updates) {
    FeatureResult& result = results.emplace_back();
    result.name = update.name;
    const std::string what = StrCat("feature ", update.name);
    result.status = StatusOfAnswer(response.error_code, response.error_message, what);
    for (const auto& told : response.results) {
      if (told.feature != update.name || response.error_code != ErrorCode::kNone) continue;
      result.status = StatusOfAnswer(told.error_code, told.error_message, what);
    }
  }
  co_return results;
}

}  // namespace penstock
