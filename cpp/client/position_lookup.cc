#include "client/position_lookup.h"

#include <map>
#include <memory>
#include <utility>

#include "base/strings.h"
#include "client/admin.h"
#include "client/fetched_batch.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/offset_for_leader_epoch.h"

namespace penstock {
namespace {

constexpr NodeId kConsumer{-1};
// Versions before ask for a right on the whole cluster.
constexpr int16_t kEpochsForConsumersSince = 3;

using OffsetResults = std::vector<StatusOr<Offset>>;
using EpochResults = std::vector<StatusOr<EpochFound>>;

// The position of each partition in what was asked.
template <class Asked>
std::map<TopicPartitionName, size_t> PositionsOf(const std::vector<Asked>& asked) {
  std::map<TopicPartitionName, size_t> positions;
  for (size_t i = 0; i < asked.size(); ++i) positions.emplace(asked[i].partition, i);
  return positions;
}

Status LeftOut(const TopicPartitionName& partition) {
  return KafkaError(ErrorCode::kUnknownServerError,
                    StrCat("the broker's answer leaves out ", NameOf(partition)));
}

ListOffsetsRequest RequestOf(const std::vector<OffsetAsked>& asked, bool read_committed) {
  ListOffsetsRequest request;
  request.replica_id = kConsumer;
  request.isolation_level = read_committed ? 1 : 0;
  std::map<std::string, size_t> topics;
  for (const OffsetAsked& one : asked) {
    const auto [topic, is_new] = topics.emplace(one.partition.topic, request.topics.size());
    if (is_new) request.topics.emplace_back().name = one.partition.topic;
    auto& partition = request.topics[topic->second].partitions.emplace_back();
    partition.partition_index = one.partition.partition;
    partition.current_leader_epoch = one.current_leader_epoch;
    partition.timestamp = one.target;
  }
  return request;
}

// kNoOffset where no record is as late. The partitions of `asked` differ.
Task<StatusOr<OffsetResults>> AskForOffsets(ConnectionPool& pool, Address leader,
                                            std::vector<OffsetAsked> asked, bool read_committed) {
  OffsetResults results;
  for (const OffsetAsked& one : asked) results.emplace_back(LeftOut(one.partition));
  ListOffsetsRequest request = RequestOf(asked, read_committed);
  request.timeout_ms = static_cast<int32_t>(InMilliseconds(pool.options().request_timeout));
  CO_ASSIGN_OR_RETURN(const ListOffsetsResponse response,
                      co_await pool.Call(std::move(leader), std::move(request)));
  const auto positions = PositionsOf(asked);
  for (const auto& topic : response.topics) {
    for (const auto& told : topic.partitions) {
      const auto found = positions.find(TopicPartitionName{topic.name, told.partition_index});
      if (found == positions.end()) continue;
      const Status status = StatusOfAnswer(told.error_code, std::nullopt,
                                           StrCat("the offsets of ", NameOf(found->first)));
      StatusOr<Offset>& result = results[found->second];
      if (!status.ok()) {
        result = status;
      } else {
        result = told.offset;
      }
    }
  }
  co_return results;
}

}  // namespace

Task<StatusOr<std::vector<StatusOr<Offset>>>> LookUpOffsets(ConnectionPool& pool, Address leader,
                                                            std::vector<OffsetAsked> asked,
                                                            bool read_committed) {
  CO_ASSIGN_OR_RETURN(OffsetResults results,
                      co_await AskForOffsets(pool, leader, asked, read_committed));
  std::vector<size_t> open;
  std::vector<OffsetAsked> again;
  std::vector<OffsetAsked> ends;
  for (size_t i = 0; i < asked.size(); ++i) {
    if (!results[i].ok() || *results[i] != kNoOffset) continue;
    open.push_back(i);
    again.push_back(asked[i]);
    ends.push_back(asked[i]);
    ends.back().target = kLatestOffset;
  }
  if (open.empty()) co_return results;
  CO_ASSIGN_OR_RETURN(const OffsetResults found_ends,
                      co_await AskForOffsets(pool, leader, std::move(ends), read_committed));
  CO_ASSIGN_OR_RETURN(const OffsetResults found,
                      co_await AskForOffsets(pool, leader, std::move(again), read_committed));
  for (size_t i = 0; i < open.size(); ++i) {
    const bool none_yet = found[i].ok() && *found[i] == kNoOffset;
    results[open[i]] = none_yet ? found_ends[i] : found[i];
  }
  co_return results;
}

Task<StatusOr<std::vector<StatusOr<EpochFound>>>> LookUpEpochs(ConnectionPool& pool, Address leader,
                                                               std::vector<EpochAsked> asked) {
  CO_ASSIGN_OR_RETURN(const std::shared_ptr<BrokerConnection> connection,
                      co_await pool.Get(std::move(leader)));
  CO_ASSIGN_OR_RETURN(const int16_t version, connection->VersionOf<OffsetForLeaderEpochRequest>());
  if (version < kEpochsForConsumersSince) {
    co_return KafkaError(ErrorCode::kUnsupportedVersion,
                         "the broker tells consumers nothing of leader epochs");
  }
  OffsetForLeaderEpochRequest request;
  request.replica_id = kConsumer;
  std::map<std::string, size_t> topics;
  EpochResults results;
  for (const EpochAsked& one : asked) {
    const auto [topic, is_new] = topics.emplace(one.partition.topic, request.topics.size());
    if (is_new) request.topics.emplace_back().topic = one.partition.topic;
    auto& partition = request.topics[topic->second].partitions.emplace_back();
    partition.partition = one.partition.partition;
    partition.current_leader_epoch = one.current_leader_epoch;
    partition.leader_epoch = one.epoch;
    results.emplace_back(LeftOut(one.partition));
  }
  CO_ASSIGN_OR_RETURN(const OffsetForLeaderEpochResponse response,
                      co_await connection->Call(std::move(request)));
  const auto positions = PositionsOf(asked);
  for (const auto& topic : response.topics) {
    for (const auto& told : topic.partitions) {
      const auto found = positions.find(TopicPartitionName{topic.topic, told.partition});
      if (found == positions.end()) continue;
      const Status status = StatusOfAnswer(told.error_code, std::nullopt,
                                           StrCat("the epochs of ", NameOf(found->first)));
      StatusOr<EpochFound>& result = results[found->second];
      if (!status.ok()) {
        result = status;
      } else {
        result = EpochFound{.epoch = told.leader_epoch, .end_offset = told.end_offset};
      }
    }
  }
  co_return results;
}

}  // namespace penstock
