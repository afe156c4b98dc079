#include "embed/signal.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "base/check.h"

namespace penstock {

Waiter::End Waiter::Wait(std::optional<Duration> timeout) {
  int result = 0;
  if (timeout.has_value()) {
    timespec until{};
    clock_gettime(CLOCK_MONOTONIC, &until);
    const int64_t wanted = until.tv_nsec + std::max<int64_t>(timeout->count(), 0);
    until.tv_sec += wanted / 1'000'000'000;
    until.tv_nsec = wanted % 1'000'000'000;
    result = sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &until);
  } else {
    result = sem_wait(&semaphore_);
  }
  if (result == 0) {
    static_cast<void>(told_.load(std::memory_order_acquire));
    return End::kTold;
  }
  return errno == ETIMEDOUT ? End::kTimeout : End::kInterrupted;
}

Notifier::Notifier() : event_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(event_fd_.get() >= 0);
}

void Notifier::Tell(uint64_t token) {
  const std::lock_guard lock(mutex_);
  tokens_.push_back(token);
  if (tokens_.size() > 1) return;  // it is readable already
  const uint64_t one = 1;
  CHECK(::write(event_fd_.get(), &one, sizeof one) == sizeof one);
}

std::vector<uint64_t> Notifier::Drain() {
  const std::lock_guard lock(mutex_);
  if (tokens_.empty()) return {};
  uint64_t count = 0;
  CHECK(::read(event_fd_.get(), &count, sizeof count) == sizeof count);
  return std::exchange(tokens_, {});
}

void Listeners::Add(uint32_t what, std::shared_ptr<Signal> signal, uint64_t token) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back({what, std::move(signal), token});
  any_.store(true);
}

void Listeners::TellThose(std::optional<uint32_t> what) {
  const std::lock_guard lock(mutex_);
  std::vector<Listener> rest;
  for (Listener& listener : listeners_) {
    if (what.has_value() && listener.what != *what) {
      rest.push_back(std::move(listener));
    } else {
      listener.signal->Tell(listener.token);
    }
  }
  listeners_ = std::move(rest);
  any_.store(!listeners_.empty());
}

}  // namespace penstock
