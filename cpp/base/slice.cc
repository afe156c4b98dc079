#include "base/slice.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace penstock {

Slice Slice::Allocate(size_t size) {
  void* memory = std::malloc(sizeof(Block) + size);
  if (memory == nullptr) throw std::bad_alloc();
  Slice slice;
  slice.block_ = new (memory) Block{1};
  slice.data_ = reinterpret_cast<uint8_t*>(slice.block_ + 1);
  slice.size_ = size;
  return slice;
}

Slice Slice::CopyOf(std::span<const uint8_t> bytes) {
  Slice slice = Allocate(bytes.size());
  if (!bytes.empty()) std::memcpy(slice.data_, bytes.data(), bytes.size());
  return slice;
}

Slice Slice::CopyOf(std::string_view text) {
  return CopyOf(std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

void Slice::Release() {
  if (block_ == nullptr) return;
  CHECK(block_->references > 0);
  if (--block_->references == 0) std::free(block_);
}

void SliceChain::RemovePrefix(size_t count) {
  CHECK(count <= size_);
  size_ -= count;
  auto slice = slices_.begin();
  while (slice != slices_.end() && count >= slice->size()) {
    count -= slice->size();
    ++slice;
  }
  slices_.erase(slices_.begin(), slice);
  if (count > 0) slices_.front() = slices_.front().Sub(count);
}

Slice SliceChain::Flatten() const {
  if (slices_.empty()) return Slice();
  if (slices_.size() == 1) return slices_.front();
  Slice flat = Slice::Allocate(size_);
  uint8_t* out = flat.mutable_data();
  for (const Slice& slice : slices_) {
    out = std::copy(slice.data(), slice.data() + slice.size(), out);
  }
  return flat;
}

bool operator==(const SliceChain& a, const SliceChain& b) {
  return a.size() == b.size() && a.Flatten() == b.Flatten();
}

}  // namespace penstock
