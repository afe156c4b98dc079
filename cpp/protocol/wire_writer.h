// Writes the primitives of the protocol into a chain of slices. What is small is copied into one
// block that was allocated for it; large bytes and records are spliced in.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/endian.h"
#include "base/slice.h"
#include "base/uuid.h"

namespace penstock {

class WireWriter {
 public:
  // Bytes of at least this size are spliced, shorter ones copied.
  static constexpr size_t kSpliceBytesMin = 1024;

  // `size` is the number of bytes that will be copied. Writing more is a fault of the caller.
  explicit WireWriter(size_t size) : block_(Slice::Allocate(size)), next_(block_.mutable_data()) {
    end_ = next_ + size;
  }
  WireWriter(WireWriter&&) = default;
  WireWriter& operator=(WireWriter&&) = default;

  static constexpr size_t SizeOfUvarint(uint32_t value) {
    return static_cast<size_t>(38 - std::countl_zero(value | 1)) / 7;
  }

  template <std::integral T>
  void Write(T value) {
    CHECK(sizeof(T) <= room());
    StoreBig(next_, value);
    next_ += sizeof(T);
  }
  void WriteBool(bool value) { Write<uint8_t>(value ? 1 : 0); }
  void WriteDouble(double value) { Write(std::bit_cast<uint64_t>(value)); }
  void WriteUuid(const Uuid& id) {
    Write(id.high());
    Write(id.low());
  }
  void WriteUvarint(uint32_t value) {
    while (value >= 0x80) {
      Write(static_cast<uint8_t>(value | 0x80));
      value >>= 7;
    }
    Write(static_cast<uint8_t>(value));
  }
  void WriteText(std::string_view text) {
    CHECK(text.size() <= room());
    if (!text.empty()) std::memcpy(next_, text.data(), text.size());
    next_ += text.size();
  }
  void WriteSlice(const Slice& slice) {
    if (slice.size() < kSpliceBytesMin) return WriteText(slice.text());
    Cut();
    chain_.Append(slice);
  }
  void WriteChain(const SliceChain& chain) {
    for (const Slice& slice : chain.slices()) WriteSlice(slice);
  }

  // Everything written. The writer is empty afterwards.
  SliceChain Finish() {
    Cut();
    return std::move(chain_);
  }

 private:
  size_t room() const { return static_cast<size_t>(end_ - next_); }
  // Ends the current window on the block.
  void Cut() {
    const size_t end = block_.size() - room();
    chain_.Append(block_.Sub(cut_, end - cut_));
    cut_ = end;
  }

  Slice block_;
  uint8_t* next_;
  uint8_t* end_;
  size_t cut_ = 0;  // bytes of the block that are in the chain
  SliceChain chain_;
};

}  // namespace penstock
