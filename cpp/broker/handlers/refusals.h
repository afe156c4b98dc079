// How an error is said to a whole request, for each API whose response has more than one error of
// its own: every topic, partition or resource that was asked about is named with it, as a Kafka
// broker does. For all others the response's own error says it.
#pragma once

#include "base/error_code.h"
#include "broker/request_context.h"

namespace penstock {

#define PENSTOCK_REFUSAL(name) \
  struct name##Request;        \
  struct name##Response;       \
  name##Response Refuse##name(RequestContext& context, const name##Request& request, ErrorCode code)

PENSTOCK_REFUSAL(Produce);                  // 0; acks=0: the connection ends, as after any error
PENSTOCK_REFUSAL(Fetch);                    // 1; from version 13 at the top only
PENSTOCK_REFUSAL(ListOffsets);              // 2
PENSTOCK_REFUSAL(Metadata);                 // 3; at the top only from version 13
PENSTOCK_REFUSAL(CreateTopics);             // 19
PENSTOCK_REFUSAL(DeleteTopics);             // 20
PENSTOCK_REFUSAL(DeleteRecords);            // 21
PENSTOCK_REFUSAL(InitProducerId);           // 22
PENSTOCK_REFUSAL(OffsetForLeaderEpoch);     // 23
PENSTOCK_REFUSAL(DescribeConfigs);          // 32
PENSTOCK_REFUSAL(AlterConfigs);             // 33
PENSTOCK_REFUSAL(CreatePartitions);         // 37
PENSTOCK_REFUSAL(IncrementalAlterConfigs);  // 44
PENSTOCK_REFUSAL(DescribeProducers);        // 61
PENSTOCK_REFUSAL(DescribeTopicPartitions);  // 75

#undef PENSTOCK_REFUSAL

}  // namespace penstock
