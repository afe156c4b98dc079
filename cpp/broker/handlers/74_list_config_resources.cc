// ListConfigResources (74), versions 0 to 1.
//
// The names of everything that has configs: topics, brokers and brokers' loggers; groups and client
// metrics have none here yet.
//
// 0  lists client-metrics resources only      1  resource_types; empty asks for all
#include <algorithm>
#include <string>
#include <vector>

#include "broker/handlers/handlers.h"
#include "broker/services.h"
#include "metadata/metadata_node.h"
#include "protocol/messages/list_config_resources.h"

namespace penstock {
namespace {

constexpr ConfigResourceType kListable[] = {
    ConfigResourceType::kTopic, ConfigResourceType::kBroker, ConfigResourceType::kBrokerLogger,
    ConfigResourceType::kClientMetrics, ConfigResourceType::kGroup};

bool IsListable(int8_t type) {
  return std::ranges::any_of(
      kListable, [type](ConfigResourceType t) { return static_cast<int8_t>(t) == type; });
}

void AddResource(ListConfigResourcesResponse& response, ConfigResourceType type, std::string name) {
  auto& resource = response.config_resources.emplace_back();
  resource.resource_name = std::move(name);
  resource.resource_type = static_cast<int8_t>(type);
}

}  // namespace

Task<ListConfigResourcesResponse> HandleListConfigResources(RequestContext& context,
                                                            ListConfigResourcesRequest request) {
  ListConfigResourcesResponse response;
  std::vector<int8_t> wanted = request.resource_types;
  if (context.api_version == 0) wanted = {static_cast<int8_t>(ConfigResourceType::kClientMetrics)};
  if (!std::ranges::all_of(wanted, IsListable)) {
    response.error_code = ErrorCode::kUnsupportedVersion;
    co_return response;
  }
  const auto asks_for = [&wanted](ConfigResourceType type) {
    return wanted.empty() || std::ranges::find(wanted, static_cast<int8_t>(type)) != wanted.end();
  };
  const MetadataImagePtr image = context.services().metadata.image();
  for (const ConfigResourceType type :
       {ConfigResourceType::kBrokerLogger, ConfigResourceType::kBroker}) {
    if (!asks_for(type)) continue;
    for (const auto& [id, broker] : image->cluster().brokers) {
      if (!broker.fenced) AddResource(response, type, std::to_string(id.value()));
    }
  }
  if (asks_for(ConfigResourceType::kTopic)) {
    for (const auto& [name, topic] : image->topics.by_name()) {
      AddResource(response, ConfigResourceType::kTopic, name);
    }
  }
  co_return response;
}

}  // namespace penstock
