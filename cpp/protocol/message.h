// What every generated message is made of: versions, the constants of a field, unknown tags.
// Included by the headers under protocol/messages and protocol/records; encode and decode are in
// protocol/codec.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_code.h"
#include "base/ids.h"
#include "base/slice.h"
#include "base/uuid.h"

namespace penstock {

// A `kFlexible` that no version reaches.
inline constexpr int16_t kNeverFlexible = INT16_MAX;

// Both ends included.
struct VersionRange {
  int16_t min = 0;
  int16_t max = 0;

  constexpr bool Contains(int16_t version) const { return min <= version && version <= max; }
  bool operator==(const VersionRange&) const = default;
};

// The schema of one field, as Visit hands it to a visitor. Its default is null, or `default_number`
// for numbers and bools, or else empty.
struct Field {
  int16_t min = 0;
  int16_t max = INT16_MAX;
  int16_t nullable_from = INT16_MAX;  // the first version in which null may be sent
  int64_t default_number = 0;
  bool default_null = false;
  bool ignorable = false;  // may be dropped silently where the version does not carry it
  bool plain = false;      // never compact

  constexpr bool CarriedBy(int16_t version) const { return min <= version && version <= max; }
};

// A tagged field that this release does not know. It survives decode and encode.
struct UnknownTag {
  uint32_t tag = 0;
  Slice data;

  bool operator==(const UnknownTag&) const = default;
};
using UnknownTags = std::vector<UnknownTag>;  // ascending by tag

}  // namespace penstock
