#include "runtime/linux/doorbell.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>

#include "base/check.h"

namespace penstock {

Doorbell::Doorbell() : event_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(event_fd_.valid());
}

void Doorbell::Ring() {
  if (sleeping_.exchange(false, std::memory_order_acq_rel)) RingAlways();
}

void Doorbell::RingAlways() noexcept {
  const int saved_errno = errno;
  const uint64_t one = 1;
  // It fails only when the counter is full, and then the sleeper is being woken already.
  [[maybe_unused]] const ssize_t written = ::write(event_fd_.get(), &one, sizeof one);
  errno = saved_errno;
}

void Doorbell::PrepareToSleep() { sleeping_.exchange(true, std::memory_order_acq_rel); }

void Doorbell::Awake() { sleeping_.exchange(false, std::memory_order_acq_rel); }

void Doorbell::WaitForRing() {
  pollfd waiting{.fd = event_fd_.get(), .events = POLLIN, .revents = 0};
  while (::poll(&waiting, 1, -1) < 0) CHECK(errno == EINTR);
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t taken = ::read(event_fd_.get(), &count, sizeof count);
}

}  // namespace penstock
