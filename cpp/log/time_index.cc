#include "log/time_index.h"

#include "base/check.h"
#include "base/endian.h"

namespace penstock {

TimeIndex TimeIndex::FromBytes(Offset base_offset, std::span<const uint8_t> bytes,
                               Offset end_offset) {
  TimeIndex index(base_offset);
  int64_t last_timestamp = -1;
  int32_t last_relative = 0;
  size_t valid = 0;
  while (bytes.size() - valid >= kEntrySize) {
    const int64_t timestamp = LoadBig<int64_t>(bytes.data() + valid);
    const int32_t relative = LoadBig<int32_t>(bytes.data() + valid + 8);
    if (timestamp <= last_timestamp || relative < last_relative) break;
    if (relative >= end_offset - base_offset) break;
    // Preallocated zeros read as an entry of the year 1970 at the first offset: nobody writes it
    // behind another one, and alone it says nothing that is not so.
    last_timestamp = timestamp;
    last_relative = relative;
    valid += kEntrySize;
  }
  index.bytes_.assign(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(valid));
  return index;
}

void TimeIndex::MaybeAppend(const TimeIndexEntry& entry) {
  if (entry.timestamp <= last().timestamp) return;
  CHECK(entry.offset >= last().offset && entry.offset - base_offset_ <= INT32_MAX);
  const size_t at = bytes_.size();
  bytes_.resize(at + kEntrySize);
  StoreBig<int64_t>(bytes_.data() + at, entry.timestamp.value());
  StoreBig<int32_t>(bytes_.data() + at + 8, static_cast<int32_t>(entry.offset - base_offset_));
}

TimeIndexEntry TimeIndex::entry(size_t i) const {
  CHECK(i < entry_count());
  const uint8_t* at = bytes_.data() + i * kEntrySize;
  return {.timestamp = TimestampMs(LoadBig<int64_t>(at)),
          .offset = base_offset_ + LoadBig<int32_t>(at + 8)};
}

TimeIndexEntry TimeIndex::last() const {
  if (bytes_.empty()) return {.timestamp = kNoTimestamp, .offset = base_offset_};
  return entry(entry_count() - 1);
}

TimeIndexEntry TimeIndex::Lookup(TimestampMs timestamp) const {
  size_t low = 0;
  size_t high = entry_count();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (entry(middle).timestamp <= timestamp) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == 0) return {.timestamp = kNoTimestamp, .offset = base_offset_};
  return entry(low - 1);
}

void TimeIndex::TruncateTo(Offset offset) {
  size_t count = entry_count();
  while (count > 0 && entry(count - 1).offset >= offset) --count;
  bytes_.resize(count * kEntrySize);
}

}  // namespace penstock
