#include "client/admin_caller.h"

#include "base/strings.h"
#include "client/connect_step.h"

namespace penstock {

namespace {
constexpr Duration kDefaultTimeout = Milliseconds(60'000);  // default.api.timeout.ms
constexpr Duration kTimeoutMax = std::chrono::hours(24 * 365);
}  // namespace

Instant AdminCaller::DeadlineOf(const AdminOptions& options) const {
  return runtime_.clock.Now() + std::min(options.timeout.value_or(kDefaultTimeout), kTimeoutMax);
}

Status AdminCaller::Unanswered() {
  return KafkaError(ErrorCode::kUnknownServerError, "the broker's answer leaves the partition out");
}

Status AdminCaller::TimedOut() {
  return KafkaError(ErrorCode::kRequestTimedOut, "no answer in the time that was given");
}

Status AdminCaller::BehindWhich(const Status& failure, const Status& before) {
  if (before.ok() || !(failure == TimedOut())) return failure;
  const Status both = KafkaError(ErrorCode::kRequestTimedOut,
                                 StrCat(failure.message(), "; before: ", before.message()));
  const std::optional<ConnectStep> step = FailedStepOf(before);
  return step.has_value() ? FailedAt(*step, both) : both;
}

Task<StatusOr<Address>> AdminCaller::Find(AdminTarget target, Instant deadline) {
  switch (target.kind) {
    case AdminTarget::Kind::kController:
      co_return co_await metadata_.AwaitController(deadline);
    case AdminTarget::Kind::kBroker:
      co_return co_await metadata_.AwaitBroker(target.id, deadline);
    case AdminTarget::Kind::kAny:
      break;
  }
  co_return metadata_.AnyBroker();
}

Task<> AdminCaller::GroupByLeader(Grouping& grouping, Instant deadline) {
  // Patience is for all of them together, so there must be an answer about each one before it ends.
  bool all_known = true;
  for (const size_t position : grouping.open) {
    const TopicPartitionName& name = grouping.partitions[position];
    metadata_.Follow(name.topic);
    all_known = all_known && metadata_.cache().FindLeader(name.topic, name.partition).ok();
  }
  bool told = true;
  if (!all_known) {
    const Status refreshed = co_await metadata_.Refresh(deadline);
    told = refreshed.ok();
  }
  const Instant patience = runtime_.clock.Now() + kUnknownPartitionPatience;
  const Instant soon = told ? std::min(patience, deadline) : deadline;
  for (const size_t position : grouping.open) {
    const TopicPartitionName& name = grouping.partitions[position];
    auto leader = co_await metadata_.AwaitLeader(name.topic, name.partition, soon);
    if (!leader.ok() && told) {
      const Status known = metadata_.cache().FindLeader(name.topic, name.partition).status();
      const bool unknown = ErrorCodeOf(known) == ErrorCode::kUnknownTopicOrPartition;
      if (unknown) {
        leader = known;
      } else {
        leader = co_await metadata_.AwaitLeader(name.topic, name.partition, deadline);
      }
    }
    if (leader.ok()) {
      grouping.leaders[leader->address].push_back(position);
    } else {
      grouping.statuses[position] = leader.status();
    }
  }
}

Task<bool> AdminCaller::MayRetry(Status failure, int failures, Instant deadline) {
  if (!IsRetriable(failure)) co_return false;
  const ClientOptions& options = pool_.options();
  const Backoff backoff{options.retry_backoff, options.retry_backoff_max};
  const Instant again = runtime_.clock.Now() + backoff.After(failures, runtime_.random);
  if (again >= deadline) co_return false;
  metadata_.Invalidate();
  co_await runtime_.timers.SleepUntil(again);
  co_return true;
}

}  // namespace penstock
