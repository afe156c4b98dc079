#include "protocol/wire_reader.h"

#include "base/strings.h"

namespace penstock {

Status WireReader::status() const {
  if (failure_ == nullptr) return OkStatus();
  return InvalidArgument(StrCat(failure_, " (byte ", failed_at_, " of ", bytes_.size(), ")"));
}

uint32_t WireReader::ReadLongUvarint() {
  uint32_t value = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    const uint8_t byte = Read<uint8_t>();
    if (!ok()) return 0;
    if (shift == 28 && byte > 0x0F) break;
    value |= static_cast<uint32_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  Fail("a varint is longer than 32 bits");
  return 0;
}

}  // namespace penstock
