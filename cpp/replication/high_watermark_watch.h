// Waiting until enough bytes below the high watermark are new: what a long-polling fetch does on
// all its partitions at once.
#pragma once

#include <cstdint>
#include <deque>

#include "base/ids.h"
#include "runtime/event.h"
#include "runtime/executor.h"
#include "runtime/run_queue.h"

namespace penstock {

// One waiting request.
class HighWatermarkWaiter {
 public:
  // `executor` outlives the waiter.
  HighWatermarkWaiter(Executor& executor, int64_t bytes_wanted)
      : enough_(executor), bytes_wanted_(bytes_wanted) {}

  // Done once bytes_wanted have come, or something happened that the request must look at. The
  // waiter outlives the Task.
  Task<> Wait() { return enough_.Wait(); }
  bool satisfied() const { return enough_.is_set(); }

  void Progress(int64_t bytes) {
    bytes_wanted_ -= bytes;
    if (bytes_wanted_ <= 0) enough_.Set();
  }
  void Interrupt() { enough_.Set(); }

 private:
  Event enough_;
  int64_t bytes_wanted_;
};

// A waiter's place in the line of one partition; leaves the line when it is destroyed. The waiter
// outlives it.
class HighWatermarkWatch final : public Runnable {
 public:
  explicit HighWatermarkWatch(HighWatermarkWaiter& waiter) : waiter_(&waiter) {}
  HighWatermarkWaiter& waiter() { return *waiter_; }
  void Run() override { waiter_->Interrupt(); }

 private:
  HighWatermarkWaiter* waiter_;
};

// The line of one partition.
class HighWatermarkWatchers {
 public:
  bool empty() const { return watches_.empty(); }
  void Add(HighWatermarkWatch& watch) { watches_.PushBack(watch); }
  // The watermark moved over `bytes`: those who have enough go on and leave the line.
  void Progress(int64_t bytes);
  // All go on, whatever they wait for: an error, a deletion.
  void InterruptAll();

 private:
  RunQueue watches_;
};

// How many bytes lie between two positions of the high watermark: the sizes of the batches above
// it.
class BatchSizes {
 public:
  void Append(Offset end_offset, int64_t bytes) { above_.push_back({end_offset, bytes}); }
  // Forgets the batches that end at or below `high_watermark` and gives the sum of their sizes.
  int64_t TakeBelow(Offset high_watermark);
  void Clear() { above_.clear(); }

 private:
  struct Batch {
    Offset end_offset;
    int64_t bytes;
  };
  std::deque<Batch> above_;
};

}  // namespace penstock
