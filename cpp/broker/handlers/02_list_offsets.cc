// ListOffsets (2), versions 1 to 11.
//
// Offsets of partitions that this node leads: of the first record at or after a time, or, for
// negative times, the end (-1), the start (-2), the record with the largest time (-3), the local
// start (-4), the end of what is tiered (-5), the start of what waits to be tiered (-6).
//
// 2  isolation_level    4  leader epochs    6  flexible    7  -3    8  -4    9  -5
// 10 timeout_ms (of tiered look-ups)    11  -6
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "broker/handlers/find_partition.h"
#include "broker/handlers/handlers.h"
#include "protocol/messages/list_offsets.h"

namespace penstock {
namespace {

constexpr int16_t kFirstVersionWithLeaderEpochs = 4;
constexpr int16_t kFirstVersionWithOffsetNotAvailable = 5;

using AskedPartition = ListOffsetsRequest::ListOffsetsPartition;
using AnsweredPartition = ListOffsetsResponse::ListOffsetsPartitionResponse;

// The first version that knows a negative timestamp; nothing for one that no version knows.
std::optional<int16_t> FirstVersionWith(TimestampMs special) {
  switch (special.value()) {
    case -1:
    case -2:
      return 1;
    case -3:
      return 7;
    case -4:
      return 8;
    case -5:
      return 9;
    case -6:
      return 11;
    default:
      return std::nullopt;
  }
}

class ListOffsetsCall {
 public:
  ListOffsetsCall(RequestContext& context, ListOffsetsRequest request)
      : context_(context), request_(std::move(request)) {
    // Consumers see what they may read; a follower, or somebody who looks for a fault, all of it.
    if (request_.replica_id == kNoNode)
      isolation_ = static_cast<IsolationLevel>(request_.isolation_level);
  }

  Task<ListOffsetsResponse> Run() {
    CountPartitions();
    ListOffsetsResponse response;
    for (const auto& topic : request_.topics) {
      auto& answer = response.topics.emplace_back();
      answer.name = topic.name;
      for (const AskedPartition& asked : topic.partitions) {
        AnsweredPartition partition = co_await Find(topic.name, asked);
        answer.partitions.push_back(std::move(partition));
      }
    }
    co_return response;
  }

 private:
  void CountPartitions() {
    for (const auto& topic : request_.topics) {
      for (const AskedPartition& asked : topic.partitions)
        ++times_asked_[{topic.name, asked.partition_index}];
    }
  }

  Status CheckTimestamp(TimestampMs timestamp) const {
    if (timestamp >= TimestampMs(0)) return OkStatus();
    const std::optional<int16_t> first = FirstVersionWith(timestamp);
    if (first.has_value() && context_.api_version >= *first) return OkStatus();
    return KafkaError(ErrorCode::kUnsupportedVersion, "a special timestamp of a newer version");
  }

  // `topic` and `asked` belong to the request, which outlives the Task.
  Task<AnsweredPartition> Find(const std::string& topic, const AskedPartition& asked) {
    AnsweredPartition answer;
    answer.partition_index = asked.partition_index;
    if (times_asked_[{topic, asked.partition_index}] > 1) {
      answer.error_code = ErrorCode::kInvalidRequest;
      co_return answer;
    }
    Status status = CheckTimestamp(asked.timestamp);
    if (status.ok()) {
      status = co_await Look(topic, asked, answer);
    }
    answer.error_code = ErrorCodeOf(status);
    if (answer.error_code == ErrorCode::kOffsetNotAvailable &&
        context_.api_version < kFirstVersionWithOffsetNotAvailable) {
      answer.error_code = ErrorCode::kLeaderNotAvailable;
    }
    co_return answer;
  }

  Task<Status> Look(const std::string& topic, const AskedPartition& asked,
                    AnsweredPartition& answer) {
    StatusOr<PartitionLease> found =
        FindPartition(context_.services(), topic, asked.partition_index);
    if (!found.ok()) co_return found.status();
    const PartitionLease partition = *std::move(found);
    CO_RETURN_IF_ERROR(partition->CheckLeaderEpoch(asked.current_leader_epoch));
    CO_RETURN_IF_ERROR(co_await partition->Open(false));
    CO_ASSIGN_OR_RETURN(const TimestampOffset offset,
                        co_await partition->FindOffset(asked.timestamp.value(), isolation_));
    answer.timestamp = offset.timestamp;
    answer.offset = offset.offset;
    if (context_.api_version >= kFirstVersionWithLeaderEpochs)
      answer.leader_epoch = offset.leader_epoch;
    co_return OkStatus();
  }

  RequestContext& context_;
  const ListOffsetsRequest request_;
  std::optional<IsolationLevel> isolation_;
  std::map<std::pair<std::string_view, PartitionId>, int> times_asked_;
};

}  // namespace

Task<ListOffsetsResponse> HandleListOffsets(RequestContext& context, ListOffsetsRequest request) {
  ListOffsetsCall call(context, std::move(request));
  co_return co_await call.Run();
}

}  // namespace penstock
