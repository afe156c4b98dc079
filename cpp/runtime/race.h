// Race(a, b): the result of whichever Task is done first; the other one is cancelled before the
// result is seen.
//
// Two tasks can be done in the same step of the loop; then the one that was resumed first wins. It
// is safe to cancel the loser at once: wakes go through the Executor, so the loser is never on the
// stack while the winner ends.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.h"
#include "runtime/task.h"
#include "runtime/timers.h"

namespace penstock {

namespace internal {

template <class T>
using RaceResult = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <size_t kIndex, class T, class Winner>
Task<> RunFor(Task<T> task, std::optional<Winner>& winner) {
  if constexpr (std::is_void_v<T>) {
    co_await task;
    winner.emplace(std::in_place_index<kIndex>);
  } else {
    T result = co_await task;
    winner.emplace(std::in_place_index<kIndex>, std::move(result));
  }
}

// Starts two tasks; goes on when the first of them is done.
class FirstOf {
 public:
  FirstOf(const Task<>& first, const Task<>& second) : first_(first), second_(second) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiting) {
    Task<>::Awaiter first = first_.operator co_await();
    if (!first.await_suspend(waiting)) return false;
    Task<>::Awaiter second = second_.operator co_await();
    return second.await_suspend(waiting);
  }
  void await_resume() const noexcept {}

 private:
  const Task<>& first_;
  const Task<>& second_;
};

}  // namespace internal

template <class A, class B>
Task<std::variant<internal::RaceResult<A>, internal::RaceResult<B>>> Race(Task<A> a, Task<B> b) {
  using Winner = std::variant<internal::RaceResult<A>, internal::RaceResult<B>>;
  std::optional<Winner> winner;
  Task<> first = internal::RunFor<0, A, Winner>(std::move(a), winner);
  Task<> second = internal::RunFor<1, B, Winner>(std::move(b), winner);
  internal::FirstOf race(first, second);
  co_await race;
  first = Task<>();
  second = Task<>();
  CHECK(winner.has_value());
  co_return *std::move(winner);
}

// The result of `task`, or nothing if it is not done at `deadline`; it is cancelled then. `timers`
// outlives the Task.
template <class T>
Task<std::optional<internal::RaceResult<T>>> Before(Timers& timers, Instant deadline,
                                                    Task<T> task) {
  using Result = std::optional<internal::RaceResult<T>>;
  Task<> alarm = timers.SleepUntil(deadline);
  auto winner = co_await Race(std::move(task), std::move(alarm));
  if (winner.index() != 0) co_return Result();
  co_return Result(std::get<0>(std::move(winner)));
}

}  // namespace penstock
