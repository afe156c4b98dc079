// Which versions of which APIs a broker serves, as its handshake said, and the one to use. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "protocol/api.h"
#include "protocol/messages/api_versions.h"

namespace penstock {

class ApiVersions {
 public:
  struct Feature {
    std::string name;
    VersionRange versions;
    auto operator<=>(const Feature& other) const { return name <=> other.name; }
    bool operator==(const Feature&) const = default;
  };

  ApiVersions() = default;
  explicit ApiVersions(const ApiVersionsResponse& response);

  // The highest version that both sides have, at most `version_max`. UNSUPPORTED_VERSION if there
  // is none; the message names both ranges. Versions that Kafka does not offer yet are not used.
  StatusOr<int16_t> Choose(ApiKey key, VersionRange ours, int16_t version_max = INT16_MAX) const;

  // What the broker serves; nothing if it does not serve the API.
  std::optional<VersionRange> Find(ApiKey key) const;

  // What the broker could do, and what the cluster has agreed on, by name.
  const std::vector<Feature>& supported_features() const { return supported_features_; }
  const std::vector<Feature>& finalized_features() const { return finalized_features_; }
  // -1 where the broker does not know it.
  int64_t finalized_features_epoch() const { return finalized_features_epoch_; }

 private:
  std::map<int16_t, VersionRange> served_;
  std::vector<Feature> supported_features_;
  std::vector<Feature> finalized_features_;
  int64_t finalized_features_epoch_ = -1;
};

}  // namespace penstock
