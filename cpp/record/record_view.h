// One record inside a batch: spans on bytes that belong to the batch or to the iterator that read
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/ids.h"

namespace penstock {

// A key, a value or a header's value: bytes, or null (which is not empty).
using RecordBytes = std::optional<std::span<const uint8_t>>;

inline std::span<const uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct RecordHeaderView {
  std::string_view key;
  RecordBytes value;
};

struct RecordView {
  int32_t offset_delta = 0;
  int64_t timestamp_delta = 0;
  RecordBytes key;
  RecordBytes value;
  int32_t header_count = 0;
  // The headers as they are in the record, checked; ReadHeader takes one after the other from the
  // front.
  std::span<const uint8_t> headers;
  // Bytes of the record in the batch's body, its length field included.
  size_t size_in_bytes = 0;
};

// Takes the first header off `headers`. False when there is none any more.
bool ReadHeader(std::span<const uint8_t>& headers, RecordHeaderView& header);

// Takes one record off the front of `in`, which ends before `end`. Returns the byte after it, or
// nullptr when it is not complete or not well formed: `problem` is then one sentence that names
// what is wrong.
const uint8_t* ParseRecord(const uint8_t* in, const uint8_t* end, RecordView& record,
                           const char*& problem);

}  // namespace penstock
