// Port: waiting for a time.
#pragma once

#include "base/time.h"
#include "runtime/task.h"

namespace penstock {

class Timers {
 public:
  virtual ~Timers() = default;
  // Done at `when` or as soon after as the loop turns. Cancelled by destroying the Task.
  virtual Task<> SleepUntil(Instant when) = 0;
};

}  // namespace penstock
