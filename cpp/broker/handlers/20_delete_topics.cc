// DeleteTopics (20), versions 1 to 6.
//
// Deletes topics from the metadata at once; their directories are renamed, and removed after
// file.delete.delay.ms.
//
// 4  flexible      5  error_message      6  topics by name or by id
#include <utility>

#include "broker/handlers/handlers.h"
#include "broker/services.h"
#include "metadata/metadata_node.h"
#include "protocol/messages/delete_topics.h"

namespace penstock {

Task<DeleteTopicsResponse> HandleDeleteTopics(RequestContext& context,
                                              DeleteTopicsRequest request) {
  MetadataNode& metadata = context.services().metadata;
  co_return co_await metadata.DeleteTopics(std::move(request));
}

}  // namespace penstock
