// DeleteRecords (21), versions 0 to 2.
//
// Moves the start of partitions forward; -1 is the high watermark. Answered when the new start is
// durable: records below it never come back.
//
// 2  flexible
#include <string>
#include <utility>

#include "base/strings.h"
#include "broker/handlers/find_partition.h"
#include "broker/handlers/handlers.h"
#include "protocol/messages/delete_records.h"

namespace penstock {
namespace {

constexpr Offset kUnknownLowWatermark{-1};

// `services` and `topic` outlive the Task.
Task<StatusOr<Offset>> DeleteFrom(const BrokerServices& services, const std::string& topic,
                                  PartitionId index, Offset before) {
  StatusOr<PartitionLease> found = FindPartition(services, topic, index);
  if (!found.ok()) co_return found.status();
  if (IsInternalTopic(topic)) {
    co_return KafkaError(ErrorCode::kInvalidTopicException,
                         StrCat(topic, " is internal: its records cannot be deleted"));
  }
  const PartitionLease partition = *std::move(found);
  CO_RETURN_IF_ERROR(co_await partition->Open(false));
  co_return co_await partition->DeleteRecords(before);
}

}  // namespace

Task<DeleteRecordsResponse> HandleDeleteRecords(RequestContext& context,
                                                DeleteRecordsRequest request) {
  DeleteRecordsResponse response;
  for (const auto& topic : request.topics) {
    auto& answer = response.topics.emplace_back();
    answer.name = topic.name;
    for (const auto& asked : topic.partitions) {
      const StatusOr<Offset> deleted =
          co_await DeleteFrom(context.services(), topic.name, asked.partition_index, asked.offset);
      auto& partition = answer.partitions.emplace_back();
      partition.partition_index = asked.partition_index;
      partition.low_watermark = deleted.ok() ? *deleted : kUnknownLowWatermark;
      partition.error_code = ErrorCodeOf(deleted.status());
    }
  }
  co_return response;
}

}  // namespace penstock
