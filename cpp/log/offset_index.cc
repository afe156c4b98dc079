#include "log/offset_index.h"

#include "base/check.h"
#include "base/endian.h"
#include "log/log_types.h"

namespace penstock {

OffsetIndex OffsetIndex::FromBytes(Offset base_offset, std::span<const uint8_t> bytes,
                                   int64_t segment_size) {
  OffsetIndex index(base_offset);
  int64_t last_relative = -1;
  int64_t last_position = 0;
  size_t valid = 0;
  while (bytes.size() - valid >= kEntrySize) {
    const int32_t relative = LoadBig<int32_t>(bytes.data() + valid);
    const int32_t position = LoadBig<int32_t>(bytes.data() + valid + 4);
    if (relative > kEndOfOffsets - base_offset) break;
    // The first batch of a segment has no entry, so no position is 0.
    if (relative <= last_relative || position <= last_position || position >= segment_size) break;
    last_relative = relative;
    last_position = position;
    valid += kEntrySize;
  }
  index.bytes_.assign(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(valid));
  return index;
}

void OffsetIndex::Append(Offset offset, int64_t position) {
  CHECK(empty() ? offset >= base_offset_ : offset > last().offset);
  CHECK(offset - base_offset_ <= INT32_MAX && position <= INT32_MAX);
  const size_t at = bytes_.size();
  bytes_.resize(at + kEntrySize);
  StoreBig<int32_t>(bytes_.data() + at, static_cast<int32_t>(offset - base_offset_));
  StoreBig<int32_t>(bytes_.data() + at + 4, static_cast<int32_t>(position));
}

IndexEntry OffsetIndex::entry(size_t i) const {
  CHECK(i < entry_count());
  const uint8_t* at = bytes_.data() + i * kEntrySize;
  return {.offset = base_offset_ + LoadBig<int32_t>(at), .position = LoadBig<int32_t>(at + 4)};
}

IndexEntry OffsetIndex::last() const {
  if (empty()) return {.offset = base_offset_, .position = 0};
  return entry(entry_count() - 1);
}

size_t OffsetIndex::CountBelow(Offset offset) const {
  size_t low = 0;
  size_t high = entry_count();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (entry(middle).offset < offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

IndexEntry OffsetIndex::Lookup(Offset offset) const {
  const size_t count = offset == Offset(INT64_MAX) ? entry_count() : CountBelow(offset + 1);
  if (count == 0) return {.offset = base_offset_, .position = 0};
  return entry(count - 1);
}

void OffsetIndex::TruncateTo(Offset offset) { bytes_.resize(CountBelow(offset) * kEntrySize); }

}  // namespace penstock
