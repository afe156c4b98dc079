// An offset that rises, and coroutines that wait until it has reached theirs. Waiters go on in a
// later step of the loop.
#pragma once

#include "base/ids.h"
#include "base/status.h"
#include "runtime/executor.h"
#include "runtime/run_queue.h"
#include "runtime/task.h"

namespace penstock {

class OffsetGate {
 public:
  // `executor` outlives the gate; the gate outlives the Tasks of WaitFor.
  explicit OffsetGate(Executor& executor) : executor_(executor) {}

  Offset reached() const { return reached_; }

  // OK once reached() >= end was true; the error of Fail or TruncateTo otherwise.
  Task<Status> WaitFor(Offset end);

  // Lower offsets change nothing.
  void Advance(Offset reached);
  // Ends all waiting, now and later, with `failure`; what has been reached stays OK.
  void Fail(const Status& failure);
  // Sets the offset, also downwards; waiters beyond `reached` end with `lost`.
  void TruncateTo(Offset reached, const Status& lost);

 private:
  struct Waiter final : public Parking {
    Waiter(RunQueue& line, Offset end_offset) : Parking(line), end(end_offset) {}
    const Offset end;
    Status result;
  };

  // Posts the waiters at or below `reached_` with OK and, if `error` is not OK, the others with it.
  void Wake(const Status& error);

  Executor& executor_;
  Offset reached_{0};
  Status failure_;
  RunQueue waiting_;
};

}  // namespace penstock
