// Something that happens once. Whoever waits goes on in a later step of the loop; whoever comes
// later does not wait.
#pragma once

#include "runtime/executor.h"
#include "runtime/run_queue.h"
#include "runtime/task.h"

namespace penstock {

class Event {
 public:
  // `executor` outlives the event; the event outlives the Tasks of Wait.
  explicit Event(Executor& executor) : executor_(executor) {}

  bool is_set() const { return set_; }
  void Set() {
    set_ = true;
    while (!waiting_.empty()) executor_.Post(waiting_.PopFront());
  }
  Task<> Wait() {
    if (set_) co_return;
    Parking parking(waiting_);
    co_await parking;
  }

 private:
  Executor& executor_;
  bool set_ = false;
  RunQueue waiting_;
};

}  // namespace penstock
