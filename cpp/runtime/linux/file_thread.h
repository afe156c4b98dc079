// The thread on which everything runs that can block on a disk (or a name server): first in, first
// out. Operations go out through one ring and come back through another.
#pragma once

#include <atomic>
#include <coroutine>
#include <deque>
#include <optional>
#include <thread>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "base/check.h"
#include "base/spsc_ring.h"
#include "runtime/executor.h"
#include "runtime/linux/doorbell.h"
#include "runtime/task.h"

namespace penstock {

class FileThread {
 public:
  class Operation {
   public:
    virtual ~Operation() = default;
    virtual void Execute() = 0;  // on the file thread
    // On the loop's thread, once; nobody touches the operation afterwards.
    virtual void Complete() = 0;
    // Whether a sleeping loop is woken for it.
    virtual bool awaited() const { return true; }
  };

  // Rings `loop_bell` when operations come back.
  explicit FileThread(Doorbell& loop_bell);
  FileThread(const FileThread&) = delete;
  FileThread& operator=(const FileThread&) = delete;
  // Executes and completes what is in flight.
  ~FileThread();

  // The rest on the loop's thread. The operation lives until its Complete.
  void Submit(Operation& operation);
  // Completes what has come back; whether there was anything.
  bool Drain();
  bool HasResults() const { return !results_.empty(); }

 private:
  void Main();

  static constexpr size_t kRingSlots = 1024;

  Doorbell& loop_bell_;
  Doorbell bell_;
  SpscRing<Operation*> requests_{kRingSlots};
  SpscRing<Operation*> results_{kRingSlots};
  size_t in_rings_ = 0;              // at most kRingSlots, so that results always fit
  std::deque<Operation*> overflow_;  // waits for room in the rings
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

namespace internal {

// Waits for one call on the file thread. When it goes away earlier the call still runs; its result
// is dropped.
template <class Result>
class FileCall final : public Runnable {
 public:
  using Work = absl::AnyInvocable<Result()>;

  FileCall(FileThread& thread, Executor& executor, Work work)
      : thread_(thread), executor_(executor), call_(new Call(std::move(work))) {}
  ~FileCall() override {
    if (call_ == nullptr) return;
    if (submitted_) {
      call_->waiter = nullptr;
    } else {
      delete call_;
    }
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    submitted_ = true;
    call_->waiter = this;
    thread_.Submit(*call_);
  }
  void await_resume() const noexcept {}
  void Run() override { waiting_.resume(); }
  Result TakeResult() {
    CHECK(result_.has_value());
    return *std::move(result_);
  }

 private:
  struct Call final : public FileThread::Operation {
    explicit Call(Work function) : work(std::move(function)) {}
    void Execute() override { result.emplace(work()); }
    void Complete() override {
      if (waiter != nullptr) {
        waiter->result_ = std::move(result);
        waiter->call_ = nullptr;
        waiter->executor_.Post(*waiter);
      }
      delete this;
    }
    Work work;
    std::optional<Result> result;
    FileCall* waiter = nullptr;
  };

  FileThread& thread_;
  Executor& executor_;
  Call* call_;  // owned until submitted; then it owns itself until Complete
  bool submitted_ = false;
  std::coroutine_handle<> waiting_;
  std::optional<Result> result_;
};

}  // namespace internal

// The result of `work()`, called on the file thread. `work` must not copy or drop a Slice there; it
// is destroyed on the loop's thread. Cancelling the Task does not stop the call.
template <class Result>
Task<Result> RunOnFileThread(FileThread& thread, Executor& executor,
                             absl::AnyInvocable<Result()> work) {
  internal::FileCall<Result> call(thread, executor, std::move(work));
  co_await call;
  co_return call.TakeResult();
}

// Without anybody who waits for the end of it.
void StartOnFileThread(FileThread& thread, absl::AnyInvocable<void()> work);

}  // namespace penstock
