#include "client/consumer.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "client/connect_step.h"
#include "client/fetcher.h"
#include "runtime/race.h"

namespace penstock {
namespace {

Status Closed() { return Cancelled("the consumer was closed"); }

// In time; `failure` says what went wrong last.
Status NoPosition(const TopicPartitionName& partition, const Status& failure) {
  std::string why = StrCat("no position of ", NameOf(partition), " in time");
  if (!failure.ok()) StrAppend(why, ": ", MessageOf(failure));
  const Status timed_out = KafkaError(ErrorCode::kRequestTimedOut, why);
  const std::optional<ConnectStep> step = FailedStepOf(failure);
  return step.has_value() ? FailedAt(*step, timed_out) : timed_out;
}

std::vector<OffsetQuery> QueriesOf(const std::vector<TopicPartitionName>& partitions,
                                   TimestampMs timestamp) {
  std::vector<OffsetQuery> queries;
  for (const TopicPartitionName& partition : partitions) {
    OffsetQuery& query = queries.emplace_back();
    query.partition = partition;
    query.timestamp = timestamp;
  }
  return queries;
}

}  // namespace

Consumer::Consumer(Runtime& runtime, ConnectionPool& fetches, ConnectionPool& lookups,
                   ClusterMetadata& metadata, ConsumerConfig config)
    : runtime_(runtime),
      config_(config),
      admin_(runtime, lookups, metadata),
      fetcher_(std::make_unique<Fetcher>(runtime, fetches, lookups, metadata, config_)) {}

Consumer::~Consumer() = default;

// --- what is read, and from where ---

void Consumer::Assign(const std::vector<TopicPartitionName>& partitions) {
  Subscription& subscription = fetcher_->subscription();
  std::vector<TopicPartitionName> added;
  for (const TopicPartitionName& partition : partitions) {
    if (subscription.Find(partition) == nullptr) added.push_back(partition);
  }
  subscription.Assign(partitions);
  const auto target = config_.auto_offset_reset.Target(runtime_.clock.WallNow());
  for (const TopicPartitionName& partition : added) subscription.Find(partition)->Reset(target);
  fetcher_->NotifyChange();
  fetcher_->Wake();
}

std::vector<TopicPartitionName> Consumer::assignment() const {
  std::vector<TopicPartitionName> partitions;
  for (const auto& [partition, state] : std::as_const(*fetcher_).subscription().partitions()) {
    partitions.push_back(partition);
  }
  return partitions;
}

Status Consumer::Seek(const TopicPartitionName& partition, Offset offset, LeaderEpoch epoch) {
  Subscription& subscription = fetcher_->subscription();
  RETURN_IF_ERROR(subscription.CheckAssigned({partition}));
  if (offset < Offset(0)) {
    return InvalidArgument(StrCat("offset ", offset, " of ", NameOf(partition), " is negative"));
  }
  subscription.Find(partition)->Seek(ReadPosition{.offset = offset, .epoch = epoch});
  subscription.DropOutdated();
  fetcher_->NotifyChange();
  fetcher_->Wake();
  return OkStatus();
}

Status Consumer::StartSeekToTime(const std::vector<TopicPartitionName>& partitions,
                                 TimestampMs timestamp) {
  Subscription& subscription = fetcher_->subscription();
  RETURN_IF_ERROR(subscription.CheckAssigned(partitions));
  const bool is_place = timestamp == kEarliestOffset || timestamp == kLatestOffset;
  if (!is_place && timestamp < TimestampMs(0)) {
    return InvalidArgument(StrCat("timestamp ", timestamp, " is negative"));
  }
  for (const TopicPartitionName& partition : partitions) {
    subscription.Find(partition)->Reset(timestamp);
  }
  subscription.DropOutdated();
  fetcher_->NotifyChange();
  fetcher_->Wake();
  return OkStatus();
}

Task<Status> Consumer::SeekToTime(std::vector<TopicPartitionName> partitions, TimestampMs timestamp,
                                  Instant deadline) {
  CO_RETURN_IF_ERROR(StartSeekToTime(partitions, timestamp));
  co_return co_await AwaitPositions(std::move(partitions), deadline);
}

Task<Status> Consumer::SeekToBeginning(std::vector<TopicPartitionName> partitions,
                                       Instant deadline) {
  co_return co_await SeekToTime(std::move(partitions), kEarliestOffset, deadline);
}

Task<Status> Consumer::SeekToEnd(std::vector<TopicPartitionName> partitions, Instant deadline) {
  co_return co_await SeekToTime(std::move(partitions), kLatestOffset, deadline);
}

Status Consumer::Pause(const std::vector<TopicPartitionName>& partitions) {
  RETURN_IF_ERROR(fetcher_->subscription().CheckAssigned(partitions));
  for (const TopicPartitionName& partition : partitions) {
    fetcher_->subscription().Find(partition)->set_paused(true);
  }
  fetcher_->Wake();
  return OkStatus();
}

Status Consumer::Resume(const std::vector<TopicPartitionName>& partitions) {
  RETURN_IF_ERROR(fetcher_->subscription().CheckAssigned(partitions));
  for (const TopicPartitionName& partition : partitions) {
    fetcher_->subscription().Find(partition)->set_paused(false);
  }
  fetcher_->NotifyChange();
  fetcher_->Wake();
  return OkStatus();
}

std::vector<TopicPartitionName> Consumer::paused() const {
  std::vector<TopicPartitionName> partitions;
  for (const auto& [partition, state] : std::as_const(*fetcher_).subscription().partitions()) {
    if (state.paused()) partitions.push_back(partition);
  }
  return partitions;
}

std::optional<Offset> Consumer::Position(const TopicPartitionName& partition) const {
  const PartitionState* const state = std::as_const(*fetcher_).subscription().Find(partition);
  return state == nullptr ? std::nullopt : state->position();
}

Task<StatusOr<Offset>> Consumer::AwaitPosition(TopicPartitionName partition, Instant deadline) {
  std::vector<TopicPartitionName> partitions(1, partition);
  CO_RETURN_IF_ERROR(co_await AwaitPositions(std::move(partitions), deadline));
  co_return *Position(partition);
}

Task<Status> Consumer::AwaitPositions(std::vector<TopicPartitionName> partitions,
                                      Instant deadline) {
  const Subscription& subscription = fetcher_->subscription();
  while (true) {
    if (fetcher_->stopped()) co_return Closed();
    CO_RETURN_IF_ERROR(subscription.CheckAssigned(partitions));
    const TopicPartitionName* open = nullptr;
    for (const TopicPartitionName& partition : partitions) {
      const PartitionState& state = *subscription.Find(partition);
      if (state.position().has_value()) continue;
      open = &partition;
      const bool may_pass = IsRetriable(state.failure()) ||
                            ErrorCodeOf(state.failure()) == ErrorCode::kUnknownServerError;
      if (!state.failure().ok() && !may_pass) co_return state.failure();
    }
    if (open == nullptr) co_return OkStatus();
    Task<> change = fetcher_->AwaitChange();
    const auto in_time = co_await Before(runtime_.timers, deadline, std::move(change));
    if (in_time.has_value()) continue;
    const PartitionState* const state = subscription.Find(*open);
    co_return NoPosition(*open, state == nullptr ? OkStatus() : state->failure());
  }
}

std::optional<PartitionEnds> Consumer::Ends(const TopicPartitionName& partition) const {
  const PartitionState* const state = std::as_const(*fetcher_).subscription().Find(partition);
  if (state == nullptr || state->ends == PartitionEnds()) return std::nullopt;
  return state->ends;
}

// --- what comes ---

std::optional<StatusOr<FetchedBatch>> Consumer::TryNext() { return fetcher_->Take(); }

Task<StatusOr<FetchedBatch>> Consumer::Next() {
  while (true) {
    if (fetcher_->stopped()) co_return Closed();
    std::optional<StatusOr<FetchedBatch>> batch = TryNext();
    if (batch.has_value()) co_return *std::move(batch);
    co_await fetcher_->AwaitChange();
  }
}

Task<StatusOr<std::vector<FetchedBatch>>> Consumer::Poll(size_t bytes_max, Instant deadline) {
  const Subscription& subscription = fetcher_->subscription();
  const uint64_t skips = subscription.skips();
  while (!subscription.HasNext()) {
    if (fetcher_->stopped()) co_return Closed();
    if (subscription.skips() != skips) break;
    Task<> change = fetcher_->AwaitChange();
    const auto in_time = co_await Before(runtime_.timers, deadline, std::move(change));
    if (!in_time.has_value()) break;
  }
  if (fetcher_->stopped()) co_return Closed();
  std::vector<FetchedBatch> batches;
  size_t bytes = 0;
  while (bytes < bytes_max || batches.empty()) {
    if (!batches.empty() && !subscription.NextIsBatch()) break;
    std::optional<StatusOr<FetchedBatch>> batch = TryNext();
    if (!batch.has_value()) break;
    if (!batch->ok()) co_return batch->status();
    bytes += (*batch)->bytes.size();
    batches.push_back(**std::move(batch));
  }
  co_return batches;
}

// --- what the log has ---

AdminOptions Consumer::Until(Instant deadline) const {
  AdminOptions options;
  options.timeout = std::max(deadline - runtime_.clock.Now(), Duration(0));
  return options;
}

Task<std::vector<OffsetResult>> Consumer::BeginningOffsets(
    std::vector<TopicPartitionName> partitions, Instant deadline) {
  std::vector<OffsetQuery> queries = QueriesOf(partitions, kEarliestOffset);
  co_return co_await OffsetsForTimes(std::move(queries), deadline);
}

Task<std::vector<OffsetResult>> Consumer::EndOffsets(std::vector<TopicPartitionName> partitions,
                                                     Instant deadline) {
  std::vector<OffsetQuery> queries = QueriesOf(partitions, kLatestOffset);
  co_return co_await OffsetsForTimes(std::move(queries), deadline);
}

Task<std::vector<OffsetResult>> Consumer::OffsetsForTimes(std::vector<OffsetQuery> queries,
                                                          Instant deadline) {
  AdminOptions options = Until(deadline);
  co_return co_await admin_.ListOffsets(std::move(queries), config_.read_committed,
                                        std::move(options));
}

Task<> Consumer::Close() { co_await fetcher_->Stop(); }

}  // namespace penstock
