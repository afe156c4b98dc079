// Timers ordered by time, then by the order in which they were set. Adding and removing cost O(log
// n).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "runtime/executor.h"
#include "runtime/task.h"

namespace penstock {

class TimerHeap;

// A node of the heap, a member of whatever waits. Destroying it takes it out.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  virtual ~Timer() { Cancel(); }

  virtual void Fire() = 0;

  void Cancel();
  bool armed() const { return heap_ != nullptr; }
  Instant when() const { return when_; }

 private:
  friend class TimerHeap;
  TimerHeap* heap_ = nullptr;
  size_t index_ = 0;
  Instant when_;
  uint64_t sequence_ = 0;
};

class TimerHeap {
 public:
  TimerHeap() = default;
  TimerHeap(const TimerHeap&) = delete;
  TimerHeap& operator=(const TimerHeap&) = delete;
  ~TimerHeap();

  // `timer` must not be armed.
  void Add(Timer& timer, Instant when);
  void Remove(Timer& timer);
  bool empty() const { return timers_.empty(); }
  size_t size() const { return timers_.size(); }
  // The time of the first one; Never if there is none.
  Instant earliest() const;
  // Takes the first one out; only if it is not empty. The caller fires it.
  Timer& PopFirst();

 private:
  static bool IsBefore(const Timer& a, const Timer& b);
  void Place(Timer& timer, size_t index);
  void SiftUp(size_t index);
  void SiftDown(size_t index);

  std::vector<Timer*> timers_;  // a binary heap
  uint64_t next_sequence_ = 0;
};

// Waits until the loop that owns `heap` fires the timer, then goes on through `executor`. Both
// outlive the Task.
Task<> SleepIn(TimerHeap& heap, Executor& executor, Instant when);

}  // namespace penstock
