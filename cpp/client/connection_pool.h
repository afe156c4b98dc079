// The connections of a client: one per address, opened when it is first asked for, closed when it
// has been idle, opened again after a back-off when it broke.
//
// A broker works on the requests of one connection one after the other, so a long poll stands in
// the way of everything behind it: who fetches has a pool of its own.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "base/status.h"
#include "base/time.h"
#include "client/broker_connection.h"
#include "client/client_options.h"
#include "runtime/condition.h"
#include "runtime/event.h"
#include "runtime/runtime.h"
#include "runtime/task.h"
#include "runtime/task_group.h"

namespace penstock {

class ConnectionPool {
 public:
  // `runtime` outlives the pool.
  ConnectionPool(Runtime& runtime, ClientOptions options);
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;
  // Close() has been awaited, or the machine crashes.
  ~ConnectionPool();

  // An open connection. Where there is none, waits for the back-off of the address and tries once;
  // all who ask meanwhile get the outcome of the same try. Cancelling a caller does not cancel it.
  // The pool outlives the Task. Cancelled after Close().
  Task<StatusOr<std::shared_ptr<BrokerConnection>>> Get(Address address);

  // Get, then Call.
  template <class Request>
  Task<StatusOr<typename Request::Response>> Call(Address address, Request request,
                                                  CallOptions options) {
    CO_ASSIGN_OR_RETURN(const std::shared_ptr<BrokerConnection> connection,
                        co_await Get(std::move(address)));
    co_return co_await connection->Call(std::move(request), options);
  }
  template <class Request>
  Task<StatusOr<typename Request::Response>> Call(Address address, Request request) {
    CallOptions options;
    co_return co_await Call(std::move(address), std::move(request), options);
  }

  // True if Get would give a connection at once.
  bool IsOpen(const Address& address) const;
  // When the next try may begin; in the past where there is no back-off.
  Instant RetryAt(const Address& address) const;
  // Open connections.
  size_t size() const;

  // Closes every connection, which ends the calls in flight, and waits until nothing of the pool
  // runs. Not from a task of a call.
  Task<> Close();

  const ClientOptions& options() const { return options_; }

 private:
  // One try to connect; shared by the pool and by those who wait for it, who may outlive each
  // other.
  struct Try;
  struct Endpoint {
    std::shared_ptr<BrokerConnection> connection;  // null or closed: there is none
    std::shared_ptr<Try> opening;                  // null: nobody tries
    int failures = 0;                              // in a row
    Instant retry_at;
  };

  Task<> OpenEndpoint(Address address, std::shared_ptr<Try> attempt);
  Task<> CloseIdle();
  void NoteEnd(Endpoint& endpoint);
  Instant NextIdleEnd() const;

  Runtime& runtime_;
  const ClientOptions options_;
  std::map<Address, Endpoint> endpoints_;
  bool closed_ = false;
  Condition opened_;
  TaskGroup tasks_;
};

}  // namespace penstock
