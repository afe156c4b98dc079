#include "runtime/semaphore.h"

#include <utility>

#include "base/check.h"

namespace penstock {

class Semaphore::Waiter final : public Parking {
 public:
  Waiter(Semaphore& semaphore, uint64_t wanted)
      : Parking(semaphore.waiting_), units(wanted), semaphore_(semaphore) {}
  // A waiter that goes away may have been served already, or may have stood in front of others.
  ~Waiter() override {
    Unlink();
    if (served) {
      semaphore_.GiveBack(units);
    } else {
      semaphore_.ServeWaiting();
    }
  }

  const uint64_t units;
  bool served = false;

 private:
  Semaphore& semaphore_;
};

Semaphore::Permit::Permit(Permit&& other) noexcept
    : semaphore_(std::exchange(other.semaphore_, nullptr)),
      units_(std::exchange(other.units_, 0)) {}

Semaphore::Permit& Semaphore::Permit::operator=(Permit&& other) noexcept {
  if (this != &other) {
    Release();
    semaphore_ = std::exchange(other.semaphore_, nullptr);
    units_ = std::exchange(other.units_, 0);
  }
  return *this;
}

void Semaphore::Permit::Release() {
  if (semaphore_ == nullptr) return;
  std::exchange(semaphore_, nullptr)->GiveBack(std::exchange(units_, 0));
}

Semaphore::~Semaphore() { CHECK(waiting_.empty()); }

Task<Semaphore::Permit> Semaphore::Acquire(uint64_t units) {
  CHECK(units <= capacity_);
  std::optional<Permit> at_once = TryAcquire(units);
  if (at_once.has_value()) co_return *std::move(at_once);
  Waiter waiter(*this, units);
  co_await waiter;
  CHECK(waiter.served);
  waiter.served = false;  // the permit has the units now
  co_return Permit(this, units);
}

std::optional<Semaphore::Permit> Semaphore::TryAcquire(uint64_t units) {
  CHECK(units <= capacity_);
  if (!waiting_.empty() || units > available_) return std::nullopt;
  available_ -= units;
  return Permit(this, units);
}

void Semaphore::GiveBack(uint64_t units) {
  CHECK(units <= capacity_ - available_);
  available_ += units;
  ServeWaiting();
}

void Semaphore::ServeWaiting() {
  while (!waiting_.empty()) {
    Waiter& next = static_cast<Waiter&>(waiting_.front());
    if (next.units > available_) return;
    available_ -= next.units;
    next.served = true;
    next.Unlink();
    executor_.Post(next);
  }
}

}  // namespace penstock
