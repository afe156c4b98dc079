// UpdateFeatures (57), versions 0 to 2.
//
// Raises and lowers finalized feature levels, within what this broker serves.
//
// 1  upgrade_type, validate_only      2  one error for the whole request in place of results
#include <utility>

#include "broker/handlers/handlers.h"
#include "broker/services.h"
#include "metadata/metadata_node.h"
#include "protocol/messages/update_features.h"

namespace penstock {

Task<UpdateFeaturesResponse> HandleUpdateFeatures(RequestContext& context,
                                                  UpdateFeaturesRequest request) {
  MetadataNode& metadata = context.services().metadata;
  co_return co_await metadata.UpdateFeatures(std::move(request));
}

}  // namespace penstock
