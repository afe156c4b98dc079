// The finalized feature levels: what the cluster has agreed to use. Clients see them in
// ApiVersions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace penstock {

inline constexpr std::string_view kMetadataVersionFeature = "metadata.version";
inline constexpr std::string_view kKRaftVersionFeature = "kraft.version";

struct FeaturesImage {
  // Nothing was finalized yet: an empty log.
  static constexpr int16_t kNoMetadataVersion = 0;

  int16_t metadata_version = kNoMetadataVersion;
  // From a control record, not from a FeatureLevelRecord.
  int16_t kraft_version = 0;
  // The others that are not 0.
  std::map<std::string, int16_t, std::less<>> finalized;

  // Every feature above 0, metadata.version and kraft.version among them, by name.
  std::map<std::string, int16_t, std::less<>> All() const;
  // 0 where it is not finalized.
  int16_t LevelOf(std::string_view feature) const;

  bool operator==(const FeaturesImage&) const = default;
};

}  // namespace penstock
