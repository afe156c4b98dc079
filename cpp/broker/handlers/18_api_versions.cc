// ApiVersions (18), versions 0 to 4.
//
// Which APIs and versions this broker serves, and which features the cluster has. What is not in
// the table of handlers is not promised. An unknown version is answered by the pipeline, in v0.
//
// 3  flexible (the response header stays v0); the client names its software; features
// 4  supported features whose lowest level is 0 are told, too: older clients cannot read them
#include <algorithm>
#include <string_view>

#include "broker/handlers/handlers.h"
#include "broker/pipeline.h"
#include "broker/services.h"
#include "metadata/metadata_node.h"
#include "protocol/api.h"
#include "protocol/messages/api_versions.h"

namespace penstock {
namespace {

constexpr int16_t kFirstVersionWithSoftware = 3;
constexpr int16_t kFirstVersionWithLevelZero = 4;
// Produce is offered from 0 although it is served from 3: old librdkafka clients turn compression
// off, or do not produce at all, where its lowest version is higher.
constexpr int16_t kProduceVersionOffered = 0;

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Letters, digits, '-' and '.', the first and the last one a letter or digit.
bool IsSoftwareName(std::string_view text) {
  if (text.empty() || !IsLetterOrDigit(text.front()) || !IsLetterOrDigit(text.back())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsLetterOrDigit(c) || c == '-' || c == '.'; });
}

void AddApis(const BrokerServices& services, ApiVersionsResponse& response) {
  for (const HandlerRow& row : services.handlers.rows()) {
    ApiVersionsResponse::ApiVersion& api = response.api_keys.emplace_back();
    const bool produce = row.api_key == static_cast<int16_t>(ApiKey::kProduce);
    api.api_key = row.api_key;
    api.min_version = produce ? kProduceVersionOffered : row.versions.min;
    api.max_version = NewestVersion(row, services.unstable_versions);
  }
}

void AddFeatures(const MetadataNode& metadata, int16_t version, ApiVersionsResponse& response) {
  const MetadataImagePtr image = metadata.image();
  const BrokerImage* self = image->cluster().Broker(metadata.node_id());
  if (self != nullptr) {
    for (const SupportedFeature& feature : self->features) {
      if (feature.min_version == 0 && version < kFirstVersionWithLevelZero) continue;
      auto& told = response.supported_features.emplace_back();
      told.name = feature.name;
      told.min_version = feature.min_version;
      told.max_version = feature.max_version;
    }
  }
  for (const auto& [name, level] : image->features().All()) {
    auto& told = response.finalized_features.emplace_back();
    told.name = name;
    told.min_version_level = level;
    told.max_version_level = level;
  }
  response.finalized_features_epoch = image->provenance.last_contained_offset.value();
}

}  // namespace

Task<ApiVersionsResponse> HandleApiVersions(RequestContext& context, ApiVersionsRequest request) {
  ApiVersionsResponse response;
  if (context.api_version >= kFirstVersionWithSoftware) {
    if (!IsSoftwareName(request.client_software_name) ||
        !IsSoftwareName(request.client_software_version)) {
      response.error_code = ErrorCode::kInvalidRequest;
      co_return response;
    }
    context.connection().client_software_name = std::move(request.client_software_name);
    context.connection().client_software_version = std::move(request.client_software_version);
  }
  AddApis(context.services(), response);
  AddFeatures(context.services().metadata, context.api_version, response);
  co_return response;
}

}  // namespace penstock
