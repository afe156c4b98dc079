// The loop of one shard: coroutines that may run, timers, sockets, results of the file thread and
// work from other threads.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "base/mpsc_ring.h"
#include "base/status.h"
#include "runtime/clock.h"
#include "runtime/event.h"
#include "runtime/executor.h"
#include "runtime/linux/doorbell.h"
#include "runtime/linux/file_descriptor.h"
#include "runtime/linux/file_thread.h"
#include "runtime/linux/idle_policy.h"
#include "runtime/run_queue.h"
#include "runtime/timer_heap.h"
#include "runtime/timers.h"

namespace penstock {

class EpollReactor final : public Executor, public Clock, public Timers {
 public:
  // Told when its descriptor may be read or written again (edges, not levels).
  class Watcher {
   public:
    virtual ~Watcher() = default;
    virtual void OnReady(uint32_t events) = 0;
  };
  using ForeignWork = absl::AnyInvocable<void()>;

  // Belongs to the thread that makes it.
  explicit EpollReactor(IdleMode idle_mode);
  EpollReactor(const EpollReactor&) = delete;
  EpollReactor& operator=(const EpollReactor&) = delete;
  ~EpollReactor() override;

  // Runs what is ready; waits first if nothing is.
  void Turn();

  // Executor, Clock, Timers.
  void Post(Runnable& work) override { posted_to_->PushBack(work); }
  Instant Now() const override { return now_; }
  TimestampMs WallNow() const override;
  Task<> SleepUntil(Instant when) override;

  // One registration for the life of a descriptor.
  Status Watch(int fd, Watcher& watcher);
  void Unwatch(int fd, Watcher& watcher);
  FileThread& file_thread() { return file_thread_; }
  // Whether one more system call may be made without giving others a turn; the caller yields
  // otherwise.
  bool TakeCredit() {
    if (credit_ == 0) return false;
    --credit_;
    return true;
  }

  // How often the loop has asked the kernel for events so far: what idling costs.
  uint64_t polls() const { return polls_; }

  // Any thread: runs `work` on the loop's thread. False, with `work` untouched, if too much is
  // waiting already.
  bool TryRunFromAnyThread(ForeignWork& work);
  // Any thread and signal handlers. How often it has been called, this call included.
  int Stop() noexcept;
  // Set once Stop has been called.
  Event& stop_requested() { return stop_requested_; }

 private:
  void ReadClock();
  void FireTimers();
  void RunReady();
  void RunFileResults();
  void TakeForeignWork();
  bool HasResults() const;
  // Events of descriptors, waiting for at most `timeout`; whether there were any.
  bool Poll(Duration timeout);
  void WaitForWork();
  bool Spin(Duration budget);
  void NoticePreemption();

  static constexpr size_t kEventsMax = 256;
  static constexpr size_t kInboxSlots = 256;

  FileDescriptor epoll_;
  Doorbell bell_;
  Instant now_;
  mutable int64_t wall_now_ms_ = 0;  // 0: not read in this turn
  RunQueue ready_;
  RunQueue* posted_to_ = &ready_;
  TimerHeap timers_;
  uint32_t credit_ = 0;
  IdlePolicy idle_policy_;
  Instant next_preemption_check_;
  int64_t preemptions_ = 0;
  bool has_pwait2_ = true;
  uint64_t polls_ = 0;
  std::array<epoll_event, kEventsMax> events_;
  int events_begin_ = 0;  // of the events that are being told
  int events_end_ = 0;
  MpscRing<ForeignWork> inbox_{kInboxSlots};
  std::atomic<int> stop_calls_{0};
  Event stop_requested_;
  FileThread file_thread_;
};

}  // namespace penstock
