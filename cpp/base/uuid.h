// 16 bytes that name a topic, a directory, a cluster or an incarnation. Text form: 22 characters of
// base64url without padding, as Kafka prints it. Two values are reserved: Zero (none) and One (the
// metadata topic).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace penstock {

class Uuid {
 public:
  constexpr Uuid() = default;  // Zero
  constexpr Uuid(uint64_t high, uint64_t low) : high_(high), low_(low) {}

  static constexpr Uuid Zero() { return Uuid(); }
  static constexpr Uuid One() { return Uuid(0, 1); }
  // A random (version 4) Uuid from 128 random bits. Its text never starts with '-': false where
  // these bits would, so the caller draws again.
  static std::optional<Uuid> FromRandomBits(uint64_t high, uint64_t low);
  // Nothing if `text` is not 22 (or, padded, 24) characters of base64url.
  static std::optional<Uuid> Parse(std::string_view text);

  uint64_t high() const { return high_; }
  uint64_t low() const { return low_; }
  std::string ToString() const;

  auto operator<=>(const Uuid&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Uuid& id) {
    return out << id.ToString();
  }

 private:
  uint64_t high_ = 0;
  uint64_t low_ = 0;
};

}  // namespace penstock
