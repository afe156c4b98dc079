#include "record/record_view.h"

#include "base/varint.h"

namespace penstock {
namespace {

// Reads a length and as many bytes; a negative length is null.
const uint8_t* ReadNullable(const uint8_t* in, const uint8_t* end, RecordBytes& bytes) {
  int32_t size;
  in = ReadVarint(in, end, size);
  if (in == nullptr) return nullptr;
  if (size < 0) {
    bytes.reset();
    return in;
  }
  if (size > end - in) return nullptr;
  bytes.emplace(in, static_cast<size_t>(size));
  return in + size;
}

const uint8_t* ReadHeaderFrom(const uint8_t* in, const uint8_t* end, RecordHeaderView& header) {
  int32_t key_size;
  in = ReadVarint(in, end, key_size);
  if (in == nullptr || key_size < 0 || key_size > end - in) return nullptr;
  header.key = {reinterpret_cast<const char*>(in), static_cast<size_t>(key_size)};
  return ReadNullable(in + key_size, end, header.value);
}

}  // namespace

bool ReadHeader(std::span<const uint8_t>& headers, RecordHeaderView& header) {
  const uint8_t* end = headers.data() + headers.size();
  const uint8_t* next = ReadHeaderFrom(headers.data(), end, header);
  if (next == nullptr) return false;
  headers = {next, end};
  return true;
}

const uint8_t* ParseRecord(const uint8_t* in, const uint8_t* end, RecordView& record,
                           const char*& problem) {
  const uint8_t* const begin = in;
  const auto fail = [&problem](const char* what) {
    problem = what;
    return nullptr;
  };
  int32_t size;
  in = ReadVarint(in, end, size);
  if (in == nullptr) return fail("the length of a record is not a number");
  if (size < 0) return fail("the length of a record is negative");
  if (size > end - in) return fail("a record is longer than the batch");
  end = in + size;
  if (in == end) return fail("a record is empty");
  ++in;  // Attributes of a record have no meaning yet.
  in = ReadVarlong(in, end, record.timestamp_delta);
  if (in == nullptr) return fail("the timestamp delta of a record is not a number");
  in = ReadVarint(in, end, record.offset_delta);
  if (in == nullptr) return fail("the offset delta of a record is not a number");
  in = ReadNullable(in, end, record.key);
  if (in == nullptr) return fail("the key of a record does not fit the record");
  in = ReadNullable(in, end, record.value);
  if (in == nullptr) return fail("the value of a record does not fit the record");
  in = ReadVarint(in, end, record.header_count);
  if (in == nullptr || record.header_count < 0 || record.header_count > end - in) {
    return fail("the number of headers does not fit the record");
  }
  record.headers = {in, end};
  for (int32_t i = 0; i < record.header_count; ++i) {
    RecordHeaderView header;
    in = ReadHeaderFrom(in, end, header);
    if (in == nullptr) return fail("a header does not fit its record");
  }
  if (in != end) return fail("a record has bytes after its last header");
  record.size_in_bytes = static_cast<size_t>(end - begin);
  return end;
}

}  // namespace penstock
