// Monotonic time. Wall time is TimestampMs of base/ids.h. Only a Clock makes either of them.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace penstock {

using Duration = std::chrono::nanoseconds;

// A point of the monotonic clock.
struct Instant {
  Duration since_start{0};

  constexpr auto operator<=>(const Instant&) const = default;
  static constexpr Instant Never() { return Instant{Duration::max()}; }
  friend constexpr Instant operator+(Instant at, Duration d) { return Instant{at.since_start + d}; }
  friend constexpr Duration operator-(Instant a, Instant b) {
    return a.since_start - b.since_start;
  }
};

constexpr Duration Milliseconds(int64_t n) { return std::chrono::milliseconds(n); }
constexpr Duration Microseconds(int64_t n) { return std::chrono::microseconds(n); }
constexpr int64_t InMilliseconds(Duration d) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}

}  // namespace penstock
