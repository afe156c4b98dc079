#include "door/core.h"

#include <algorithm>
#include <ctime>

namespace penstock {
inline namespace v0 {

namespace {

int64_t NowNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// A year: as good as no limit, and a point of time can be reckoned with it.
constexpr Duration kLongest = std::chrono::hours(365 * 24);

}  // namespace

Result<void> ResultOf(const Status& status) {
  if (!status.ok()) return ErrorOf(status);
  return {};
}

ConfigMap MapOf(const Configs& configs) { return {configs.begin(), configs.end()}; }

std::optional<Duration> LimitOf(Timeout timeout) {
  if (timeout > kLongest) return std::nullopt;
  return std::max(timeout, Timeout::zero());
}

Duration DurationOf(Timeout timeout) { return std::clamp(timeout, Timeout::zero(), kLongest); }

TopicPartitionName NameOf(const TopicPartition& partition) {
  return {.topic = partition.topic, .partition = PartitionId(partition.partition)};
}

std::vector<TopicPartitionName> NamesOf(const std::vector<TopicPartition>& partitions) {
  std::vector<TopicPartitionName> names;
  names.reserve(partitions.size());
  for (const TopicPartition& partition : partitions) names.push_back(NameOf(partition));
  return names;
}

TimeLimit::TimeLimit(std::optional<Duration> limit) {
  if (limit.has_value()) at_ns_ = NowNs() + limit->count();
}

std::optional<Duration> TimeLimit::left() const {
  if (!at_ns_.has_value()) return std::nullopt;
  return Duration(std::max<int64_t>(*at_ns_ - NowNs(), 0));
}

bool WaitFor(Waiter& waiter, const TimeLimit& deadline) {
  while (true) {
    const Waiter::End end = waiter.Wait(deadline.left());
    if (end == Waiter::End::kTold) return true;
    if (end == Waiter::End::kTimeout) return false;
  }
}

}  // namespace v0
}  // namespace penstock
