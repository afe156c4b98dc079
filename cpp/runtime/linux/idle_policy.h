// Whether a loop without work looks for more at once, for a few microseconds, or goes to sleep.
// Spinning pays only when work comes faster than a sleeping core wakes; under foreign load it makes
// everything worse.
#pragma once

#include "base/time.h"

namespace penstock {

enum class IdleMode { kSleep, kAdaptive, kSpin };

class IdlePolicy {
 public:
  explicit IdlePolicy(IdleMode mode) : mode_(mode) {}

  // How long to spin before sleeping, now that there is nothing to do.
  Duration SpinBudget(Instant now) const;
  // Work came. `spun`: the loop was spinning when it came.
  void OnWork(Instant now, bool spun);
  // The loop spun and then had to sleep.
  void OnMiss(Instant now);
  // The scheduler took the core away from the thread: somebody else needs it.
  void OnPreempted(Instant now);

 private:
  const IdleMode mode_;
  Instant last_work_;
  Duration mean_gap_ = Milliseconds(1);
  int misses_ = 0;
  Instant no_spin_before_;
};

}  // namespace penstock
