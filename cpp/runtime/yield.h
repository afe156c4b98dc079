// Lets everything run that is ready now, then goes on.
#pragma once

#include "runtime/executor.h"
#include "runtime/task.h"

namespace penstock {

namespace internal {
class YieldAwaiter final : public Runnable {
 public:
  explicit YieldAwaiter(Executor& executor) : executor_(executor) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    executor_.Post(*this);
  }
  void await_resume() const noexcept {}
  void Run() override { waiting_.resume(); }

 private:
  Executor& executor_;
  std::coroutine_handle<> waiting_;
};
}  // namespace internal

// `executor` outlives the Task.
inline Task<> Yield(Executor& executor) {
  internal::YieldAwaiter awaiter(executor);
  co_await awaiter;
}

}  // namespace penstock
