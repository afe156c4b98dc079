// Feature levels: which are served, UpdateFeatures, and what a directory must not have finalized.
#pragma once

#include <string_view>
#include <vector>

#include "metadata/controller/controller_result.h"
#include "protocol/messages/update_features.h"

namespace penstock {

// 4.3-IV0, and the oldest level that 4.3 can read.
inline constexpr int16_t kMetadataVersionServed = 30;
inline constexpr int16_t kMetadataVersionMin = 7;
inline constexpr int16_t kKRaftVersionMax = 1;

// What this release can finalize, by name.
const std::vector<SupportedFeature>& ServedFeatures();

// FailedPrecondition that names the feature and its level if something is finalized that is not
// served.
Status CheckFinalizedFeatures(const FeaturesImage& features);

ControllerResult<UpdateFeaturesResponse> UpdateFeatures(const ControllerOptions& options,
                                                        const MetadataImage& image,
                                                        const UpdateFeaturesRequest& request);

}  // namespace penstock
