#include "metadata/controller/config_manager.h"

#include <map>
#include <utility>

#include "base/strings.h"
#include "config/config_changes.h"
#include "metadata/controller/topic_name.h"

namespace penstock {
namespace {

Status InvalidRequest(std::string_view message) {
  return KafkaError(ErrorCode::kInvalidRequest, message);
}

ConfigScope ScopeOf(const ConfigResource& resource) {
  return resource.type == ConfigResourceType::kTopic ? ConfigScope::kTopic : ConfigScope::kBroker;
}

// Only this broker, or all of them, can be configured through this broker.
Status CheckBrokerName(const ControllerOptions& options, const std::string& name) {
  if (name.empty()) return OkStatus();
  const std::optional<int32_t> id = ParseInt32(name);
  if (!id.has_value()) {
    return InvalidRequest(StrCat("Node id must be an integer, but it is: ", name));
  }
  if (NodeId(*id) == options.node_id) return OkStatus();
  return InvalidRequest(
      StrCat("Unexpected broker id, expected ", options.node_id, ", but received ", name));
}

// What can be said before the configs are looked at.
Status CheckResource(const ControllerOptions& options, const ConfigResource& resource) {
  switch (resource.type) {
    case ConfigResourceType::kTopic:
      return OkStatus();
    case ConfigResourceType::kBroker:
      return CheckBrokerName(options, resource.name);
    default:
      return InvalidRequest(StrCat("Unknown resource type ", static_cast<int>(resource.type)));
  }
}

Status Validate(const ControllerOptions& options, const MetadataImage& image,
                const ConfigResource& resource, const ConfigMap& wanted) {
  if (resource.type == ConfigResourceType::kBroker) {
    return ValidateBrokerConfigs(
        resource.name.empty() ? BrokerResource::kClusterDefault : BrokerResource::kOneBroker,
        wanted);
  }
  if (resource.name.empty()) return InvalidRequest("Default topic resources are not allowed.");
  RETURN_IF_ERROR(CheckTopicName(resource.name));
  RETURN_IF_ERROR(
      ValidateTopicConfigs(LayersOf(options, image), image.configs.Of(resource), wanted));
  if (image.topics.FindByName(resource.name) != nullptr) return OkStatus();
  return KafkaError(ErrorCode::kUnknownTopicOrPartition,
                    StrCat("The topic '", resource.name, "' does not exist."));
}

void AddRecords(const ConfigResource& resource, std::vector<ConfigRecordChange> changes,
                std::vector<MetadataRecord>& records) {
  for (ConfigRecordChange& change : changes) {
    ConfigRecord record;
    record.resource_type = static_cast<int8_t>(resource.type);
    record.resource_name = resource.name;
    record.name = std::move(change.name);
    record.value = std::move(change.value);
    records.push_back(std::move(record));
  }
}

using IncrementalResource = IncrementalAlterConfigsRequest::AlterConfigsResource;
using LegacyResource = AlterConfigsRequest::AlterConfigsResource;

// There are no loggers whose level could be set by name.
Status CheckLoggers(const ControllerOptions& options, const IncrementalResource& resource) {
  if (resource.resource_name.empty())
    return InvalidRequest("Node id must be an integer, but it is: ");
  RETURN_IF_ERROR(CheckBrokerName(options, resource.resource_name));
  for (const auto& config : resource.configs) {
    return KafkaError(ErrorCode::kInvalidConfig,
                      StrCat("Logger ", config.name, " does not exist!"));
  }
  return OkStatus();
}

StatusOr<ConfigUpdateResult> Change(const ControllerOptions& options, const MetadataImage& image,
                                    const ConfigResource& resource,
                                    const IncrementalResource& request) {
  if (resource.type == ConfigResourceType::kBrokerLogger) {
    RETURN_IF_ERROR(CheckLoggers(options, request));
    return ConfigUpdateResult();
  }
  RETURN_IF_ERROR(CheckResource(options, resource));
  std::vector<ConfigChange> changes;
  for (const auto& config : request.configs) {
    if (config.config_operation < 0 || config.config_operation > 3) {
      return InvalidRequest(StrCat("Unknown operations type ", config.config_operation));
    }
    changes.push_back(
        {config.name, static_cast<ConfigOperation>(config.config_operation), config.value});
  }
  return ApplyConfigChanges(ScopeOf(resource), image.configs.Of(resource), changes);
}

StatusOr<ConfigUpdateResult> Change(const ControllerOptions& options, const MetadataImage& image,
                                    const ConfigResource& resource, const LegacyResource& request) {
  RETURN_IF_ERROR(CheckResource(options, resource));
  ConfigMap wanted;
  std::string without_value;
  for (const auto& config : request.configs) {
    const bool is_new = wanted.emplace(config.name, config.value.value_or("")).second;
    if (!is_new) return InvalidRequest("Error due to duplicate config keys");
    if (!config.value.has_value()) {
      StrAppend(without_value, without_value.empty() ? "" : ", ", config.name);
    }
  }
  if (!without_value.empty()) {
    return InvalidRequest(StrCat("Null value not supported for : ", without_value));
  }
  return ReplaceConfigs(ScopeOf(resource), image.configs.Of(resource), wanted);
}

// Both APIs differ only in how a resource says what it wants.
template <class Response, class Request>
ControllerResult<Response> Alter(const ControllerOptions& options, const MetadataImage& image,
                                 const Request& request) {
  ControllerResult<Response> result;
  std::map<ConfigResource, int> copies;
  const auto resource_of = [](const auto& resource) {
    return ConfigResource{static_cast<ConfigResourceType>(resource.resource_type),
                          resource.resource_name};
  };
  for (const auto& one : request.resources) ++copies[resource_of(one)];
  for (const auto& one : request.resources) {
    const ConfigResource resource = resource_of(one);
    StatusOr<ConfigUpdateResult> update =
        copies[resource] > 1 ? InvalidRequest("Each resource must appear at most once.")
                             : Change(options, image, resource, one);
    Status status = update.status();
    if (status.ok() && resource.type != ConfigResourceType::kBrokerLogger) {
      status = Validate(options, image, resource, update->overrides);
    }
    if (status.ok() && result.records.size() + update->records.size() > kRecordsPerRequestMax) {
      status = KafkaError(ErrorCode::kPolicyViolation,
                          "Unable to perform excessively large batch operation.");
    }
    if (status.ok()) AddRecords(resource, std::move(update->records), result.records);
    const ApiError error = ApiError::Of(status);
    typename Response::AlterConfigsResourceResponse entry;
    entry.error_code = error.code;
    entry.error_message = error.message;
    entry.resource_type = one.resource_type;
    entry.resource_name = one.resource_name;
    result.response.responses.push_back(std::move(entry));
  }
  if (request.validate_only) result.records.clear();
  return result;
}

}  // namespace

ControllerResult<AlterConfigsResponse> AlterConfigs(const ControllerOptions& options,
                                                    const MetadataImage& image,
                                                    const AlterConfigsRequest& request) {
  return Alter<AlterConfigsResponse>(options, image, request);
}

ControllerResult<IncrementalAlterConfigsResponse> IncrementalAlterConfigs(
    const ControllerOptions& options, const MetadataImage& image,
    const IncrementalAlterConfigsRequest& request) {
  return Alter<IncrementalAlterConfigsResponse>(options, image, request);
}

}  // namespace penstock
