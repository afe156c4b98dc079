// Task<T>: a coroutine with one owner. Lazy: it starts when awaited, or when a TaskGroup takes it.
// Destroying a Task cancels it: the frame goes, and with it every awaiter inside, which takes
// itself out of whatever it waited for.
//
// No symmetric transfer: g++ 12 does not turn it into a tail call in every preset, so a loop over
// ready tasks would overflow the stack. A child is resumed inside await_suspend, which returns
// false when the child is already done.
//
// No exception crosses an await: one that escapes a coroutine ends the process. Errors are Status.
// Thread: a Task lives and dies on one shard.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "base/check.h"

namespace penstock {

template <class T = void>
class Task;

namespace internal {

class TaskPromiseBase {
 public:
  std::suspend_always initial_suspend() noexcept { return {}; }
  auto final_suspend() noexcept { return FinalAwaiter{}; }
  [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }

  // The coroutine to go on with once this one is done. None while the awaiter itself runs this one
  // for the first time.
  std::coroutine_handle<> continuation = nullptr;

 private:
  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> finished) noexcept {
      const std::coroutine_handle<> next = finished.promise().continuation;
      if (next) next.resume();  // may destroy `finished`: nothing of it is touched after this
    }
    void await_resume() noexcept {}
  };
};

template <class T>
class TaskPromise final : public TaskPromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& value) {
    result_.emplace(std::forward<U>(value));
  }
  T TakeResult() {
    CHECK(result_.has_value());
    return *std::move(result_);
  }

 private:
  std::optional<T> result_;
};

template <>
class TaskPromise<void> final : public TaskPromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void TakeResult() noexcept {}
};

}  // namespace internal

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = internal::TaskPromise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      Reset();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() { Reset(); }

  bool valid() const { return handle_ != nullptr; }

  class Awaiter {
   public:
    explicit Awaiter(Handle handle) : handle_(handle) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> parent) {
      handle_.resume();
      if (handle_.done()) return false;
      handle_.promise().continuation = parent;
      return true;
    }
    T await_resume() { return handle_.promise().TakeResult(); }

   private:
    Handle handle_;
  };

  // Runs the task, once. The Task stays the owner of the frame until it is destroyed.
  Awaiter operator co_await() const& {
    CHECK(valid());
    return Awaiter(handle_);
  }
  Awaiter operator co_await() const&& {
    CHECK(valid());
    return Awaiter(handle_);
  }

 private:
  void Reset() {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }

  Handle handle_ = nullptr;
};

namespace internal {

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}

}  // namespace internal
}  // namespace penstock
