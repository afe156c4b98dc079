// The name of a snapshot: everything below end_offset, whose last record is of `epoch`.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace penstock {

struct SnapshotId {
  Offset end_offset{0};
  LeaderEpoch epoch{0};

  // "00000000000000000000-0000000000.checkpoint"
  std::string FileName() const;
  // Nothing if the name is not exactly of that form.
  static std::optional<SnapshotId> Parse(std::string_view file_name);

  // Written by formatting, before there was a log.
  bool is_bootstrap() const { return end_offset == Offset(0); }

  auto operator<=>(const SnapshotId&) const = default;
};

}  // namespace penstock
