// Limits of time, and points of time as records have them.
#pragma once

#include <chrono>

namespace penstock {
inline namespace v0 {

// How long a call may wait; seconds, milliseconds ... convert to it. Below zero it is zero, above a
// year it is no limit.
using Timeout = std::chrono::nanoseconds;
inline constexpr Timeout kNoLimit = Timeout::max();

// Milliseconds since 1970 (UTC), as Kafka has them.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

}  // namespace v0
}  // namespace penstock
