// AlterConfigs and IncrementalAlterConfigs for topics and brokers.
#pragma once

#include "metadata/controller/controller_result.h"
#include "protocol/messages/alter_configs.h"
#include "protocol/messages/incremental_alter_configs.h"

namespace penstock {

// A resource changes as a whole or not at all; one with an error does not hold up the others.
ControllerResult<AlterConfigsResponse> AlterConfigs(const ControllerOptions& options,
                                                    const MetadataImage& image,
                                                    const AlterConfigsRequest& request);
ControllerResult<IncrementalAlterConfigsResponse> IncrementalAlterConfigs(
    const ControllerOptions& options, const MetadataImage& image,
    const IncrementalAlterConfigsRequest& request);

}  // namespace penstock
