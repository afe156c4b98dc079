// Waiting for an engine with the GIL released. A signal that Python handles ends the wait; what was
// asked for goes on without a listener then.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <optional>
#include <utility>

#include "base/status.h"
#include "base/time.h"
#include "bindings/errors.h"
#include "embed/signal.h"

namespace penstock {

// A limit given in seconds, from now on.
class Deadline {
 public:
  // None or nothing: no limit.
  explicit Deadline(std::optional<double> seconds);
  // Nothing: no limit. Not below zero.
  std::optional<Duration> left() const;

 private:
  std::optional<int64_t> at_ns_;
};

// With the GIL. True if the waiter was told, false at the deadline. Throws what a signal handler of
// Python raised.
bool WaitFor(Waiter& waiter, const Deadline& deadline);

// Calls `start(done)`, and waits until `done(result)` was called, from whatever thread. Throws what
// a signal handler raised, or the error of a timeout that says `what`.
template <class Result, class Start>
Result Await(const Deadline& deadline, std::string_view what, Start start) {
  struct Shared {
    Waiter waiter;
    std::optional<Result> result;
  };
  const auto shared = std::make_shared<Shared>();
  {
    const pybind11::gil_scoped_release released;
    start([shared](Result result) {
      shared->result.emplace(std::move(result));
      shared->waiter.Tell(0);
    });
  }
  if (!WaitFor(shared->waiter, deadline)) Raise(Status(StatusCode::kDeadlineExceeded, what));
  return *std::move(shared->result);
}

}  // namespace penstock
