// Port: randomness, from a seed in the simulated world.
#pragma once

#include <cstdint>

#include "base/uuid.h"

namespace penstock {

class Random {
 public:
  virtual ~Random() = default;
  // For decisions: jitter, timeouts, choices.
  virtual uint64_t Next() = 0;
  // For what must not be guessed: tokens, ids. A stream of its own.
  virtual uint64_t NextSecret() = 0;

  // In [0, bound); bound > 0.
  uint64_t Below(uint64_t bound) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(Next()) * bound) >> 64);
  }
  Uuid NextUuid() {
    while (true) {
      const uint64_t high = NextSecret();
      const auto id = Uuid::FromRandomBits(high, NextSecret());
      if (id.has_value()) return *id;
    }
  }
};

}  // namespace penstock
