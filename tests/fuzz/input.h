// Takes decisions of a fuzz target off the front of its input; an input that is too short decides
// with zeros.
#pragma once

#include <cstdint>
#include <span>

namespace penstock::fuzz {

class Input {
 public:
  explicit Input(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  uint8_t TakeByte() {
    if (bytes_.empty()) return 0;
    const uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }
  uint16_t TakeShort() {
    const uint16_t high = TakeByte();
    return static_cast<uint16_t>(high << 8 | TakeByte());
  }
  std::span<const uint8_t> rest() const { return bytes_; }

 private:
  std::span<const uint8_t> bytes_;
};

}  // namespace penstock::fuzz
