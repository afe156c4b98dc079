// Wakes a thread that sleeps on a file descriptor. Ringing costs a system call only while the
// thread sleeps.
//
// Both sides only exchange one flag, so that their exchanges have one order: either the ringer
// finds the sleeper's mark and rings, or the sleeper, which marks itself before it looks at its
// queues once more, finds what the ringer published.
#pragma once

#include <atomic>

#include "runtime/linux/file_descriptor.h"

namespace penstock {

class Doorbell {
 public:
  Doorbell();
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  // Any thread, after publishing work.
  void Ring();
  // Also from a signal handler: wakes the sleeper whatever state it is in.
  void RingAlways() noexcept;

  // The thread that sleeps, in this order: PrepareToSleep, look for work, wait for fd() to be
  // readable, Awake.
  void PrepareToSleep();
  void Awake();
  int fd() const { return event_fd_.get(); }
  // Waits until it is rung; instead of waiting for fd().
  void WaitForRing();

 private:
  FileDescriptor event_fd_;
  alignas(64) std::atomic<bool> sleeping_{false};
};

}  // namespace penstock
