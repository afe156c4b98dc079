// The .timeindex file of a segment: int64 largest timestamp so far, int32 relative offset of the
// batch that holds it (its last record); timestamps rise strictly (docs/formats/time-index.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "log/log_types.h"

namespace penstock {

struct TimeIndexEntry {
  TimestampMs timestamp = kNoTimestamp;
  Offset offset{0};
  friend bool operator==(const TimeIndexEntry&, const TimeIndexEntry&) = default;
};

// All entries in memory, for the segment that is being written.
class TimeIndex {
 public:
  static constexpr size_t kEntrySize = 12;

  explicit TimeIndex(Offset base_offset) : base_offset_(base_offset) {}

  // The longest valid beginning of a file's bytes, up to entries whose offset is below
  // `end_offset`.
  static TimeIndex FromBytes(Offset base_offset, std::span<const uint8_t> bytes, Offset end_offset);

  // Adds the entry if its timestamp lies above the last one's.
  void MaybeAppend(const TimeIndexEntry& entry);
  // The last entry at or below `timestamp`; (kNoTimestamp, base offset) if there is none.
  TimeIndexEntry Lookup(TimestampMs timestamp) const;
  void TruncateTo(Offset offset);

  size_t entry_count() const { return bytes_.size() / kEntrySize; }
  TimeIndexEntry entry(size_t i) const;
  TimeIndexEntry last() const;  // (kNoTimestamp, base offset) when empty
  std::span<const uint8_t> bytes() const { return bytes_; }

 private:
  Offset base_offset_;
  std::vector<uint8_t> bytes_;
};

}  // namespace penstock
