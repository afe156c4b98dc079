// Producer ids are handed out in blocks, so that brokers need not ask for each one.
#pragma once

#include "metadata/controller/controller_result.h"
#include "metadata/producer_id_block.h"

namespace penstock {

// The next block for a registered broker. STALE_BROKER_EPOCH, or UNKNOWN_SERVER_ERROR when all ids
// are used up.
ControllerResult<StatusOr<ProducerIdBlock>> AllocateProducerIds(const MetadataImage& image,
                                                                NodeId broker, BrokerEpoch epoch);

}  // namespace penstock
