// How long to wait before the next try: twice as long after each failure up to a limit, and a bit
// at random, so that many clients do not come back at once. Pure.
#pragma once

#include "base/time.h"
#include "runtime/random.h"

namespace penstock {

struct Backoff {
  Duration first;
  Duration max;

  // After `failures` in a row, at least one: first * 2^(failures - 1) within a fifth of it up or
  // down, never above max.
  Duration After(int failures, Random& random) const;
};

}  // namespace penstock
