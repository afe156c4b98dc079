#include "base/uuid.h"

#include "base/endian.h"

namespace penstock {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr size_t kTextSize = 22;

}  // namespace

std::optional<Uuid> Uuid::FromRandomBits(uint64_t high, uint64_t low) {
  const Uuid id((high & ~0xF000ULL) | 0x4000ULL,
                (low & 0x3FFFFFFFFFFFFFFFULL) | 0x8000000000000000ULL);
  if (id.ToString().front() == '-') return std::nullopt;
  return id;
}

std::string Uuid::ToString() const {
  std::array<uint8_t, 18> bytes{};  // two bytes of padding, so that it falls into groups of three
  StoreBig(bytes.data(), high_);
  StoreBig(bytes.data() + 8, low_);
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const uint32_t group = uint32_t{bytes[i]} << 16 | uint32_t{bytes[i + 1]} << 8 | bytes[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) text += kAlphabet[group >> shift & 63];
  }
  text.resize(kTextSize);
  return text;
}

std::optional<Uuid> Uuid::Parse(std::string_view text) {
  if (text.size() == kTextSize + 2 && text.substr(kTextSize) == "==") text.remove_suffix(2);
  if (text.size() != kTextSize) return std::nullopt;
  std::array<uint8_t, 17> bytes{};
  size_t bits = 0;
  uint32_t pending = 0;
  size_t next = 0;
  for (const char c : text) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    pending = pending << 6 | static_cast<uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[next++] = static_cast<uint8_t>(pending >> bits);
    }
  }
  if ((pending & ((1U << bits) - 1)) != 0) return std::nullopt;  // bits beyond the sixteenth byte
  return Uuid(LoadBig<uint64_t>(bytes.data()), LoadBig<uint64_t>(bytes.data() + 8));
}

}  // namespace penstock
