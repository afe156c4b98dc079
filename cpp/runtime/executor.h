// The loop's queue of work that may run now. Whoever wakes a coroutine posts it here instead of
// resuming it, so that waking never recurses and the order of work is the order of posting.
#pragma once

#include <coroutine>

namespace penstock {

// A node of the queue, a member of whatever waits. Destroying it takes it out of the queue.
class Runnable {
 public:
  Runnable() = default;
  Runnable(const Runnable&) = delete;
  Runnable& operator=(const Runnable&) = delete;
  virtual ~Runnable() { Unlink(); }

  virtual void Run() = 0;

  bool queued() const { return next_ != nullptr; }
  void Unlink() {
    if (next_ == nullptr) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = nullptr;
  }

 private:
  friend class RunQueue;
  Runnable* next_ = nullptr;
  Runnable* previous_ = nullptr;
};

// Resumes a coroutine.
class ResumeLater final : public Runnable {
 public:
  void Set(std::coroutine_handle<> handle) { handle_ = handle; }
  void Run() override { handle_.resume(); }

 private:
  std::coroutine_handle<> handle_;
};

class Executor {
 public:
  virtual ~Executor() = default;
  // Runs `work` once, in a later step of the loop. `work` must not be queued. Only from the shard's
  // own thread.
  virtual void Post(Runnable& work) = 0;
  // True while a simulated crash destroys everything of this shard at once: nothing has been
  // stopped in order.
  virtual bool crashing() const { return false; }
};

}  // namespace penstock
