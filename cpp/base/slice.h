// Reference-counted bytes. A Slice is a window on a Block; copying it copies a pointer, never
// bytes. A SliceChain is a sequence of slices that is written or sent in one gathered call.
//
// Counts are plain integers: a Block and all its slices belong to one shard. Another thread may
// read or fill the bytes of a slice while the shard holds it for an operation in flight; it never
// touches the count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"

namespace penstock {

class Slice {
 public:
  Slice() = default;
  Slice(const Slice& other) : block_(other.block_), data_(other.data_), size_(other.size_) {
    Acquire();
  }
  Slice(Slice&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Slice& operator=(Slice other) noexcept {
    std::swap(block_, other.block_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Slice() { Release(); }

  // `size` bytes of a new block, not initialised.
  static Slice Allocate(size_t size);
  static Slice CopyOf(std::span<const uint8_t> bytes);
  static Slice CopyOf(std::string_view text);

  const uint8_t* data() const { return data_; }
  uint8_t* mutable_data() { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::span<const uint8_t> span() const { return {data_, size_}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }

  // The window [offset, offset + size) of this slice, sharing its block. The window must lie
  // inside.
  Slice Sub(size_t offset, size_t size) const {
    CHECK(offset <= size_ && size <= size_ - offset);
    Slice sub(*this);
    sub.data_ += offset;
    sub.size_ = size;
    return sub;
  }
  Slice Sub(size_t offset) const {
    CHECK(offset <= size_);
    return Sub(offset, size_ - offset);
  }

  // True if no other slice shares the block.
  bool unique() const { return block_ != nullptr && block_->references == 1; }

  friend bool operator==(const Slice& a, const Slice& b) {
    return a.size_ == b.size_ && (a.size_ == 0 || std::memcmp(a.data_, b.data_, a.size_) == 0);
  }

 private:
  struct Block {
    size_t references;
  };

  void Acquire() const {
    if (block_ != nullptr) ++block_->references;
  }
  void Release();

  Block* block_ = nullptr;
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

class SliceChain {
 public:
  SliceChain() = default;
  explicit SliceChain(Slice slice) { Append(std::move(slice)); }

  void Append(Slice slice) {
    if (slice.empty()) return;
    size_ += slice.size();
    slices_.push_back(std::move(slice));
  }
  void Append(SliceChain chain) {
    for (Slice& slice : chain.slices_) Append(std::move(slice));
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const std::vector<Slice>& slices() const { return slices_; }

  // Drops the first `count` bytes; count <= size().
  void RemovePrefix(size_t count);
  // All bytes in one slice: the only slice itself where there is one, else a copy.
  Slice Flatten() const;

  // Equal bytes, however they are cut.
  friend bool operator==(const SliceChain& a, const SliceChain& b);

 private:
  std::vector<Slice> slices_;
  size_t size_ = 0;
};

}  // namespace penstock
