// Port: what time it is. Both readings are constant within one turn of the loop.
#pragma once

#include "base/ids.h"
#include "base/time.h"

namespace penstock {

class Clock {
 public:
  virtual ~Clock() = default;
  // Monotonic; the only time that logic may depend on.
  virtual Instant Now() const = 0;
  // Wall clock, may jump both ways; only where the protocol or a file shows it.
  virtual TimestampMs WallNow() const = 0;
};

}  // namespace penstock
