// The bytes of a file in memory, in pages: growing never moves what is there, and a hole costs
// nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace penstock {

class PagedBytes {
 public:
  static constexpr size_t kPageBytes = 4096;

  PagedBytes() = default;
  PagedBytes(const PagedBytes& other);
  PagedBytes& operator=(const PagedBytes& other);
  PagedBytes(PagedBytes&&) = default;
  PagedBytes& operator=(PagedBytes&&) = default;

  uint64_t size() const { return size_; }
  // As many bytes as there are from `position`; the count.
  size_t Read(uint64_t position, std::span<uint8_t> out) const;
  // Extends where needed; bytes between the old end and `position` are zero.
  void Write(uint64_t position, std::span<const uint8_t> bytes);
  // Bytes that are new are zero.
  void Resize(uint64_t size);

 private:
  using Page = std::unique_ptr<uint8_t[]>;

  uint64_t size_ = 0;
  std::vector<Page> pages_;  // none where nothing was written; zero beyond size_
};

}  // namespace penstock
