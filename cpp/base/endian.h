// Numbers of the wire and of the disk: big-endian, unaligned.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>

namespace penstock {

template <std::integral T>
constexpr T SwapBytes(T value) {
  if constexpr (sizeof(T) == 1)
    return value;
  else if constexpr (sizeof(T) == 2)
    return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  else if constexpr (sizeof(T) == 4)
    return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  else
    return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
}

// Reads a big-endian T; sizeof(T) bytes must be there.
template <std::integral T>
T LoadBig(const uint8_t* in) {
  T value;
  std::memcpy(&value, in, sizeof value);
  if constexpr (std::endian::native == std::endian::little) value = SwapBytes(value);
  return value;
}

template <std::integral T>
void StoreBig(uint8_t* out, T value) {
  if constexpr (std::endian::native == std::endian::little) value = SwapBytes(value);
  std::memcpy(out, &value, sizeof value);
}

}  // namespace penstock
