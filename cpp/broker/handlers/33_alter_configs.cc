// AlterConfigs (33), versions 0 to 2.
//
// Replaces all configs of a resource. Superseded by IncrementalAlterConfigs, and still what old
// tools send.
//
// 2  flexible
#include <utility>

#include "broker/handlers/handlers.h"
#include "broker/services.h"
#include "metadata/metadata_node.h"
#include "protocol/messages/alter_configs.h"

namespace penstock {

Task<AlterConfigsResponse> HandleAlterConfigs(RequestContext& context,
                                              AlterConfigsRequest request) {
  MetadataNode& metadata = context.services().metadata;
  co_return co_await metadata.AlterConfigs(std::move(request));
}

}  // namespace penstock
