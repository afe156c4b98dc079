// CRC-32C (Castagnoli), the checksum of record batches and producer snapshots. By the processor's
// own instructions where it has them (SSE 4.2 with PCLMULQDQ, ARMv8), by tables elsewhere; every
// way gives the same number.
#pragma once

#include <cstdint>
#include <span>

namespace penstock {

// The checksum of the bytes of `crc` followed by `bytes`; ExtendCrc32c(0, bytes) is Crc32c(bytes).
uint32_t ExtendCrc32c(uint32_t crc, std::span<const uint8_t> bytes);

inline uint32_t Crc32c(std::span<const uint8_t> bytes) { return ExtendCrc32c(0, bytes); }

namespace internal {
// The portable way, always there: the reference that tests hold the others against.
uint32_t ExtendCrc32cPortable(uint32_t crc, std::span<const uint8_t> bytes);
}  // namespace internal

}  // namespace penstock
