// Delays of simulated networks and disks.
#pragma once

#include <cmath>

#include "base/time.h"
#include "runtime/seeded_random.h"

namespace penstock {

// `min` plus an exponential part of mean `mean`; draws nothing where the mean is zero.
inline Duration DrawDelay(SeededRandom& random, Duration min, Duration mean) {
  if (mean <= Duration(0)) return min;
  const double part = -std::log(1.0 - random.Fraction()) * static_cast<double>(mean.count());
  return min + Duration(static_cast<int64_t>(part));
}

}  // namespace penstock
