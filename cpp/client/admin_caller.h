// Takes a request of administration to the node that can answer it, and again
// after an error that a retry may mend, until a deadline.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "base/time.h"
#include "client/admin_types.h"
#include "client/backoff.h"
#include "client/cluster_metadata.h"
#include "client/connection_pool.h"
#include "runtime/race.h"
#include "runtime/runtime.h"
#include "runtime/task.h"

namespace penstock {

// Where a request goes. Trivial, so that it can be an argument of an await.
struct AdminTarget {
  enum class Kind { kAny, kController, kBroker };

  static AdminTarget Any() { return {Kind::kAny, kNoNode}; }
  static AdminTarget Controller() { return {Kind::kController, kNoNode}; }
  static AdminTarget Broker(NodeId id) { return {Kind::kBroker, id}; }

  Kind kind;
  NodeId id;
};

// A request about partitions, made of and taken apart by the position of a
// partition in the list.
template <class Request>
struct LeaderCall {
  std::function<Request(const std::vector<size_t>& positions)> ask;
  // Sets the status of every partition that the response names.
  std::function<void(const typename Request::Response& response, std::vector<Status>& statuses)>
      take;
};

class AdminCaller {
 public:
  // All outlive the object.
  AdminCaller(Runtime& runtime, ConnectionPool& pool, ClusterMetadata& metadata)
      : runtime_(runtime), pool_(pool), metadata_(metadata) {}

  Instant DeadlineOf(const AdminOptions& options) const;

  // The first response whose error, as `error_of` finds it, is none or one that
  // no retry mends. The request's own timeout_ms is set to the time left. A
  // request whose connection broke is sent again: what it asks for may be done
  // twice.
  template <class Request>
  Task<StatusOr<typename Request::Response>> Ask(
      AdminTarget target, Request request,
      std::function<ErrorCode(const typename Request::Response&)> error_of, Instant deadline) {
    using Response = typename Request::Response;
    Status last;
    for (int failures = 1;; ++failures) {
      CO_ASSIGN_OR_RETURN(Address address, co_await Find(target, deadline));
      auto calling = Send(std::move(address), request, deadline);
      StatusOr<Response> response = co_await calling;
      Status failure = response.status();
      if (response.ok()) {
        const ErrorCode error = error_of(*response);
        if (!IsRetriable(error)) co_return response;
        failure = KafkaError(error, DescriptionOf(error));
      }
      const bool go_on = co_await MayRetry(failure, failures, deadline);
      if (!go_on) co_return BehindWhich(failure, last);
      last = failure;
    }
  }

  // Asks the leaders of `partitions`, each for its own, and again where the
  // leader has moved. A status for each, in their order. A partition that the
  // cluster does not know is waited for kUnknownPartitionPatience.
  template <class Request>
  Task<std::vector<Status>> AskLeaders(std::vector<TopicPartitionName> partitions,
                                       LeaderCall<Request> call, Instant deadline) {
    std::vector<Status> statuses(partitions.size(), Unanswered());
    std::vector<size_t> open(partitions.size());
    for (size_t i = 0; i < open.size(); ++i) open[i] = i;
    for (int failures = 1; !open.empty(); ++failures) {
      Grouping grouping(partitions, open, statuses);
      co_await GroupByLeader(grouping, deadline);
      open.clear();
      Status retriable;
      for (const auto& [leader, positions] : grouping.leaders) {
        for (const size_t position : positions) statuses[position] = Unanswered();
        auto calling = Send(leader, call.ask(positions), deadline);
        const auto response = co_await calling;
        if (response.ok()) call.take(*response, statuses);
        for (const size_t position : positions) {
          if (!response.ok()) statuses[position] = response.status();
          if (!IsRetriable(statuses[position])) continue;
          open.push_back(position);
          retriable = statuses[position];
        }
      }
      if (open.empty()) break;
      const bool go_on = co_await MayRetry(retriable, failures, deadline);
      if (!go_on) break;
    }
    co_return statuses;
  }

  static constexpr Duration kUnknownPartitionPatience = Milliseconds(1'000);

 private:
  // Partitions that still have to be asked for, and what came of finding their
  // leaders.
  struct Grouping {
    Grouping(const std::vector<TopicPartitionName>& all, const std::vector<size_t>& some,
             std::vector<Status>& results)
        : partitions(all), open(some), statuses(results) {}

    const std::vector<TopicPartitionName>& partitions;
    const std::vector<size_t> open;
    std::vector<Status>& statuses;  // of those without a leader
    std::map<Address, std::vector<size_t>> leaders;
  };

  static Status Unanswered();

  template <class Request>
  Task<StatusOr<typename Request::Response>> Send(Address address, Request request,
                                                  Instant deadline) {
    const Duration left = std::max(deadline - runtime_.clock.Now(), Duration(0));
    if constexpr (requires { request.timeout_ms; }) {
      request.timeout_ms = static_cast<int32_t>(std::min<int64_t>(InMilliseconds(left), INT32_MAX));
    }
    CallOptions options;
    options.timeout = std::min(left, pool_.options().request_timeout);
    auto calling = pool_.Call(std::move(address), std::move(request), options);
    auto response = co_await Before(runtime_.timers, deadline, std::move(calling));
    if (response.has_value()) co_return *std::move(response);
    co_return TimedOut();
  }

  Task<StatusOr<Address>> Find(AdminTarget target, Instant deadline);
  Task<> GroupByLeader(Grouping& grouping, Instant deadline);
  // False if `failure` stays; else the back-off is over and the metadata is
  // being refreshed.
  Task<bool> MayRetry(Status failure, int failures, Instant deadline);
  static Status TimedOut();
  // `failure`, and where that only says that the time was over, also what went wrong before.
  static Status BehindWhich(const Status& failure, const Status& before);

  Runtime& runtime_;
  ConnectionPool& pool_;
  ClusterMetadata& metadata_;
};

}  // namespace penstock
