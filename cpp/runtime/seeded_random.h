// Randomness that a seed determines (xoshiro256**): the same seed, the same numbers, on every
// machine.
#pragma once

#include <bit>
#include <cstdint>

#include "runtime/random.h"

namespace penstock {

class SeededRandom final : public Random {
 public:
  // Streams of one seed are independent of each other.
  SeededRandom(uint64_t seed, uint64_t stream) {
    uint64_t mixer = seed * 0x9e3779b97f4a7c15U + stream;
    for (uint64_t& word : decisions_) word = SplitMix(mixer);
    for (uint64_t& word : secrets_) word = SplitMix(mixer);
  }

  uint64_t Next() override { return Step(decisions_); }
  uint64_t NextSecret() override { return Step(secrets_); }
  // True `numerator` times in `denominator`.
  bool OneOf(uint64_t numerator, uint64_t denominator) { return Below(denominator) < numerator; }
  // In [0, 1).
  double Fraction() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  bool Happens(double probability) { return Fraction() < probability; }

 private:
  static uint64_t SplitMix(uint64_t& state) {
    uint64_t z = (state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  static uint64_t Step(uint64_t (&s)[4]) {
    const uint64_t result = std::rotl(s[1] * 5, 7) * 9;
    const uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = std::rotl(s[3], 45);
    return result;
  }

  uint64_t decisions_[4];
  uint64_t secrets_[4];
};

}  // namespace penstock
