// The bytes of recent appends, in blocks that reads, writes and answers share without copying.
// Blocks of all logs of a directory share one budget; the oldest block that is in its file goes
// first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/slice.h"
#include "log/log_types.h"

namespace penstock {

class TailCache;

class TailBudget {
 public:
  explicit TailBudget(size_t bytes_max) : bytes_max_(bytes_max) {}
  TailBudget(const TailBudget&) = delete;
  TailBudget& operator=(const TailBudget&) = delete;

  size_t bytes() const { return bytes_; }
  size_t bytes_max() const { return bytes_max_; }
  // Drops the oldest blocks that may go until the budget holds.
  void Enforce();

 private:
  friend class TailCache;

  size_t bytes_max_;
  size_t bytes_ = 0;
  std::list<TailCache*> owners_;  // one per block, oldest block first
};

class TailCache {
 public:
  static constexpr size_t kBlockBytesMin = size_t{4} << 10;
  static constexpr size_t kBlockBytesMax = size_t{256} << 10;

  // `budget` outlives the cache.
  explicit TailCache(TailBudget& budget) : budget_(budget) {}
  ~TailCache() { Clear(); }
  TailCache(const TailCache&) = delete;
  TailCache& operator=(const TailCache&) = delete;

  // Copies a batch behind the last one; the copy may be patched until the next call.
  Slice Append(const Slice& batch, Offset base_offset, Offset last_offset);
  // The last `size` bytes in one piece; they must lie in the block of the last batch.
  Slice LastBytes(size_t size) const;
  // Blocks whose batches all end at or below `written` may be dropped from now on.
  void SetWritten(Offset written);

  bool empty() const { return blocks_.empty(); }
  // Where memory begins; reads below go to the file.
  Offset first_offset() const;
  // Batches from the one that contains `from` (which lies at or above first_offset()); nothing if
  // none qualifies.
  std::optional<LogReadResult> Read(Offset from, const ReadOptions& options) const;

  void Clear();

 private:
  friend class TailBudget;

  struct Entry {
    Offset last_offset{0};
    size_t end = 0;  // in the block
  };
  struct Block {
    Slice memory;
    size_t used = 0;
    Offset first_offset{0};
    Offset end_offset{0};
    std::vector<Entry> entries;
    std::list<TailCache*>::iterator in_budget;
  };

  Block& RoomFor(size_t size, Offset base_offset);
  // False if the oldest block is not written yet.
  bool DropOldest();

  TailBudget& budget_;
  std::deque<Block> blocks_;
  size_t next_block_bytes_ = kBlockBytesMin;
  Offset written_{0};
};

}  // namespace penstock
