// DescribeConfigs (32), versions 1 to 4.
//
// The configs of topics and of this broker: value, where it comes from, and what would hold without
// it. Everything comes from the one table of configs.
//
// 3  types and documentation      4  flexible
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "broker/handlers/handlers.h"
#include "broker/services.h"
#include "config/config_layers.h"
#include "metadata/controller/topic_name.h"
#include "metadata/metadata_node.h"
#include "protocol/messages/describe_configs.h"

namespace penstock {
namespace {

using Resource = DescribeConfigsRequest::DescribeConfigsResource;
using Result = DescribeConfigsResponse::DescribeConfigsResult;
using Row = DescribeConfigsResponse::DescribeConfigsResourceResult;

Row MakeRow(const DescribedConfig& described, const DescribeConfigsRequest& request) {
  Row row;
  row.name = described.def->name;
  row.value = described.value;
  row.read_only = described.read_only;
  row.config_source = static_cast<int8_t>(described.source);
  row.is_sensitive = described.def->sensitive();
  row.config_type = static_cast<int8_t>(described.def->type);
  row.documentation = std::nullopt;
  if (request.include_documentation) row.documentation = std::string(described.def->documentation);
  if (!request.include_synonyms) return row;
  for (const DescribedSynonym& synonym : described.synonyms) {
    auto& entry = row.synonyms.emplace_back();
    entry.name = synonym.name;
    entry.value = synonym.value;
    entry.source = static_cast<int8_t>(synonym.source);
  }
  return row;
}

class Describer {
 public:
  explicit Describer(const BrokerServices& services)
      : services_(services), image_(services.metadata.image()) {}

  StatusOr<std::vector<DescribedConfig>> Describe(const Resource& resource) const {
    switch (static_cast<ConfigResourceType>(resource.resource_type)) {
      case ConfigResourceType::kTopic:
        return DescribeTopic(resource.resource_name);
      case ConfigResourceType::kBroker:
        return DescribeBroker(resource.resource_name);
      case ConfigResourceType::kBrokerLogger:
        return DescribeLoggers(resource.resource_name);
      case ConfigResourceType::kClientMetrics:
      case ConfigResourceType::kGroup:
        return KafkaError(
            ErrorCode::kInvalidRequest,
            StrCat("resource type ", resource.resource_type, " has no configs here yet"));
      case ConfigResourceType::kUnknown:
        break;
    }
    return KafkaError(ErrorCode::kInvalidRequest,
                      StrCat("Unsupported resource type: ", resource.resource_type));
  }

 private:
  StatusOr<std::vector<DescribedConfig>> DescribeTopic(const std::string& name) const {
    RETURN_IF_ERROR(CheckTopicName(name));
    if (image_->topics.FindByName(name) == nullptr) {
      return KafkaError(ErrorCode::kUnknownTopicOrPartition, "");
    }
    return DescribeTopicConfigs(services_.config_layers,
                                image_->configs.Of(ConfigResource::Topic(name)));
  }

  StatusOr<std::vector<DescribedConfig>> DescribeBroker(const std::string& name) const {
    if (name.empty()) return DescribeDefaultBrokerConfigs(services_.config_layers);
    RETURN_IF_ERROR(CheckIsThisBroker(name));
    return DescribeBrokerConfigs(services_.config_layers);
  }

  // Nothing has a level of its own: the set of loggers is empty.
  StatusOr<std::vector<DescribedConfig>> DescribeLoggers(const std::string& name) const {
    if (name.empty()) return KafkaError(ErrorCode::kInvalidRequest, "Broker id must not be empty");
    RETURN_IF_ERROR(CheckIsThisBroker(name));
    return std::vector<DescribedConfig>();
  }

  Status CheckIsThisBroker(const std::string& name) const {
    const NodeId self = services_.config.node_id;
    const std::optional<int32_t> id = ParseInt32(name);
    if (!id.has_value()) {
      return KafkaError(ErrorCode::kInvalidRequest,
                        StrCat("Broker id must be an integer, but it is: ", name));
    }
    if (*id == self.value()) return OkStatus();
    return KafkaError(ErrorCode::kInvalidRequest, StrCat("Unexpected broker id, expected ", self,
                                                         " or empty string, but received ", name));
  }

  const BrokerServices& services_;
  MetadataImagePtr image_;
};

bool IsWanted(const Resource& resource, std::string_view config) {
  const auto& keys = resource.configuration_keys;
  return !keys.has_value() || keys->empty() || std::ranges::find(*keys, config) != keys->end();
}

}  // namespace

Task<DescribeConfigsResponse> HandleDescribeConfigs(RequestContext& context,
                                                    DescribeConfigsRequest request) {
  const Describer describer(context.services());
  DescribeConfigsResponse response;
  for (const Resource& resource : request.resources) {
    Result& result = response.results.emplace_back();
    result.resource_type = resource.resource_type;
    result.resource_name = resource.resource_name;
    const auto described = describer.Describe(resource);
    if (!described.ok()) {
      result.error_code = ErrorCodeOf(described.status());
      result.error_message = MessageOf(described.status());
      continue;
    }
    for (const DescribedConfig& config : *described) {
      if (IsWanted(resource, config.def->name)) result.configs.push_back(MakeRow(config, request));
    }
  }
  co_return response;
}

}  // namespace penstock
