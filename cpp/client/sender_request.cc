// The sender's requests: what goes out, and what the answer says of each batch.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "client/sender.h"

namespace penstock {
namespace {

constexpr int16_t kLastVersionWithNames = 12;

bool IsAboutLeader(ErrorCode error) {
  switch (error) {
    case ErrorCode::kNotLeaderOrFollower:
    case ErrorCode::kFencedLeaderEpoch:
    case ErrorCode::kUnknownLeaderEpoch:
    case ErrorCode::kLeaderNotAvailable:
    case ErrorCode::kReplicaNotAvailable:
    case ErrorCode::kKafkaStorageError:
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kUnknownTopicId:
    case ErrorCode::kInconsistentTopicId:
    case ErrorCode::kListenerNotFound:
    case ErrorCode::kNetworkException:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Sender::StartRequest(NodeId node, std::vector<DrainedBatch> batches) {
  const BrokerInfo* broker = metadata_.cache().FindBroker(node);
  CHECK(broker != nullptr);
  for (DrainedBatch& drained : batches) ++drained.batch->attempts;
  ++nodes_[node].in_flight;
  Sent& sent = sent_.emplace_back();
  sent.node = node;
  sent.address = broker->address;
  sent.batches = std::move(batches);
  for (const DrainedBatch& drained : sent.batches) {
    const TopicInfo* topic = metadata_.cache().FindTopic(drained.queue->topic);
    sent.topic_ids[drained.queue->topic] = topic == nullptr ? Uuid() : topic->id;
  }
  tasks_.Start(Exchange(std::prev(sent_.end())));
}

ProduceRequest Sender::RequestOf(const Sent& sent) const {
  ProduceRequest request;
  request.transactional_id = std::nullopt;
  request.acks = static_cast<int16_t>(config_.acks);
  request.timeout_ms = static_cast<int32_t>(InMilliseconds(config_.request_timeout));
  for (const DrainedBatch& drained : sent.batches) {
    const PartitionQueue& queue = *drained.queue;
    auto topic =
        std::ranges::find(request.topic_data, queue.topic, &ProduceRequest::TopicProduceData::name);
    if (topic == request.topic_data.end()) {
      topic = request.topic_data.insert(topic, ProduceRequest::TopicProduceData());
      topic->name = queue.topic;
      topic->topic_id = sent.topic_ids.at(queue.topic);
    }
    auto& data = topic->partition_data.emplace_back();
    data.index = queue.partition;
    data.records.emplace(drained.batch->bytes());
  }
  return request;
}

Task<> Sender::Exchange(std::list<Sent>::iterator sent) {
  ProduceRequest request = RequestOf(*sent);
  StatusOr<ProduceResponse> response = ProduceResponse();
  if (config_.acks == Acks::kNone) {
    const Status written = co_await SendUnanswered(sent->address, std::move(request));
    if (!written.ok()) response = written;
  } else {
    response = co_await Call(sent->address, std::move(request));
  }
  Finish(sent, response);
  Wake();
}

Task<StatusOr<ProduceResponse>> Sender::Call(Address address, ProduceRequest request) {
  CallOptions options;
  options.timeout = config_.request_timeout;
  const bool names_only = std::ranges::any_of(
      request.topic_data, [](const auto& topic) { return topic.topic_id == Uuid(); });
  if (names_only) options.version_max = kLastVersionWithNames;
  co_return co_await pool_.Call(std::move(address), std::move(request), options);
}

Task<Status> Sender::SendUnanswered(Address address, ProduceRequest request) {
  CO_ASSIGN_OR_RETURN(const std::shared_ptr<BrokerConnection> connection,
                      co_await pool_.Get(std::move(address)));
  co_return co_await connection->Send(std::move(request));
}

void Sender::Finish(std::list<Sent>::iterator sent, const StatusOr<ProduceResponse>& response) {
  Node& node = nodes_[sent->node];
  --node.in_flight;
  Sent ended = std::move(*sent);
  sent_.erase(sent);
  if (response.ok() && response->throttle_time_ms > 0) {
    node.throttled_until = runtime_.clock.Now() + Milliseconds(response->throttle_time_ms);
  }
  for (const DrainedBatch& drained : ended.batches) accumulator_.Ended(*drained.queue);
  bool leader_unsure = false;
  for (DrainedBatch& drained : ended.batches) {
    Outcome outcome;
    if (!response.ok()) {
      outcome.status = response.status();
    } else if (config_.acks != Acks::kNone) {
      outcome = OutcomeOf(drained, ended.topic_ids.at(drained.queue->topic), *response);
    }
    leader_unsure = leader_unsure || IsAboutLeader(ErrorCodeOf(outcome.status));
    Decide(std::move(drained), outcome);
  }
  if (leader_unsure) metadata_.Invalidate();
}

Sender::Outcome Sender::OutcomeOf(const DrainedBatch& drained, const Uuid& topic_id,
                                  const ProduceResponse& response) {
  const PartitionQueue& queue = *drained.queue;
  const PartitionAnswer* answer = nullptr;
  for (const auto& topic : response.responses) {
    const bool by_id = topic.topic_id != Uuid() && topic.topic_id == topic_id;
    if (topic.name != queue.topic && !by_id) continue;
    const auto found =
        std::ranges::find(topic.partition_responses, queue.partition, &PartitionAnswer::index);
    if (found != topic.partition_responses.end()) answer = &*found;
  }
  Outcome outcome;
  if (answer == nullptr) {
    outcome.status =
        KafkaError(ErrorCode::kNetworkException,
                   StrCat("the answer says nothing of ", queue.topic, "-", queue.partition));
    return outcome;
  }
  outcome.base_offset = answer->base_offset;
  outcome.log_append_time = answer->log_append_time_ms;
  outcome.log_start_offset = answer->log_start_offset;
  if (answer->error_code == ErrorCode::kNone) return outcome;
  const auto error_of = [&](const std::optional<std::string>& told, ErrorCode code) {
    const std::string_view message = told.has_value() ? std::string_view(*told)
                                     : answer->error_message.has_value()
                                         ? std::string_view(*answer->error_message)
                                         : DescriptionOf(code);
    return KafkaError(code, StrCat(queue.topic, "-", queue.partition, ": ", message));
  };
  outcome.status = error_of(std::nullopt, answer->error_code);
  // With several of them nobody knows which one the code of the partition is about.
  const bool one = answer->record_errors.size() == 1;
  for (const auto& record : answer->record_errors) {
    outcome.of_records[record.batch_index] = error_of(
        record.batch_index_error_message, one ? answer->error_code : ErrorCode::kInvalidRecord);
  }
  if (!outcome.of_records.empty()) {
    outcome.status =
        KafkaError(answer->error_code, StrCat(queue.topic, "-", queue.partition,
                                              ": another record of the same batch was refused: ",
                                              MessageOf(outcome.of_records.begin()->second)));
  }
  LearnLeader(drained, *answer, response);
  return outcome;
}

// An answer may name the leader that it should have gone to (KIP-951).
void Sender::LearnLeader(const DrainedBatch& drained, const PartitionAnswer& answer,
                         const ProduceResponse& response) {
  const auto& told = answer.current_leader;
  if (told.leader_id < NodeId(0) || told.leader_epoch < LeaderEpoch(0)) return;
  for (const auto& endpoint : response.node_endpoints) {
    if (endpoint.node_id != told.leader_id) continue;
    if (endpoint.port < 0 || endpoint.port > UINT16_MAX) continue;
    LeaderInfo leader;
    leader.node = told.leader_id;
    leader.epoch = told.leader_epoch;
    leader.address = Address{.host = endpoint.host, .port = static_cast<uint16_t>(endpoint.port)};
    metadata_.UpdateLeader(drained.queue->topic, drained.queue->partition, std::move(leader));
  }
}

}  // namespace penstock
