#include "client/sender.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "protocol/messages/init_producer_id.h"
#include "runtime/race.h"

namespace penstock {
namespace {

constexpr size_t kHalvesMin = 2;  // records, so that a batch can be split

std::string NameOf(const PartitionQueue& queue) {
  return StrCat(queue.topic, "-", queue.partition);
}

}  // namespace

Sender::Sender(Runtime& runtime, ConnectionPool& pool, ClusterMetadata& metadata,
               const ProducerConfig& config, Accumulator& accumulator, Idempotence* idempotence)
    : runtime_(runtime),
      pool_(pool),
      metadata_(metadata),
      config_(config),
      accumulator_(accumulator),
      idempotence_(idempotence),
      backoff_{.first = config.retry_backoff, .max = config.retry_backoff_max},
      wakes_(runtime.executor),
      finished_(runtime.executor),
      tasks_(runtime.executor, [](const Status&) {
        // No task of this group ends with an error: each error belongs to a batch.
      }) {
  tasks_.Start(Loop());
}

Sender::~Sender() = default;

void Sender::Wake() {
  woken_ = true;
  wakes_.NotifyOne();
}

Task<> Sender::AwaitFinished(uint64_t number) {
  while (!accumulator_.AllFinishedUpTo(number)) co_await finished_.Wait();
}

Task<size_t> Sender::Stop(Status why) {
  stopped_ = true;
  co_await tasks_.Stop();
  size_t left = 0;
  Outcome outcome;
  outcome.status = std::move(why);
  std::vector<DrainedBatch> batches = accumulator_.TakeAll();
  for (Sent& sent : std::exchange(sent_, {})) {
    for (DrainedBatch& drained : sent.batches) batches.push_back(std::move(drained));
  }
  std::ranges::sort(batches, {}, [](const DrainedBatch& one) { return one.batch->number(); });
  for (const DrainedBatch& drained : batches) {
    if (drained.batch->finished()) continue;
    left += static_cast<size_t>(drained.batch->records_count());
    Fail(drained, outcome);
  }
  co_return left;
}

std::optional<LeaderOfPartition> Sender::LeaderOf(const PartitionQueue& queue) const {
  const auto leader = metadata_.cache().FindLeader(queue.topic, queue.partition);
  if (!leader.ok()) return std::nullopt;
  return LeaderOfPartition{.node = leader->node, .epoch = leader->epoch};
}

bool Sender::Accepts(NodeId id) const {
  const BrokerInfo* broker = metadata_.cache().FindBroker(id);
  if (broker == nullptr || !pool_.IsOpen(broker->address)) return false;
  const auto node = nodes_.find(id);
  return node == nodes_.end() || (node->second.in_flight < config_.max_in_flight &&
                                  node->second.throttled_until <= runtime_.clock.Now());
}

Task<> Sender::Loop() {
  while (!stopped_) {
    woken_ = false;
    const Instant look_again = Step();
    if (woken_) continue;
    Task<> woken = wakes_.Wait();
    if (look_again == Instant::Never()) {
      co_await woken;
    } else {
      co_await Before(runtime_.timers, look_again, std::move(woken));
    }
  }
}

Instant Sender::Step() {
  const Instant now = runtime_.clock.Now();
  Instant look_again = Expire(now);
  if (idempotence_ != nullptr) {
    idempotence_->Settle();
    if (!idempotence_->known() && !taking_identity_ && accumulator_.waiting()) {
      taking_identity_ = true;
      tasks_.Start(TakeIdentity());
    }
  }
  Drained drained;
  do {
    drained = accumulator_.Drain(*this, now);
    for (auto& [node, batches] : drained.requests) StartRequest(node, std::move(batches));
  } while (!drained.requests.empty());
  for (const NodeId id : drained.not_accepting) {
    Node& node = nodes_[id];
    if (node.throttled_until > now) look_again = std::min(look_again, node.throttled_until);
    const BrokerInfo* broker = metadata_.cache().FindBroker(id);
    if (node.connecting || broker == nullptr || pool_.IsOpen(broker->address)) continue;
    node.connecting = true;
    tasks_.Start(Connect(id, broker->address));
  }
  for (const auto& [topic, partition] : drained.leaderless) {
    if (sought_.insert(topic).second) tasks_.Start(FindLeader(topic, partition));
  }
  return std::min(look_again, drained.look_again);
}

Instant Sender::Expire(Instant now) {
  Instant next = Instant::Never();
  const std::vector<DrainedBatch> waiting = accumulator_.TakeExpired(now);
  std::vector<const DrainedBatch*> expired;
  for (const DrainedBatch& drained : waiting) expired.push_back(&drained);
  for (const Sent& sent : sent_) {
    for (const DrainedBatch& drained : sent.batches) {
      if (drained.batch->finished()) continue;
      const Instant expires_at = drained.batch->created() + config_.delivery_timeout;
      if (expires_at <= now) {
        expired.push_back(&drained);
      } else {
        next = std::min(next, expires_at);
      }
    }
  }
  // What is on the wire is older than what waits behind it.
  std::ranges::sort(expired, {}, [](const DrainedBatch* one) { return one->batch->number(); });
  for (const DrainedBatch* drained : expired) {
    Outcome outcome;
    outcome.status = ExpiryOf(*drained);
    Fail(*drained, outcome);
  }
  return next;
}

Status Sender::ExpiryOf(const DrainedBatch& drained) const {
  const ProducerBatch& batch = *drained.batch;
  std::string message = StrCat(
      batch.records_count(), " record(s) of ", NameOf(*drained.queue),
      " were not delivered within delivery.timeout.ms=", InMilliseconds(config_.delivery_timeout),
      ", after ", batch.attempts, " tries");
  if (!batch.last_error.ok()) StrAppend(message, "; the last error: ", MessageOf(batch.last_error));
  return KafkaError(ErrorCode::kRequestTimedOut, message);
}

// --- Before a request ---

Task<> Sender::Connect(NodeId node, Address address) {
  const auto connection = co_await pool_.Get(std::move(address));
  nodes_[node].connecting = false;
  // The node may be gone, and its partitions with it.
  if (!connection.ok()) metadata_.Invalidate();
  Wake();
}

Task<> Sender::FindLeader(std::string topic, PartitionId partition) {
  const Instant deadline = runtime_.clock.Now() + config_.request_timeout;
  const auto leader = co_await metadata_.AwaitLeader(topic, partition, deadline);
  if (!leader.ok()) {
    const ErrorCode error = ErrorCodeOf(leader.status());
    const bool is_final =
        error == ErrorCode::kInvalidTopicException || error == ErrorCode::kTopicAuthorizationFailed;
    if (is_final) FailAll(accumulator_.TakeAllOf(topic), leader.status());
    const Instant until = runtime_.clock.Now() + backoff_.After(1, runtime_.random);
    co_await runtime_.timers.SleepUntil(until);
  }
  sought_.erase(topic);
  Wake();
}

Task<> Sender::TakeIdentity() {
  const Status taken = co_await AskForIdentity();
  if (taken.ok()) {
    identity_failures_ = 0;
  } else {
    if (!IsRetriable(taken)) FailAll(accumulator_.TakeAll(), taken);
    const Instant until =
        runtime_.clock.Now() + backoff_.After(++identity_failures_, runtime_.random);
    co_await runtime_.timers.SleepUntil(until);
  }
  taking_identity_ = false;
  Wake();
}

Task<Status> Sender::AskForIdentity() {
  InitProducerIdRequest request;
  request.transactional_id = std::nullopt;
  request.transaction_timeout_ms = INT32_MAX;
  Address broker = metadata_.AnyBroker();
  CO_ASSIGN_OR_RETURN(const InitProducerIdResponse response,
                      co_await pool_.Call(std::move(broker), std::move(request)));
  if (response.error_code != ErrorCode::kNone) {
    co_return KafkaError(response.error_code,
                         StrCat("InitProducerId: ", DescriptionOf(response.error_code)));
  }
  if (response.producer_id <= kNoProducerId) co_return Internal("InitProducerId: no producer id");
  const ProducerIdentity identity{.id = response.producer_id, .epoch = response.producer_epoch};
  idempotence_->SetIdentity(identity);
  co_return OkStatus();
}

void Sender::FailAll(const std::vector<DrainedBatch>& batches, const Status& why) {
  Outcome outcome;
  outcome.status = why;
  for (const DrainedBatch& drained : batches) Fail(drained, outcome);
}

// --- The end of a batch ---

void Sender::Decide(DrainedBatch drained, const Outcome& outcome) {
  ProducerBatch& batch = *drained.batch;
  const ErrorCode error = outcome.status.ok() ? ErrorCode::kNone : ErrorCodeOf(outcome.status);
  // A duplicate that the broker remembers too little of to say where it is.
  const bool has_it = error == ErrorCode::kNone || error == ErrorCode::kDuplicateSequenceNumber;
  if (has_it) {
    if (idempotence_ != nullptr) idempotence_->Delivered(drained.queue->sequences, batch);
    if (batch.finished()) return;  // too late for its records
    accumulator_.Finished(batch);
    batch.Deliver(outcome.base_offset, outcome.log_append_time);
    finished_.NotifyAll();
    return;
  }
  if (batch.finished()) return;
  if (error == ErrorCode::kMessageTooLarge && batch.records_count() >= int32_t{kHalvesMin}) {
    accumulator_.PutBackSplit(std::move(drained));
  } else if (MayRetry(drained, outcome)) {
    Retry(std::move(drained), outcome.status);
  } else {
    Fail(drained, outcome);
  }
}

bool Sender::MayRetry(const DrainedBatch& drained, const Outcome& outcome) {
  const ProducerBatch& batch = *drained.batch;
  const Instant now = runtime_.clock.Now();
  if (batch.created() + config_.delivery_timeout <= now) return false;
  if (batch.attempts > config_.retries) return false;
  if (IsRetriable(outcome.status)) return true;
  return idempotence_ != nullptr &&
         idempotence_->MayRetry(drained.queue->sequences, batch, ErrorCodeOf(outcome.status),
                                outcome.log_start_offset);
}

void Sender::Retry(DrainedBatch drained, const Status& error) {
  ProducerBatch& batch = *drained.batch;
  batch.last_error = error;
  batch.retry_at = runtime_.clock.Now() + backoff_.After(batch.attempts, runtime_.random);
  accumulator_.PutBack(std::move(drained));
}

void Sender::Fail(const DrainedBatch& drained, const Outcome& outcome) {
  ProducerBatch& batch = *drained.batch;
  if (idempotence_ != nullptr) {
    idempotence_->GaveUp(drained.queue->sequences, batch);
    const ErrorCode error = ErrorCodeOf(outcome.status);
    const bool fenced =
        error == ErrorCode::kInvalidProducerEpoch || error == ErrorCode::kProducerFenced;
    if (fenced && batch.identity() == idempotence_->identity()) idempotence_->ForgetIdentity();
  }
  accumulator_.Finished(batch);
  batch.Fail(outcome.status, outcome.of_records);
  finished_.NotifyAll();
}

}  // namespace penstock
