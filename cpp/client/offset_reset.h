// auto.offset.reset: where a consumer begins in a partition when it has no position, or none that
// the broker has.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ids.h"
#include "base/status.h"
#include "base/time.h"

namespace penstock {

struct OffsetReset {
  enum class Kind : uint8_t { kEarliest, kLatest, kNone, kByDuration };

  Kind kind = Kind::kLatest;
  Duration age{0};  // kByDuration: the first record that is at most this old

  // "earliest", "latest", "none", or "by_duration:" with an ISO 8601 duration of days and smaller
  // units, such as PT1H30M or P7D, at most 100 years. InvalidArgument otherwise.
  static StatusOr<OffsetReset> Parse(std::string_view text);

  // What to ask ListOffsets for, when the wall clock says `now`. Nothing for kNone.
  std::optional<TimestampMs> Target(TimestampMs now) const;

  bool operator==(const OffsetReset&) const = default;
};

// An ISO 8601 duration in the form that Java's Duration.parse reads: PnDTnHnMn.nS, any part left
// out, each number and the whole with a sign. InvalidArgument otherwise, and beyond 100 years.
StatusOr<Duration> ParseIsoDuration(std::string_view text);

}  // namespace penstock
