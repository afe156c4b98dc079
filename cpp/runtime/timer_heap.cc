#include "runtime/timer_heap.h"

#include "base/check.h"

namespace penstock {

void Timer::Cancel() {
  if (heap_ != nullptr) heap_->Remove(*this);
}

TimerHeap::~TimerHeap() {
  for (Timer* timer : timers_) timer->heap_ = nullptr;
}

void TimerHeap::Add(Timer& timer, Instant when) {
  CHECK(!timer.armed());
  timer.heap_ = this;
  timer.when_ = when;
  timer.sequence_ = next_sequence_++;
  timers_.push_back(&timer);
  timer.index_ = timers_.size() - 1;
  SiftUp(timer.index_);
}

void TimerHeap::Remove(Timer& timer) {
  CHECK(timer.heap_ == this);
  CHECK(timers_[timer.index_] == &timer);
  const size_t hole = timer.index_;
  Timer& last = *timers_.back();
  timers_.pop_back();
  timer.heap_ = nullptr;
  if (&last == &timer) return;
  Place(last, hole);
  SiftUp(hole);
  SiftDown(last.index_);
}

Instant TimerHeap::earliest() const {
  return timers_.empty() ? Instant::Never() : timers_.front()->when_;
}

Timer& TimerHeap::PopFirst() {
  CHECK(!timers_.empty());
  Timer& first = *timers_.front();
  Remove(first);
  return first;
}

bool TimerHeap::IsBefore(const Timer& a, const Timer& b) {
  return a.when_ != b.when_ ? a.when_ < b.when_ : a.sequence_ < b.sequence_;
}

void TimerHeap::Place(Timer& timer, size_t index) {
  timers_[index] = &timer;
  timer.index_ = index;
}

void TimerHeap::SiftUp(size_t index) {
  Timer& timer = *timers_[index];
  while (index > 0) {
    const size_t parent = (index - 1) / 2;
    if (!IsBefore(timer, *timers_[parent])) break;
    Place(*timers_[parent], index);
    index = parent;
  }
  Place(timer, index);
}

void TimerHeap::SiftDown(size_t index) {
  Timer& timer = *timers_[index];
  while (true) {
    size_t child = 2 * index + 1;
    if (child >= timers_.size()) break;
    if (child + 1 < timers_.size() && IsBefore(*timers_[child + 1], *timers_[child])) ++child;
    if (!IsBefore(*timers_[child], timer)) break;
    Place(*timers_[child], index);
    index = child;
  }
  Place(timer, index);
}

namespace {

class Sleeper final : public Timer {
 public:
  Sleeper(TimerHeap& heap, Executor& executor, Instant when)
      : heap_(heap), executor_(executor), when_(when) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    resume_.Set(waiting);
    heap_.Add(*this, when_);
  }
  void await_resume() const noexcept {}
  void Fire() override { executor_.Post(resume_); }

 private:
  TimerHeap& heap_;
  Executor& executor_;
  const Instant when_;
  ResumeLater resume_;
};

}  // namespace

Task<> SleepIn(TimerHeap& heap, Executor& executor, Instant when) {
  Sleeper sleeper(heap, executor, when);
  co_await sleeper;
}

}  // namespace penstock
