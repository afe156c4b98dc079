#include "runtime/linux/idle_policy.h"

#include <algorithm>

namespace penstock {

namespace {
// A sleeping core needs about 35 us to wake: beyond this gap spinning burns more than it saves.
constexpr Duration kGapMax = Microseconds(50);
constexpr Duration kSpin = Microseconds(50);
constexpr int kMissesMax = 4;
constexpr Duration kPause = Milliseconds(10);
// One long pause must not hide for long that work comes quickly again.
constexpr Duration kGapCap = Milliseconds(1);
}  // namespace

Duration IdlePolicy::SpinBudget(Instant now) const {
  switch (mode_) {
    case IdleMode::kSleep:
      return Duration(0);
    case IdleMode::kSpin:
      return Duration::max();
    case IdleMode::kAdaptive:
      break;
  }
  if (mean_gap_ >= kGapMax || now < no_spin_before_) return Duration(0);
  return kSpin;
}

void IdlePolicy::OnWork(Instant now, bool spun) {
  const Duration gap = std::min(now - last_work_, kGapCap);
  last_work_ = now;
  mean_gap_ += (gap - mean_gap_) / 8;
  if (spun) misses_ = 0;
}

void IdlePolicy::OnMiss(Instant now) {
  if (++misses_ < kMissesMax) return;
  misses_ = 0;
  no_spin_before_ = now + kPause;
}

void IdlePolicy::OnPreempted(Instant now) { no_spin_before_ = now + kPause; }

}  // namespace penstock
