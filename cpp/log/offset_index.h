// The .index file of a segment in memory: from offsets to positions, one entry per
// index.interval.bytes. An entry is int32 relative offset (of the LAST record of a batch), int32
// position of that batch (docs/formats/index.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"

namespace penstock {

struct IndexEntry {
  Offset offset{0};
  int64_t position = 0;
  friend bool operator==(const IndexEntry&, const IndexEntry&) = default;
};

class OffsetIndex {
 public:
  static constexpr size_t kEntrySize = 8;

  explicit OffsetIndex(Offset base_offset) : base_offset_(base_offset) {}

  // The longest valid beginning of a file's bytes: offsets and positions rise, and both lie inside
  // the segment of `segment_size` bytes. What does not fit, and preallocated zeros, are left off.
  static OffsetIndex FromBytes(Offset base_offset, std::span<const uint8_t> bytes,
                               int64_t segment_size);

  // `offset` must lie above the last entry's and at most 2^31 - 1 above the base.
  void Append(Offset offset, int64_t position);
  // The last entry at or below `offset`; (base offset, 0) if there is none.
  IndexEntry Lookup(Offset offset) const;
  // The entries at or above `offset` go.
  void TruncateTo(Offset offset);

  size_t entry_count() const { return bytes_.size() / kEntrySize; }
  bool empty() const { return bytes_.empty(); }
  IndexEntry entry(size_t i) const;
  IndexEntry last() const;  // (base offset, 0) when empty
  std::span<const uint8_t> bytes() const { return bytes_; }

 private:
  // How many entries lie below `offset`.
  size_t CountBelow(Offset offset) const;

  Offset base_offset_;
  std::vector<uint8_t> bytes_;
};

}  // namespace penstock
