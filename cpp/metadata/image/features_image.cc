#include "metadata/image/features_image.h"

namespace penstock {

std::map<std::string, int16_t, std::less<>> FeaturesImage::All() const {
  auto all = finalized;
  if (metadata_version != kNoMetadataVersion) {
    all.emplace(kMetadataVersionFeature, metadata_version);
  }
  if (kraft_version != 0) all.emplace(kKRaftVersionFeature, kraft_version);
  return all;
}

int16_t FeaturesImage::LevelOf(std::string_view feature) const {
  if (feature == kMetadataVersionFeature) return metadata_version;
  if (feature == kKRaftVersionFeature) return kraft_version;
  const auto found = finalized.find(feature);
  return found == finalized.end() ? int16_t{0} : found->second;
}

}  // namespace penstock
