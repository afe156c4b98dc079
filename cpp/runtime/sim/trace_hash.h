// A hash of everything that happens in a simulated run. Equal seeds of the same program must give
// equal hashes.
#pragma once

#include <cstdint>
#include <string_view>

namespace penstock {

class TraceHash {
 public:
  void Add(uint64_t word) {
    state_ = (state_ ^ word) * 0x100000001b3U;
    state_ ^= state_ >> 29;
    ++events_;
  }
  void Add(std::string_view text) {
    uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
    for (const char letter : text) {
      hash = (hash ^ static_cast<uint8_t>(letter)) * 0x100000001b3U;
    }
    Add(hash);
  }
  uint64_t value() const { return state_; }
  uint64_t events() const { return events_; }

 private:
  uint64_t state_ = 0xcbf29ce484222325U;
  uint64_t events_ = 0;
};

}  // namespace penstock
