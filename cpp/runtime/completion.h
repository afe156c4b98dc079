// A result that one side gives once and the other side waits for: the bridge from a callback to a
// Task.
#pragma once

#include <optional>
#include <utility>

#include "base/check.h"
#include "runtime/event.h"

namespace penstock {

template <class T>
class Completion {
 public:
  // `executor` outlives the completion; the completion outlives the Task of Wait.
  explicit Completion(Executor& executor) : finished_(executor) {}

  bool finished() const { return finished_.is_set(); }
  // Once.
  void Finish(T result) {
    CHECK(!finished());
    result_.emplace(std::move(result));
    finished_.Set();
  }
  // Once.
  Task<T> Wait() {
    co_await finished_.Wait();
    CHECK(result_.has_value());
    T result = *std::move(result_);
    result_.reset();
    co_return result;
  }

 private:
  std::optional<T> result_;
  Event finished_;
};

}  // namespace penstock
