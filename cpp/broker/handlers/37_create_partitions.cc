// CreatePartitions (37), versions 0 to 3.
//
// Adds partitions to topics that exist. A topic cannot lose partitions.
//
// 2  flexible      3  may be refused by a quota on controller mutations
#include <optional>
#include <utility>

#include "broker/handlers/handlers.h"
#include "broker/services.h"
#include "metadata/metadata_node.h"
#include "protocol/messages/create_partitions.h"

namespace penstock {

Task<CreatePartitionsResponse> HandleCreatePartitions(RequestContext& context,
                                                      CreatePartitionsRequest request) {
  MetadataNode& metadata = context.services().metadata;
  CreatePartitionsResponse response = co_await metadata.CreatePartitions(std::move(request));
  for (auto& result : response.results) {
    // Kafka has no words for it here.
    if (result.error_code == ErrorCode::kUnknownTopicOrPartition) {
      result.error_message = std::nullopt;
    }
  }
  co_return response;
}

}  // namespace penstock
