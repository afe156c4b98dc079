// A line of Runnables: work that may run now, or waiters of one thing. First in, first out; a node
// that is destroyed takes itself out.
#pragma once

#include "base/check.h"
#include "runtime/executor.h"

namespace penstock {

class RunQueue {
 public:
  RunQueue() { end_.next_ = end_.previous_ = &end_; }
  RunQueue(const RunQueue&) = delete;
  RunQueue& operator=(const RunQueue&) = delete;
  ~RunQueue() {
    while (!empty()) PopFront();
  }

  bool empty() const { return end_.next_ == &end_; }
  // Only if it is not empty.
  Runnable& front() {
    CHECK(!empty());
    return *end_.next_;
  }
  // `work` must not be in a queue.
  void PushBack(Runnable& work) {
    CHECK(!work.queued());
    work.previous_ = end_.previous_;
    work.next_ = &end_;
    end_.previous_->next_ = &work;
    end_.previous_ = &work;
  }
  Runnable& PopFront() {
    Runnable& first = front();
    first.Unlink();
    return first;
  }

 private:
  class End final : public Runnable {
   public:
    void Run() override {}
  };

  End end_;
};

// Awaited once, as a named local: waits in `line` until somebody takes it out and posts it.
class Parking : public Runnable {
 public:
  explicit Parking(RunQueue& line) : line_(line) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    line_.PushBack(*this);
  }
  void await_resume() const noexcept {}
  void Run() override { waiting_.resume(); }

 private:
  RunQueue& line_;
  std::coroutine_handle<> waiting_;
};

}  // namespace penstock
