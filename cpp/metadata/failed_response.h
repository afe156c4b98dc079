// What is answered when the controller cannot work: everything that a request asks for gets the
// same error.
#pragma once

#include "base/status.h"
#include "protocol/messages/alter_configs.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/update_features.h"

namespace penstock {

// `why` is not OK.
CreateTopicsResponse FailedResponse(const CreateTopicsRequest& request, const Status& why);
DeleteTopicsResponse FailedResponse(const DeleteTopicsRequest& request, const Status& why);
CreatePartitionsResponse FailedResponse(const CreatePartitionsRequest& request, const Status& why);
AlterConfigsResponse FailedResponse(const AlterConfigsRequest& request, const Status& why);
IncrementalAlterConfigsResponse FailedResponse(const IncrementalAlterConfigsRequest& request,
                                               const Status& why);
UpdateFeaturesResponse FailedResponse(const UpdateFeaturesRequest& request, const Status& why);

}  // namespace penstock
