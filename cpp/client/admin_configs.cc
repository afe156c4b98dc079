// Configs of topics, brokers and other resources: described, changed one by
// one, listed.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "client/admin.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/list_config_resources.h"

namespace penstock {

namespace {

std::string NameOf(const AdminConfigResource& resource) {
  switch (resource.type) {
    case AdminConfigResourceType::kTopic:
      return StrCat("topic ", resource.name);
    case AdminConfigResourceType::kBroker:
      return resource.name.empty() ? "the default of all brokers"
                                   : StrCat("broker ", resource.name);
    case AdminConfigResourceType::kBrokerLogger:
      return StrCat("logger of broker ", resource.name);
    case AdminConfigResourceType::kClientMetrics:
      return StrCat("client metrics ", resource.name);
    case AdminConfigResourceType::kGroup:
      return StrCat("group ", resource.name);
  }
  return resource.name;
}

// Who answers: the broker itself, where it is about one.
AdminTarget TargetOf(const AdminConfigResource& resource) {
  const bool broker = resource.type == AdminConfigResourceType::kBroker ||
                      resource.type == AdminConfigResourceType::kBrokerLogger;
  const std::optional<int32_t> id = broker ? ParseInt32(resource.name) : std::nullopt;
  return id.has_value() ? AdminTarget::Broker(NodeId(*id)) : AdminTarget::Any();
}

ConfigEntry EntryOf(const DescribeConfigsResponse::DescribeConfigsResourceResult& told) {
  ConfigEntry entry;
  entry.name = told.name;
  entry.value = told.value;
  entry.source = static_cast<AdminConfigSource>(std::max<int8_t>(told.config_source, 0));
  entry.read_only = told.read_only;
  entry.sensitive = told.is_sensitive;
  entry.type = told.config_type;
  entry.documentation = told.documentation.value_or("");
  for (const auto& synonym : told.synonyms) {
    entry.synonyms.push_back(AdminConfigSynonym{synonym.name, synonym.value,
                                                static_cast<AdminConfigSource>(synonym.source)});
  }
  return entry;
}

Status LeftOut(const AdminConfigResource& resource) {
  return KafkaError(ErrorCode::kUnknownServerError,
                    StrCat(NameOf(resource), ": the broker's answer leaves it out"));
}

void Take(const DescribeConfigsResponse& response, std::vector<ConfigDescription>& descriptions) {
  for (const auto& told : response.results) {
    const AdminConfigResource resource{static_cast<AdminConfigResourceType>(told.resource_type),
                                       told.resource_name};
    for (ConfigDescription& description : descriptions) {
      if (description.resource != resource) continue;
      description.status = StatusOfAnswer(told.error_code, told.error_message, NameOf(resource));
      description.entries.clear();
      for (const auto& config : told.configs) description.entries.push_back(EntryOf(config));
    }
  }
}

}  // namespace

Task<StatusOr<std::vector<ConfigDescription>>> Admin::DescribeConfigs(
    std::vector<AdminConfigResource> resources, DescribeConfigsOptions what, AdminOptions options) {
  const Instant deadline = caller_.DeadlineOf(options);
  std::vector<ConfigDescription> descriptions;
  std::map<NodeId, DescribeConfigsRequest> requests;  // kNoNode: whoever answers
  for (const AdminConfigResource& resource : resources) {
    descriptions.push_back(ConfigDescription{resource, LeftOut(resource), {}});
    DescribeConfigsRequest& request = requests[TargetOf(resource).id];
    auto& asked = request.resources.emplace_back();
    asked.resource_type = static_cast<int8_t>(resource.type);
    asked.resource_name = resource.name;
    asked.configuration_keys.reset();  // all
    request.include_synonyms = what.synonyms;
    request.include_documentation = what.documentation;
  }
  for (auto& [node, request] : requests) {
    std::function<ErrorCode(const DescribeConfigsResponse&)> error_of =
        [](const DescribeConfigsResponse&) { return ErrorCode::kNone; };
    const AdminTarget target = node == kNoNode ? AdminTarget::Any() : AdminTarget::Broker(node);
    const auto response =
        co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline);
    if (response.ok()) {
      Take(*response, descriptions);
      continue;
    }
    if (requests.size() == 1) co_return response.status();
    for (ConfigDescription& description : descriptions) {
      if (TargetOf(description.resource).id == node) description.status = response.status();
    }
  }
  co_return descriptions;
}

Task<StatusOr<std::vector<ConfigResult>>> Admin::AlterConfigs(
    std::vector<AdminConfigChange> changes, AdminOptions options) {
  const Instant deadline = caller_.DeadlineOf(options);
  std::vector<ConfigResult> results;
  std::map<NodeId, IncrementalAlterConfigsRequest> requests;
  std::map<AdminConfigResource, size_t> places;  // in its request
  for (const AdminConfigChange& change : changes) {
    const AdminConfigResource& resource = change.resource;
    const NodeId node = TargetOf(resource).id;
    IncrementalAlterConfigsRequest& request = requests[node];
    request.validate_only = options.validate_only;
    const auto [place, added] = places.try_emplace(resource, request.resources.size());
    if (added) {
      results.push_back(ConfigResult{resource, LeftOut(resource)});
      auto& asked = request.resources.emplace_back();
      asked.resource_type = static_cast<int8_t>(resource.type);
      asked.resource_name = resource.name;
    }
    auto& config = request.resources[place->second].configs.emplace_back();
    config.name = change.name;
    config.config_operation = static_cast<int8_t>(change.operation);
    config.value = change.value;
  }
  for (auto& [node, request] : requests) {
    std::function<ErrorCode(const IncrementalAlterConfigsResponse&)> error_of =
        [](const IncrementalAlterConfigsResponse& response) {
          for (const auto& told : response.responses) {
            if (told.error_code == ErrorCode::kNotController) return told.error_code;
          }
          return ErrorCode::kNone;
        };
    const AdminTarget target =
        node == kNoNode ? AdminTarget::Controller() : AdminTarget::Broker(node);
    const auto response =
        co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline);
    if (!response.ok() && requests.size() == 1) co_return response.status();
    for (ConfigResult& result : results) {
      if (TargetOf(result.resource).id != node) continue;
      if (!response.ok()) {
        result.status = response.status();
        continue;
      }
      for (const auto& told : response->responses) {
        const AdminConfigResource named{static_cast<AdminConfigResourceType>(told.resource_type),
                                        told.resource_name};
        if (named != result.resource) continue;
        result.status = StatusOfAnswer(told.error_code, told.error_message, NameOf(named));
      }
    }
  }
  co_return results;
}

Task<StatusOr<std::vector<AdminConfigResource>>> Admin::ListConfigResources(
    std::vector<AdminConfigResourceType> types, AdminOptions options) {
  ListConfigResourcesRequest request;
  for (const AdminConfigResourceType type : types) {
    request.resource_types.push_back(static_cast<int8_t>(type));
  }
  std::function<ErrorCode(const ListConfigResourcesResponse&)> error_of =
      [](const ListConfigResourcesResponse& response) { return response.error_code; };
  const Instant deadline = caller_.DeadlineOf(options);
  const AdminTarget target = AdminTarget::Any();
  CO_ASSIGN_OR_RETURN(
      const ListConfigResourcesResponse response,
      co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline));
  CO_RETURN_IF_ERROR(
      StatusOfAnswer(response.error_code, std::nullopt, "list the resources with configs"));
  std::vector<AdminConfigResource> resources;
  for (const auto& told : response.config_resources) {
    resources.push_back(AdminConfigResource{
        static_cast<AdminConfigResourceType>(told.resource_type), told.resource_name});
  }
  std::sort(resources.begin(), resources.end());
  co_return resources;
}

}  // namespace penstock
