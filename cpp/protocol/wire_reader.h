// Reads the primitives of the protocol from a slice. The error is sticky: after the first failure
// every read returns zero or empty, so that a caller reads everything and checks once.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/endian.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/uuid.h"

namespace penstock {

class WireReader {
 public:
  // More array elements than this in one message are refused: a small element on the wire is a
  // large one in memory.
  static constexpr size_t kArrayElementsMax = size_t{4} << 20;

  explicit WireReader(Slice bytes)
      : bytes_(std::move(bytes)), next_(bytes_.data()), end_(next_ + bytes_.size()) {}
  WireReader(const WireReader&) = delete;
  WireReader& operator=(const WireReader&) = delete;

  bool ok() const { return failure_ == nullptr; }
  // OK, or InvalidArgument that says what was wrong and at which byte.
  Status status() const;
  size_t remaining() const { return static_cast<size_t>(end_ - next_); }
  size_t position() const { return static_cast<size_t>(next_ - bytes_.data()); }

  // A place to come back to, while nothing has failed.
  struct Mark {
    size_t position;
  };
  Mark mark() const { return Mark{position()}; }
  void Rewind(Mark mark) {
    if (ok()) next_ = bytes_.data() + mark.position;
  }

  // The first failure counts. `what` must be a literal.
  void Fail(const char* what) {
    if (failure_ != nullptr) return;
    failure_ = what;
    failed_at_ = position();
    next_ = end_;
  }

  template <std::integral T>
  T Read() {
    if (__builtin_expect(remaining() < sizeof(T), 0)) {
      Fail(kTruncated);
      return T{0};
    }
    const T value = LoadBig<T>(next_);
    next_ += sizeof(T);
    return value;
  }
  bool ReadBool() { return Read<uint8_t>() != 0; }
  double ReadDouble() { return std::bit_cast<double>(Read<uint64_t>()); }
  Uuid ReadUuid() {
    const uint64_t high = Read<uint64_t>();
    return Uuid(high, Read<uint64_t>());
  }
  uint32_t ReadUvarint() {
    if (__builtin_expect(next_ < end_ && *next_ < 0x80, 1)) return *next_++;
    return ReadLongUvarint();
  }

  // The next `size` bytes; shares the block.
  Slice ReadSlice(size_t size) {
    if (size > remaining()) {
      Fail(kTruncated);
      return Slice();
    }
    Slice slice = bytes_.Sub(position(), size);
    next_ += size;
    return slice;
  }
  // Empty after a failure. Valid while the slice lives.
  std::string_view ReadText(size_t size) {
    if (size > remaining()) {
      Fail(kTruncated);
      return {};
    }
    const std::string_view text(reinterpret_cast<const char*>(next_), size);
    next_ += size;
    return text;
  }

  // Accounts for an array of `count` elements, of at least one byte each. False if that cannot be.
  bool TakeElements(size_t count) {
    if (__builtin_expect(count > remaining(), 0)) {
      Fail("an array is longer than the bytes left");
      return false;
    }
    if (__builtin_expect(count > elements_left_, 0)) {
      Fail("too many array elements");
      return false;
    }
    elements_left_ -= count;
    return true;
  }

 private:
  static constexpr const char* kTruncated = "the bytes end too early";

  uint32_t ReadLongUvarint();

  Slice bytes_;
  const uint8_t* next_;
  const uint8_t* end_;
  const char* failure_ = nullptr;
  size_t failed_at_ = 0;
  size_t elements_left_ = kArrayElementsMax;
};

}  // namespace penstock
