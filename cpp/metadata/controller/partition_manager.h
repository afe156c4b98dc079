// CreatePartitions: a topic grows.
#pragma once

#include "metadata/controller/controller_result.h"
#include "protocol/messages/create_partitions.h"

namespace penstock {

ControllerResult<CreatePartitionsResponse> CreatePartitions(const MetadataImage& image,
                                                            const CreatePartitionsRequest& request);

}  // namespace penstock
