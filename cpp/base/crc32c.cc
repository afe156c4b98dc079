// Three ways to the same number. The x86 way folds four 128-bit lanes by carry-less multiplication
// and leaves the rest to the crc32 instruction; ARM uses its crc32c instructions; the portable way
// looks up eight bytes at a time.
#include "base/crc32c.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <arm_acle.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace penstock {
namespace {

// The Castagnoli polynomial, bits reversed.
constexpr uint32_t kPolynomial = 0x82f63b78;

using Tables = std::array<std::array<uint32_t, 256>, 8>;

// tables[k][b] is the effect of byte b followed by k zero bytes.
constexpr Tables MakeTables() {
  Tables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (size_t zeros = 1; zeros < 8; ++zeros) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t before = tables[zeros - 1][byte];
      tables[zeros][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}
constexpr Tables kTables = MakeTables();

uint64_t LoadLittle64(const uint8_t* in) {
  uint64_t value;
  std::memcpy(&value, in, sizeof value);
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
  return value;
}

#if defined(__x86_64__)

// x^power modulo the polynomial, bits reversed: what a lane is multiplied by to move it `power + 1`
// bits ahead.
constexpr uint32_t PowerOfX(int power) {
  uint32_t value = 0x80000000;  // x^0
  for (int i = 0; i < power; ++i) value = (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
  return value;
}

__attribute__((target("sse4.2"))) uint64_t CrcByWords(uint64_t crc, const uint8_t* in,
                                                      size_t size) {
  for (; size >= 8; size -= 8, in += 8) crc = _mm_crc32_u64(crc, LoadLittle64(in));
  for (; size > 0; --size, ++in) crc = _mm_crc32_u8(static_cast<uint32_t>(crc), *in);
  return crc;
}

__attribute__((target("sse4.2,pclmul"))) inline __m128i Fold(__m128i lane, __m128i factors,
                                                             __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(lane, factors, 0x00);
  const __m128i high = _mm_clmulepi64_si128(lane, factors, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

__attribute__((target("sse4.2,pclmul"))) inline __m128i LoadLane(const uint8_t* in) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
}

// Needs 64 bytes or more.
__attribute__((target("sse4.2,pclmul"))) uint64_t CrcByFolding(uint32_t crc, const uint8_t* in,
                                                               size_t size) {
  // A lane is moved by its distance (512 or 128 bits) in two halves: the first half lies 32 bits
  // further, the second 32 bits less far.
  constexpr uint32_t kFar[2] = {PowerOfX(512 + 31), PowerOfX(512 - 33)};
  constexpr uint32_t kNear[2] = {PowerOfX(128 + 31), PowerOfX(128 - 33)};
  const __m128i far = _mm_set_epi64x(kFar[1], kFar[0]);
  const __m128i near = _mm_set_epi64x(kNear[1], kNear[0]);
  __m128i a = _mm_xor_si128(LoadLane(in), _mm_cvtsi32_si128(static_cast<int>(crc)));
  __m128i b = LoadLane(in + 16);
  __m128i c = LoadLane(in + 32);
  __m128i d = LoadLane(in + 48);
  for (in += 64, size -= 64; size >= 64; in += 64, size -= 64) {
    a = Fold(a, far, LoadLane(in));
    b = Fold(b, far, LoadLane(in + 16));
    c = Fold(c, far, LoadLane(in + 32));
    d = Fold(d, far, LoadLane(in + 48));
  }
  a = Fold(a, near, b);
  a = Fold(a, near, c);
  a = Fold(a, near, d);
  for (; size >= 16; in += 16, size -= 16) a = Fold(a, near, LoadLane(in));
  uint64_t folded = _mm_crc32_u64(0, static_cast<uint64_t>(_mm_extract_epi64(a, 0)));
  folded = _mm_crc32_u64(folded, static_cast<uint64_t>(_mm_extract_epi64(a, 1)));
  return CrcByWords(folded, in, size);
}

#elif defined(__aarch64__) && defined(__linux__)

__attribute__((target("+crc"))) uint32_t CrcByWords(uint32_t crc, const uint8_t* in, size_t size) {
  for (; size >= 8; size -= 8, in += 8) crc = __crc32cd(crc, LoadLittle64(in));
  for (; size > 0; --size, ++in) crc = __crc32cb(crc, *in);
  return crc;
}

#endif

}  // namespace

uint32_t internal::ExtendCrc32cPortable(uint32_t crc, std::span<const uint8_t> bytes) {
  const uint8_t* in = bytes.data();
  size_t size = bytes.size();
  crc = ~crc;
  for (; size >= 8; size -= 8, in += 8) {
    const uint64_t word = LoadLittle64(in) ^ crc;
    crc = 0;
    for (size_t byte = 0; byte < 8; ++byte) {
      crc ^= kTables[7 - byte][(word >> (8 * byte)) & 0xff];
    }
  }
  for (; size > 0; --size, ++in) crc = (crc >> 8) ^ kTables[0][(crc ^ *in) & 0xff];
  return ~crc;
}

uint32_t ExtendCrc32c(uint32_t crc, std::span<const uint8_t> bytes) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) {
    if (bytes.size() >= 64 && __builtin_cpu_supports("pclmul")) {
      return ~static_cast<uint32_t>(CrcByFolding(~crc, bytes.data(), bytes.size()));
    }
    return ~static_cast<uint32_t>(CrcByWords(~crc, bytes.data(), bytes.size()));
  }
#elif defined(__aarch64__) && defined(__linux__)
  if ((getauxval(AT_HWCAP) & HWCAP_CRC32) != 0) {
    return ~CrcByWords(~crc, bytes.data(), bytes.size());
  }
#endif
  return internal::ExtendCrc32cPortable(crc, bytes);
}

}  // namespace penstock
