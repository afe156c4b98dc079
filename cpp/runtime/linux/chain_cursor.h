// Where a gathered write stands in its chain.
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <span>

#include "base/slice.h"

namespace penstock {

class ChainCursor {
 public:
  // Slices of one system call.
  static constexpr size_t kVectorMax = 256;

  explicit ChainCursor(const SliceChain& chain) : slices_(chain.slices()), left_(chain.size()) {}

  size_t left() const { return left_; }
  // Fills `out` with what comes next; how many entries.
  size_t Fill(std::span<iovec> out) const {
    size_t count = 0;
    size_t offset = offset_;
    for (size_t i = index_; i < slices_.size() && count < out.size(); ++i, ++count) {
      // A write only reads through the pointer.
      out[count].iov_base = const_cast<uint8_t*>(slices_[i].data() + offset);
      out[count].iov_len = slices_[i].size() - offset;
      offset = 0;
    }
    return count;
  }
  void Advance(size_t bytes) {
    left_ -= bytes;
    while (bytes > 0) {
      const size_t here = std::min(bytes, slices_[index_].size() - offset_);
      bytes -= here;
      offset_ += here;
      if (offset_ == slices_[index_].size()) {
        ++index_;
        offset_ = 0;
      }
    }
  }

 private:
  const std::vector<Slice>& slices_;
  size_t left_;
  size_t index_ = 0;
  size_t offset_ = 0;
};

}  // namespace penstock
