// Randomness of the operating system: secrets directly from it, decisions from a generator that it
// seeds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "runtime/seeded_random.h"

namespace penstock {

class LinuxRandom final : public Random {
 public:
  LinuxRandom() : decisions_(NextSecret(), NextSecret()) {}

  uint64_t Next() override { return decisions_.Next(); }
  uint64_t NextSecret() override;

 private:
  std::array<uint64_t, 32> secrets_{};
  size_t left_ = 0;
  SeededRandom decisions_;
};

}  // namespace penstock
