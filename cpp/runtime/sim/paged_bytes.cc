#include "runtime/sim/paged_bytes.h"

#include <algorithm>
#include <cstring>

namespace penstock {

PagedBytes::PagedBytes(const PagedBytes& other) { *this = other; }

PagedBytes& PagedBytes::operator=(const PagedBytes& other) {
  if (this == &other) return *this;
  size_ = other.size_;
  pages_.clear();
  pages_.resize(other.pages_.size());
  for (size_t i = 0; i < pages_.size(); ++i) {
    if (other.pages_[i] == nullptr) continue;
    pages_[i] = std::make_unique_for_overwrite<uint8_t[]>(kPageBytes);
    std::memcpy(pages_[i].get(), other.pages_[i].get(), kPageBytes);
  }
  return *this;
}

size_t PagedBytes::Read(uint64_t position, std::span<uint8_t> out) const {
  if (position >= size_) return 0;
  const size_t total = static_cast<size_t>(std::min<uint64_t>(out.size(), size_ - position));
  for (size_t done = 0; done < total;) {
    const size_t offset = (position + done) % kPageBytes;
    const size_t count = std::min(total - done, kPageBytes - offset);
    const Page& page = pages_[(position + done) / kPageBytes];
    if (page == nullptr) {
      std::memset(out.data() + done, 0, count);
    } else {
      std::memcpy(out.data() + done, page.get() + offset, count);
    }
    done += count;
  }
  return total;
}

void PagedBytes::Write(uint64_t position, std::span<const uint8_t> bytes) {
  if (bytes.empty()) return;
  if (position + bytes.size() > size_) Resize(position + bytes.size());
  for (size_t done = 0; done < bytes.size();) {
    const size_t offset = (position + done) % kPageBytes;
    const size_t count = std::min(bytes.size() - done, kPageBytes - offset);
    Page& page = pages_[(position + done) / kPageBytes];
    if (page == nullptr) page = std::make_unique<uint8_t[]>(kPageBytes);
    std::memcpy(page.get() + offset, bytes.data() + done, count);
    done += count;
  }
}

void PagedBytes::Resize(uint64_t size) {
  pages_.resize((size + kPageBytes - 1) / kPageBytes);
  // What a shorter file leaves in its last page must read as zero when the file grows again.
  if (size < size_ && size % kPageBytes != 0 && pages_.back() != nullptr) {
    std::memset(pages_.back().get() + size % kPageBytes, 0, kPageBytes - size % kPageBytes);
  }
  size_ = size;
}

}  // namespace penstock
