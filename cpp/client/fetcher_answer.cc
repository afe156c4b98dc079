// Fetches of a Fetcher, and what becomes of their answers.
#include <utility>

#include "base/strings.h"
#include "client/fetcher.h"

namespace penstock {
namespace {

Address AddressOf(const FetchResponse::NodeEndpoint& endpoint) {
  return Address{.host = endpoint.host, .port = static_cast<uint16_t>(endpoint.port)};
}

std::vector<AbortedRange> AbortedOf(const FetchResponse::PartitionData& answer) {
  std::vector<AbortedRange> aborted;
  if (!answer.aborted_transactions.has_value()) return aborted;
  for (const auto& one : *answer.aborted_transactions) {
    aborted.push_back(AbortedRange{one.producer_id, one.first_offset});
  }
  return aborted;
}

// Only the leader knows better, or will soon.
bool IsOfLeader(ErrorCode error) {
  return error == ErrorCode::kNotLeaderOrFollower || error == ErrorCode::kFencedLeaderEpoch ||
         error == ErrorCode::kUnknownLeaderEpoch;
}

}  // namespace

Task<> Fetcher::Fetch(NodeId id, Address leader, FetchRequest request, FetchesAsked asked) {
  CallOptions options;
  options.timeout = config_.request_timeout + config_.fetch_wait_max;
  options.version_max = nodes_[id].session.version_max();
  auto calling = fetches_.Call(std::move(leader), std::move(request), options);
  const StatusOr<FetchResponse> response = co_await calling;
  Node& node = nodes_[id];
  node.fetching = false;
  if (!response.ok()) {
    node.session.EndWithout();
    FetchFailed(id, response.status(), asked);
  } else {
    const Instant now = runtime_.clock.Now();
    node.not_before = now + Milliseconds(response->throttle_time_ms);
    if (node.session.End(*response)) {
      node.failures = 0;
      TakeAnswer(id, *response, asked);
    } else if (response->error_code != ErrorCode::kNone) {
      const ErrorCode error = response->error_code;
      const Status why = KafkaError(error, StrCat("a fetch: ", DescriptionOf(error)));
      FetchFailed(id, why, asked);
    } else if (++node.failures > 1) {
      node.not_before = std::max(node.not_before, After(node.failures - 1));
    }
  }
  Wake();
}

void Fetcher::FetchFailed(NodeId id, const Status& why, const FetchesAsked& asked) {
  Node& node = nodes_[id];
  ++node.failures;
  const bool lost_session = ErrorCodeOf(why) == ErrorCode::kFetchSessionIdNotFound;
  // A broker that forgot the session gets a new one at once.
  if (!lost_session || node.failures > 1) {
    node.not_before = std::max(node.not_before, After(node.failures));
  }
  if (lost_session) return;
  metadata_.Invalidate();
  if (why.code() == StatusCode::kCancelled) return;
  for (const auto& [partition, one] : asked) {
    PartitionState* const state = StateOf(partition, one.version);
    if (state == nullptr) continue;
    const bool may_pass = IsRetriable(why) || ErrorCodeOf(why) == ErrorCode::kUnknownServerError;
    if (!may_pass) Fail(partition, one.version, Annotate(why, NameOf(partition)));
  }
}

void Fetcher::TakeAnswer(NodeId id, const FetchResponse& response, const FetchesAsked& asked) {
  for (const auto& topic : response.responses) {
    const std::string name = *nodes_[id].session.TopicOf(topic);
    for (const auto& answer : topic.partitions) {
      const TopicPartitionName partition{name, answer.partition_index};
      const auto one = asked.find(partition);
      if (one == asked.end()) continue;
      if (IsOfLeader(answer.error_code) && LearnLeader(name, answer, response)) continue;
      TakePartition(id, partition, one->second, answer);
    }
  }
}

bool Fetcher::LearnLeader(const std::string& topic, const PartitionAnswer& answer,
                          const FetchResponse& response) {
  LeaderInfo leader;
  leader.node = answer.current_leader.leader_id;
  leader.epoch = answer.current_leader.leader_epoch;
  if (leader.node <= kNoNode || leader.epoch <= kNoLeaderEpoch) return false;
  const BrokerInfo* const known = metadata_.cache().FindBroker(leader.node);
  bool has_address = known != nullptr;
  if (has_address) leader.address = known->address;
  for (const auto& endpoint : response.node_endpoints) {
    if (endpoint.node_id != leader.node || endpoint.host.empty()) continue;
    leader.address = AddressOf(endpoint);
    has_address = true;
  }
  return has_address && metadata_.UpdateLeader(topic, answer.partition_index, leader);
}

void Fetcher::TakePartition(NodeId id, const TopicPartitionName& partition, const FetchAsked& asked,
                            const PartitionAnswer& answer) {
  PartitionState* const state = StateOf(partition, asked.version);
  // It was moved meanwhile, or the answer names it twice.
  if (state == nullptr || state->fetch_offset() != asked.offset) return;
  if (answer.error_code != ErrorCode::kNone) {
    return TakeError(partition, asked, answer.error_code);
  }
  state->Succeeded();
  state->ends = PartitionEnds{.log_start_offset = answer.log_start_offset,
                              .last_stable_offset = answer.last_stable_offset,
                              .high_watermark = answer.high_watermark};
  TakeRecords(id, partition, asked, answer);
}

void Fetcher::TakeError(const TopicPartitionName& partition, const FetchAsked& asked,
                        ErrorCode error) {
  PartitionState* const state = StateOf(partition, asked.version);
  const Status why = KafkaError(
      error, StrCat(NameOf(partition), " at offset ", asked.offset, ": ", DescriptionOf(error)));
  if (error != ErrorCode::kOffsetOutOfRange || state->buffered > 0) {
    // Behind records that are at hand, the error may be another one when its turn comes.
    return Fail(partition, asked.version, why);
  }
  ResetOrTell(partition, *state,
              KafkaError(error, StrCat("position ", asked.offset, " of ", NameOf(partition),
                                       " is not in the log of its leader")));
}

void Fetcher::TakeRecords(NodeId id, const TopicPartitionName& partition, const FetchAsked& asked,
                          const PartitionAnswer& answer) {
  if (!answer.records.has_value() || answer.records->empty()) return;
  FetchedBatchesOptions options;
  options.check_crcs = config_.check_crcs;
  options.read_committed = config_.read_committed;
  FetchedBatches batches(answer.records->Flatten(), asked.offset, AbortedOf(answer), options);
  if (subscription_.Add(partition, asked.version, id, std::move(batches))) changed_.NotifyAll();
}

}  // namespace penstock
