// IncrementalAlterConfigs (44), versions 0 to 1.
//
// Sets, deletes, appends to and subtracts from single configs of topics and of this broker.
//
// 1  flexible
#include <utility>

#include "broker/handlers/handlers.h"
#include "broker/services.h"
#include "metadata/metadata_node.h"
#include "protocol/messages/incremental_alter_configs.h"

namespace penstock {

Task<IncrementalAlterConfigsResponse> HandleIncrementalAlterConfigs(
    RequestContext& context, IncrementalAlterConfigsRequest request) {
  MetadataNode& metadata = context.services().metadata;
  co_return co_await metadata.IncrementalAlterConfigs(std::move(request));
}

}  // namespace penstock
