#include "log/tail_cache.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace penstock {

void TailBudget::Enforce() {
  auto next = owners_.begin();
  while (bytes_ > bytes_max_ && next != owners_.end()) {
    TailCache* owner = *next;
    ++next;
    // An owner's oldest block comes before its others in the list, so this is the block of that
    // node, or one that is not written yet and therefore stays with all behind it.
    owner->DropOldest();
  }
}

TailCache::Block& TailCache::RoomFor(size_t size, Offset base_offset) {
  if (!blocks_.empty() && blocks_.back().memory.size() - blocks_.back().used >= size) {
    return blocks_.back();
  }
  if (blocks_.empty()) next_block_bytes_ = kBlockBytesMin;
  const size_t capacity = std::max(size, next_block_bytes_);
  next_block_bytes_ = std::min(next_block_bytes_ * 2, kBlockBytesMax);
  Block& block = blocks_.emplace_back();
  block.memory = Slice::Allocate(capacity);
  block.first_offset = block.end_offset = base_offset;
  block.in_budget = budget_.owners_.insert(budget_.owners_.end(), this);
  budget_.bytes_ += capacity;
  return block;
}

Slice TailCache::Append(const Slice& batch, Offset base_offset, Offset last_offset) {
  Block& block = RoomFor(batch.size(), base_offset);
  std::memcpy(block.memory.mutable_data() + block.used, batch.data(), batch.size());
  const size_t start = block.used;
  block.used += batch.size();
  block.end_offset = last_offset + 1;
  block.entries.push_back({.last_offset = last_offset, .end = block.used});
  return block.memory.Sub(start, batch.size());
}

Slice TailCache::LastBytes(size_t size) const {
  CHECK(!blocks_.empty() && size <= blocks_.back().used);
  return blocks_.back().memory.Sub(blocks_.back().used - size, size);
}

void TailCache::SetWritten(Offset written) {
  written_ = written;
  budget_.Enforce();
}

Offset TailCache::first_offset() const {
  CHECK(!blocks_.empty());
  return blocks_.front().first_offset;
}

std::optional<LogReadResult> TailCache::Read(Offset from, const ReadOptions& options) const {
  LogReadResult result;
  result.next_offset = from;
  result.from_memory = true;
  auto block = std::partition_point(blocks_.begin(), blocks_.end(),
                                    [from](const Block& b) { return b.end_offset <= from; });
  bool full = false;
  for (; block != blocks_.end() && !full; ++block) {
    const auto first =
        std::partition_point(block->entries.begin(), block->entries.end(),
                             [from](const Entry& entry) { return entry.last_offset < from; });
    const size_t begin = first == block->entries.begin() ? 0 : std::prev(first)->end;
    size_t end = begin;
    for (auto entry = first; entry != block->entries.end(); ++entry) {
      const int64_t bytes = static_cast<int64_t>(result.records.size() + entry->end - begin);
      const bool is_first = result.records.empty() && end == begin;
      full = entry->last_offset >= options.upper_bound ||
             (bytes > options.bytes_max && !(is_first && options.at_least_one_batch));
      if (full) break;
      end = entry->end;
      result.next_offset = entry->last_offset + 1;
    }
    result.records.Append(block->memory.Sub(begin, end - begin));
  }
  if (result.records.empty()) return std::nullopt;
  return result;
}

bool TailCache::DropOldest() {
  CHECK(!blocks_.empty());
  const Block& oldest = blocks_.front();
  if (oldest.end_offset > written_) return false;
  budget_.bytes_ -= oldest.memory.size();
  budget_.owners_.erase(oldest.in_budget);
  blocks_.pop_front();
  return true;
}

void TailCache::Clear() {
  for (const Block& block : blocks_) {
    budget_.bytes_ -= block.memory.size();
    budget_.owners_.erase(block.in_budget);
  }
  blocks_.clear();
}

}  // namespace penstock
