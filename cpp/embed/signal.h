// How a thread of the program learns that something on an engine's thread is done: it leaves a
// signal and a token, and is told the token once.
#pragma once

#include <semaphore.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/time.h"
#include "runtime/linux/file_descriptor.h"

namespace penstock {

class Signal {
 public:
  virtual ~Signal() = default;
  // Any thread; does not wait.
  virtual void Tell(uint64_t token) = 0;
};

// For a thread that waits. A signal handler that runs on that thread ends the wait, so that a
// program can look at what happened.
class Waiter final : public Signal {
 public:
  enum class End { kTold, kTimeout, kInterrupted };

  Waiter() { sem_init(&semaphore_, 0, 0); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() override { sem_destroy(&semaphore_); }

  void Tell(uint64_t) override {
    told_.fetch_add(1, std::memory_order_release);
    sem_post(&semaphore_);
  }
  // Nothing: without a limit. Each Tell ends one Wait.
  End Wait(std::optional<Duration> timeout);

 private:
  sem_t semaphore_;
  // What was written before a Tell is seen behind its Wait, in the words of C++ too.
  std::atomic<uint32_t> told_{0};
};

// For an event loop: a descriptor that is readable while tokens are there.
class Notifier final : public Signal {
 public:
  Notifier();

  void Tell(uint64_t token) override;
  int fd() const { return event_fd_.get(); }
  // Takes what has been told, in its order.
  std::vector<uint64_t> Drain();

 private:
  FileDescriptor event_fd_;
  std::mutex mutex_;
  std::vector<uint64_t> tokens_;
};

// Who wants to be told of something; `what` tells one thing from another. Any thread.
class Listeners {
 public:
  void Add(uint32_t what, std::shared_ptr<Signal> signal, uint64_t token);
  // Cheap where nobody listens. The teller publishes first what it tells of (sequentially
  // consistent), the listener looks at that once more after Add.
  void Tell(uint32_t what) {
    if (any_.load()) TellThose(what);
  }
  void TellAll() {
    if (any_.load()) TellThose(std::nullopt);
  }

 private:
  struct Listener {
    uint32_t what;
    std::shared_ptr<Signal> signal;
    uint64_t token;
  };

  void TellThose(std::optional<uint32_t> what);

  std::atomic<bool> any_{false};
  std::mutex mutex_;
  std::vector<Listener> listeners_;
};

}  // namespace penstock
