// OffsetForLeaderEpoch (23), versions 2 to 4.
//
// Where the largest leader epoch at or below the one asked for ended: how a reader finds out that
// its log and the leader's have parted. An epoch that is not known is no error.
//
// 3  replica_id    4  flexible
#include <string>
#include <utility>

#include "broker/handlers/find_partition.h"
#include "broker/handlers/handlers.h"
#include "protocol/messages/offset_for_leader_epoch.h"

namespace penstock {
namespace {

using AskedPartition = OffsetForLeaderEpochRequest::OffsetForLeaderPartition;

// `services`, `topic` and `asked` outlive the Task.
Task<StatusOr<EpochEndOffset>> FindEnd(const BrokerServices& services, const std::string& topic,
                                       const AskedPartition& asked) {
  StatusOr<PartitionLease> found = FindPartition(services, topic, asked.partition);
  if (!found.ok()) co_return found.status();
  const PartitionLease partition = *std::move(found);
  CO_RETURN_IF_ERROR(partition->CheckLeaderEpoch(asked.current_leader_epoch));
  CO_RETURN_IF_ERROR(co_await partition->Open(false));
  co_return partition->EndOffsetForEpoch(asked.leader_epoch);
}

}  // namespace

Task<OffsetForLeaderEpochResponse> HandleOffsetForLeaderEpoch(RequestContext& context,
                                                              OffsetForLeaderEpochRequest request) {
  OffsetForLeaderEpochResponse response;
  for (const auto& topic : request.topics) {
    auto& answer = response.topics.emplace_back();
    answer.topic = topic.topic;
    for (const AskedPartition& asked : topic.partitions) {
      const StatusOr<EpochEndOffset> end = co_await FindEnd(context.services(), topic.topic, asked);
      auto& partition = answer.partitions.emplace_back();
      partition.partition = asked.partition;
      partition.error_code = ErrorCodeOf(end.status());
      if (!end.ok()) continue;
      partition.leader_epoch = end->leader_epoch;
      partition.end_offset = end->end_offset;
    }
  }
  co_return response;
}

}  // namespace penstock
