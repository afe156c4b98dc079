// Something that happens again and again. Wait ends with the next notification after it began; the
// caller looks at the state again in a loop. A waiter that is cancelled between its notification
// and its turn passes NotifyOne on.
#pragma once

#include "runtime/executor.h"
#include "runtime/run_queue.h"
#include "runtime/task.h"

namespace penstock {

class Condition {
 public:
  // `executor` outlives the condition; the condition outlives the Tasks of Wait.
  explicit Condition(Executor& executor) : executor_(executor) {}

  void NotifyOne() {
    if (waiting_.empty()) return;
    Waiter& waiter = static_cast<Waiter&>(waiting_.PopFront());
    waiter.owes_notification = true;
    executor_.Post(waiter);
  }
  void NotifyAll() {
    while (!waiting_.empty()) executor_.Post(waiting_.PopFront());
  }
  Task<> Wait() {
    Waiter waiter(*this);
    co_await waiter;
    waiter.owes_notification = false;
  }

 private:
  struct Waiter final : public Parking {
    explicit Waiter(Condition& owner) : Parking(owner.waiting_), condition(owner) {}
    ~Waiter() override {
      if (owes_notification) condition.NotifyOne();
    }
    Condition& condition;
    bool owes_notification = false;
  };

  Executor& executor_;
  RunQueue waiting_;
};

}  // namespace penstock
