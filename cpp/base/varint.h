// Variable-length integers. Two families: the unsigned varint of flexible protocol versions, and
// the zig-zag signed varint and varlong inside records. Seven bits per byte, least significant
// group first.
//
// Read functions return the byte after the number, or nullptr when the number is cut off by `end`
// or does not fit its type; `value` is then not set. Write functions need room for k...SizeMax
// bytes and return the byte after the number.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace penstock {

inline constexpr size_t kVarintSizeMax = 5;
inline constexpr size_t kVarlongSizeMax = 10;

constexpr uint32_t ZigZag(int32_t value) {
  return (static_cast<uint32_t>(value) << 1) ^ static_cast<uint32_t>(value >> 31);
}
constexpr uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int32_t UnZigZag(uint32_t value) {
  return static_cast<int32_t>((value >> 1) ^ (0u - (value & 1)));
}
constexpr int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (uint64_t{0} - (value & 1)));
}

constexpr size_t SizeOfUnsignedVarint(uint32_t value) {
  return (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7;
}
constexpr size_t SizeOfUnsignedVarlong(uint64_t value) {
  return (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7;
}
constexpr size_t SizeOfVarint(int32_t value) { return SizeOfUnsignedVarint(ZigZag(value)); }
constexpr size_t SizeOfVarlong(int64_t value) { return SizeOfUnsignedVarlong(ZigZag(value)); }

namespace internal {
// The loop for numbers of two and more bytes. `Unsigned` is uint32_t or uint64_t.
template <class Unsigned>
const uint8_t* ReadVarintSlow(const uint8_t* in, const uint8_t* end, Unsigned& value) {
  constexpr int kBits = sizeof(Unsigned) * 8;
  Unsigned result = 0;
  for (int shift = 0; shift < kBits; shift += 7) {
    if (in == end) return nullptr;
    const uint8_t byte = *in++;
    const Unsigned group = byte & 0x7f;
    if (shift + 7 > kBits && (group >> (kBits - shift)) != 0) return nullptr;
    result |= group << shift;
    if (byte < 0x80) {
      value = result;
      return in;
    }
  }
  return nullptr;
}

template <class Unsigned>
const uint8_t* ReadVarintFast(const uint8_t* in, const uint8_t* end, Unsigned& value) {
  if (in != end && *in < 0x80) [[likely]] {
    value = *in;
    return in + 1;
  }
  if (end - in >= 2 && in[1] < 0x80) [[likely]] {
    value = static_cast<Unsigned>(in[0] & 0x7f) | static_cast<Unsigned>(in[1]) << 7;
    return in + 2;
  }
  return ReadVarintSlow(in, end, value);
}

template <class Unsigned>
uint8_t* WriteVarint(uint8_t* out, Unsigned value) {
  while (value >= 0x80) {
    *out++ = static_cast<uint8_t>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<uint8_t>(value);
  return out;
}
}  // namespace internal

inline const uint8_t* ReadUnsignedVarint(const uint8_t* in, const uint8_t* end, uint32_t& value) {
  return internal::ReadVarintFast(in, end, value);
}
inline const uint8_t* ReadUnsignedVarlong(const uint8_t* in, const uint8_t* end, uint64_t& value) {
  return internal::ReadVarintFast(in, end, value);
}
inline const uint8_t* ReadVarint(const uint8_t* in, const uint8_t* end, int32_t& value) {
  uint32_t raw;
  const uint8_t* next = internal::ReadVarintFast(in, end, raw);
  if (next != nullptr) value = UnZigZag(raw);
  return next;
}
inline const uint8_t* ReadVarlong(const uint8_t* in, const uint8_t* end, int64_t& value) {
  uint64_t raw;
  const uint8_t* next = internal::ReadVarintFast(in, end, raw);
  if (next != nullptr) value = UnZigZag(raw);
  return next;
}

inline uint8_t* WriteUnsignedVarint(uint8_t* out, uint32_t value) {
  return internal::WriteVarint(out, value);
}
inline uint8_t* WriteUnsignedVarlong(uint8_t* out, uint64_t value) {
  return internal::WriteVarint(out, value);
}
inline uint8_t* WriteVarint(uint8_t* out, int32_t value) {
  return internal::WriteVarint(out, ZigZag(value));
}
inline uint8_t* WriteVarlong(uint8_t* out, int64_t value) {
  return internal::WriteVarint(out, ZigZag(value));
}

}  // namespace penstock
