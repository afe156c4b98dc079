#include "client/connection_pool.h"

#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "client/backoff.h"
#include "runtime/race.h"

namespace penstock {

struct ConnectionPool::Try {
  explicit Try(Executor& executor) : done(executor) {}

  Event done;
  Status failure;
  std::shared_ptr<BrokerConnection> connection;
};

ConnectionPool::ConnectionPool(Runtime& runtime, ClientOptions options)
    : runtime_(runtime),
      options_(std::move(options)),
      opened_(runtime.executor),
      tasks_(runtime.executor, [](const Status&) {
        // A connection tells why it ended to those who call it.
      }) {
  tasks_.Start(CloseIdle());
}

ConnectionPool::~ConnectionPool() = default;

bool ConnectionPool::IsOpen(const Address& address) const {
  const auto found = endpoints_.find(address);
  if (found == endpoints_.end()) return false;
  const auto& connection = found->second.connection;
  return connection != nullptr && !connection->closed();
}

Instant ConnectionPool::RetryAt(const Address& address) const {
  const auto found = endpoints_.find(address);
  if (found == endpoints_.end()) return Instant();
  const Endpoint& endpoint = found->second;
  if (endpoint.connection != nullptr && endpoint.connection->closed()) {
    return endpoint.connection->ended_at() + options_.reconnect_backoff;
  }
  return endpoint.retry_at;
}

size_t ConnectionPool::size() const {
  return static_cast<size_t>(
      std::count_if(endpoints_.begin(), endpoints_.end(), [](const auto& entry) {
        return entry.second.connection != nullptr && !entry.second.connection->closed();
      }));
}

Task<StatusOr<std::shared_ptr<BrokerConnection>>> ConnectionPool::Get(Address address) {
  if (closed_) co_return Cancelled("the client was closed");
  Endpoint& endpoint = endpoints_[address];
  NoteEnd(endpoint);
  if (endpoint.connection != nullptr) co_return endpoint.connection;
  if (endpoint.opening == nullptr) {
    endpoint.opening = std::make_shared<Try>(runtime_.executor);
    tasks_.Start(OpenEndpoint(std::move(address), endpoint.opening));
  }
  const std::shared_ptr<Try> attempt = endpoint.opening;
  co_await attempt->done.Wait();
  if (!attempt->failure.ok()) co_return attempt->failure;
  co_return attempt->connection;
}

// A connection that broke is forgotten; the next one waits at least for the first back-off.
void ConnectionPool::NoteEnd(Endpoint& endpoint) {
  if (endpoint.connection == nullptr || !endpoint.connection->closed()) return;
  endpoint.retry_at = endpoint.connection->ended_at() + options_.reconnect_backoff;
  endpoint.connection.reset();
}

Task<> ConnectionPool::OpenEndpoint(Address address, std::shared_ptr<Try> attempt) {
  const Instant retry_at = endpoints_[address].retry_at;
  if (retry_at > runtime_.clock.Now()) co_await runtime_.timers.SleepUntil(retry_at);
  auto opened = co_await BrokerConnection::Open(runtime_, tasks_, options_, address);
  Endpoint& endpoint = endpoints_[address];
  endpoint.opening.reset();
  if (opened.ok() && closed_) {
    (*opened)->Close();
    opened = Cancelled("the client was closed");
  }
  if (opened.ok()) {
    endpoint.failures = 0;
    endpoint.connection = *opened;
    attempt->connection = *opened;
    opened_.NotifyAll();
  } else {
    const Backoff backoff{options_.reconnect_backoff, options_.reconnect_backoff_max};
    const Duration wait = backoff.After(++endpoint.failures, runtime_.random);
    endpoint.retry_at = runtime_.clock.Now() + wait;
    attempt->failure = opened.status();
  }
  attempt->done.Set();
}

Instant ConnectionPool::NextIdleEnd() const {
  Instant next = Instant::Never();
  for (const auto& [address, endpoint] : endpoints_) {
    if (endpoint.connection == nullptr || endpoint.connection->closed()) continue;
    const bool in_use = endpoint.connection->in_flight() > 0;
    const Instant since = in_use ? runtime_.clock.Now() : endpoint.connection->last_used();
    next = std::min(next, since + options_.connection_idle_max);
  }
  return next;
}

Task<> ConnectionPool::CloseIdle() {
  while (!closed_) {
    const Instant next = NextIdleEnd();
    if (next == Instant::Never()) {
      co_await opened_.Wait();
      continue;
    }
    if (next > runtime_.clock.Now()) {
      Task<> woken = opened_.Wait();
      co_await Before(runtime_.timers, next, std::move(woken));
      continue;
    }
    for (auto& [address, endpoint] : endpoints_) {
      const auto& connection = endpoint.connection;
      if (connection == nullptr || connection->closed() || connection->in_flight() > 0) continue;
      if (connection->last_used() + options_.connection_idle_max > runtime_.clock.Now()) continue;
      connection->Close();
      endpoint.connection.reset();  // no back-off: nothing went wrong
    }
  }
}

Task<> ConnectionPool::Close() {
  closed_ = true;
  for (auto& [address, endpoint] : endpoints_) {
    if (endpoint.connection != nullptr) endpoint.connection->Close();
    if (endpoint.opening == nullptr) continue;
    endpoint.opening->failure = Cancelled("the client was closed");
    endpoint.opening->done.Set();
  }
  opened_.NotifyAll();
  co_await tasks_.Stop();
}

}  // namespace penstock
