// Topics come and go: CreateTopics and DeleteTopics.
#pragma once

#include "metadata/controller/controller_result.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_topics.h"

namespace penstock {

// Topics with an error do not hold up the others. Configs and ids are filled in; who may not see
// them, and older versions, lose them on the way out.
ControllerResult<CreateTopicsResponse> CreateTopics(const ControllerOptions& options,
                                                    const MetadataImage& image,
                                                    const CreateTopicsRequest& request);

// By name or by id; `request.topic_names` are those of versions below 6.
ControllerResult<DeleteTopicsResponse> DeleteTopics(const ControllerOptions& options,
                                                    const MetadataImage& image,
                                                    const DeleteTopicsRequest& request);

}  // namespace penstock
