// CreateTopics (19), versions 2 to 7.
//
// Asks the controller for topics; answers when they are durable and this broker leads their
// partitions. Errors are per topic. -1 for the number of partitions or replicas takes the broker's
// default (from version 4 on).
//
// 5  flexible; the configs of the new topic in the answer      7  its id
#include <utility>

#include "broker/handlers/handlers.h"
#include "broker/services.h"
#include "metadata/metadata_node.h"
#include "protocol/messages/create_topics.h"

namespace penstock {

Task<CreateTopicsResponse> HandleCreateTopics(RequestContext& context,
                                              CreateTopicsRequest request) {
  MetadataNode& metadata = context.services().metadata;
  co_return co_await metadata.CreateTopics(std::move(request));
}

}  // namespace penstock
