// The handlers of the broker, one file per API, and the table of those that are served. A handler
// is told the request by value and answers with the response; errors go into the response's fields.
// The pipeline keeps the context alive until the response is made. Both belong to one shard.
#pragma once

#include "broker/handler_table.h"
#include "broker/request_context.h"
#include "runtime/task.h"

namespace penstock {

#define PENSTOCK_HANDLER(name) \
  struct name##Request;        \
  struct name##Response;       \
  Task<name##Response> Handle##name(RequestContext& context, name##Request request)

PENSTOCK_HANDLER(Produce);                  // 0
PENSTOCK_HANDLER(Fetch);                    // 1
PENSTOCK_HANDLER(ListOffsets);              // 2
PENSTOCK_HANDLER(Metadata);                 // 3
PENSTOCK_HANDLER(ApiVersions);              // 18
PENSTOCK_HANDLER(CreateTopics);             // 19
PENSTOCK_HANDLER(DeleteTopics);             // 20
PENSTOCK_HANDLER(DeleteRecords);            // 21
PENSTOCK_HANDLER(InitProducerId);           // 22
PENSTOCK_HANDLER(OffsetForLeaderEpoch);     // 23
PENSTOCK_HANDLER(DescribeConfigs);          // 32
PENSTOCK_HANDLER(AlterConfigs);             // 33
PENSTOCK_HANDLER(DescribeLogDirs);          // 35
PENSTOCK_HANDLER(CreatePartitions);         // 37
PENSTOCK_HANDLER(IncrementalAlterConfigs);  // 44
PENSTOCK_HANDLER(DescribeQuorum);           // 55
PENSTOCK_HANDLER(UpdateFeatures);           // 57
PENSTOCK_HANDLER(DescribeCluster);          // 60
PENSTOCK_HANDLER(DescribeProducers);        // 61
PENSTOCK_HANDLER(ListConfigResources);      // 74
PENSTOCK_HANDLER(DescribeTopicPartitions);  // 75

#undef PENSTOCK_HANDLER

// What this broker serves.
const HandlerTable& BrokerHandlers();

// Why an API that Kafka 4.3 serves on brokers is not served; "" for one that is.
std::string_view ReasonNotServed(int16_t api_key);

}  // namespace penstock
