// A thread of its own that runs a LinuxWorld: the loop of a node inside a program. Other threads
// hand over work whole, through the loop's inbox; none of them ever runs the loop.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "base/check.h"
#include "base/status.h"
#include "runtime/linux/linux_world.h"
#include "runtime/task.h"
#include "runtime/task_group.h"

namespace penstock {

namespace internal {

// Tells `done` one result: that of a call, or, when it goes away without one, Cancelled.
template <class Result>
class Reply {
 public:
  explicit Reply(absl::AnyInvocable<void(Result)> done) : done_(std::move(done)) {}
  Reply(Reply&& other) noexcept : done_(std::exchange(other.done_, nullptr)) {}
  Reply& operator=(Reply&&) = delete;
  ~Reply() {
    if (done_) Send(Cancelled("the node was closed before it answered"));
  }
  void Send(Result result) { std::exchange(done_, nullptr)(std::move(result)); }

 private:
  absl::AnyInvocable<void(Result)> done_;
};

template <class T>
struct TaskResult;
template <class T>
struct TaskResult<Task<T>> {
  using Type = T;
};

}  // namespace internal

class WorldThread {
 public:
  // What the Task gives that a `Make` makes: a Status or a StatusOr.
  template <class Make>
  using ResultOf = typename internal::TaskResult<std::invoke_result_t<Make&>>::Type;

  // Done when the world is there.
  explicit WorldThread(IdleMode idle_mode = IdleMode::kAdaptive);
  WorldThread(const WorldThread&) = delete;
  WorldThread& operator=(const WorldThread&) = delete;
  // Ends it. Not in a process that was forked off: the thread does not exist there.
  ~WorldThread() { End(); }
  // Cancels the calls that have not ended, and ends the thread with its world; only the destructor
  // may follow. No other thread may be in a member function.
  void End();

  // What is in it belongs to its thread. Lives until End.
  LinuxWorld& world() { return *world_; }
  // Of the process that made it.
  int process_id() const { return process_id_; }
  // An error in a process that was forked off: nobody would answer. Costs no system call.
  Status CheckProcess() const;

  // Any thread but the world's. Calls `function()` on the world's thread, unless that ends before;
  // waits while too much is in the inbox.
  template <class Function>
  void Post(Function function) {
    Work work = [this, function = std::move(function)]() mutable {
      function();
      TellOfRoom();
    };
    PushWhenThereIsRoom(work);
  }

  // Any thread but the world's. Runs the Task that `make()` gives, both on the world's thread, and
  // calls `done(result)` there, exactly once, also when the call was cancelled. `make` is kept
  // until the Task is done.
  template <class Make, class Done>
  void Start(Make make, Done done) {
    using Result = ResultOf<Make>;
    internal::Reply<Result> reply(std::move(done));
    if (const Status here = CheckProcess(); !here.ok()) return reply.Send(here);
    Post([this, make = std::move(make), reply = std::move(reply)]() mutable {
      calls_->Start(Carry<Result>(std::move(make), std::move(reply)));
    });
  }

  // Any thread but the world's: the same, and waits for the result.
  template <class Make>
  ResultOf<Make> Run(Make make) {
    CHECK(std::this_thread::get_id() != thread_.get_id());
    std::optional<ResultOf<Make>> result;
    std::binary_semaphore finished(0);
    Start(std::move(make), [&result, &finished](ResultOf<Make> given) {
      result.emplace(std::move(given));
      finished.release();
    });
    finished.acquire();
    return *std::move(result);
  }

 private:
  // Takes nothing that has a lambda's type: the frame of a coroutine in a header must have a name.
  template <class Result>
  static Task<> Carry(absl::AnyInvocable<Task<Result>()> make, internal::Reply<Result> reply) {
    Task<Result> task = make();
    Result result = co_await task;
    reply.Send(std::move(result));
  }

  using Work = EpollReactor::ForeignWork;

  void Main(IdleMode idle_mode);
  void PushWhenThereIsRoom(Work& work);
  void TellOfRoom();

  const int process_id_;
  const uint32_t forks_;  // of this process before it was made, as its children count them
  std::binary_semaphore turning_{0};
  std::binary_semaphore stop_requested_{0};
  LinuxWorld* world_ = nullptr;  // on the stack of the thread, as are calls_
  TaskGroup* calls_ = nullptr;
  std::atomic<uint32_t> works_done_{0};  // whoever finds the inbox full waits for the next one
  std::thread thread_;
};

}  // namespace penstock
