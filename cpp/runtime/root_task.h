// A Task that nobody awaits: a world runs it from plain code and looks whether it is done.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.h"
#include "runtime/task.h"

namespace penstock {

template <class T>
class RootTask {
 public:
  explicit RootTask(Task<T> task) : body_(Keep(std::move(task), result_)) {}
  RootTask(const RootTask&) = delete;
  RootTask& operator=(const RootTask&) = delete;

  // Runs it up to where it first waits. Once. Nothing of this object is touched after the task has
  // ended.
  void Start() {
    Task<>::Awaiter awaiter = body_.operator co_await();
    awaiter.await_suspend(std::noop_coroutine());
  }
  bool done() const { return result_.has_value(); }
  T TakeResult() {
    CHECK(done());
    if constexpr (!std::is_void_v<T>) return *std::move(result_);
  }

 private:
  using Result = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

  static Task<> Keep(Task<T> task, std::optional<Result>& result) {
    if constexpr (std::is_void_v<T>) {
      co_await task;
      result.emplace();
    } else {
      T value = co_await task;
      result.emplace(std::move(value));
    }
  }

  std::optional<Result> result_;
  Task<> body_;
};

}  // namespace penstock
