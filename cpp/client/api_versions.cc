#include "client/api_versions.h"

#include <algorithm>

#include "base/strings.h"

namespace penstock {

namespace {

std::string ToText(VersionRange versions) {
  return versions.min == versions.max ? StrCat("version ", versions.min)
                                      : StrCat("versions ", versions.min, " to ", versions.max);
}

}  // namespace

ApiVersions::ApiVersions(const ApiVersionsResponse& response)
    : finalized_features_epoch_(response.finalized_features_epoch) {
  for (const auto& api : response.api_keys) {
    served_[api.api_key] = VersionRange{api.min_version, api.max_version};
  }
  for (const auto& feature : response.supported_features) {
    const VersionRange versions{feature.min_version, feature.max_version};
    supported_features_.push_back({feature.name, versions});
  }
  for (const auto& feature : response.finalized_features) {
    const VersionRange versions{feature.min_version_level, feature.max_version_level};
    finalized_features_.push_back({feature.name, versions});
  }
  std::sort(supported_features_.begin(), supported_features_.end());
  std::sort(finalized_features_.begin(), finalized_features_.end());
}

std::optional<VersionRange> ApiVersions::Find(ApiKey key) const {
  const auto found = served_.find(static_cast<int16_t>(key));
  if (found == served_.end()) return std::nullopt;
  return found->second;
}

StatusOr<int16_t> ApiVersions::Choose(ApiKey key, VersionRange ours, int16_t version_max) const {
  const ApiInfo& api = *FindApi(key);
  if (api.latest_unstable) --ours.max;
  ours.max = std::min(ours.max, version_max);
  const std::optional<VersionRange> theirs = Find(key);
  if (!theirs.has_value()) {
    return KafkaError(ErrorCode::kUnsupportedVersion,
                      StrCat("the broker does not serve ", api.name));
  }
  const int16_t version = std::min(ours.max, theirs->max);
  if (version < ours.min || version < theirs->min) {
    return KafkaError(ErrorCode::kUnsupportedVersion,
                      StrCat("the broker serves ", api.name, " in ", ToText(*theirs),
                             ", and this client speaks ", ToText(ours)));
  }
  return version;
}

}  // namespace penstock
