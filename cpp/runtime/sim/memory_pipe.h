// One direction of a connection in memory: slices that were sent and not read yet. They go through
// by reference. SimPipe puts the faults of a network before the far end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "base/slice.h"
#include "runtime/condition.h"
#include "runtime/executor.h"

namespace penstock {

class MemoryPipe {
 public:
  // How the stream ends after the bytes before it.
  enum class Ending { kNone, kEndOfStream, kReset };

  // The executors of both sides outlive the pipe.
  MemoryPipe(Executor& source, Executor& target) : readable_(target), writable_(source) {}
  MemoryPipe(const MemoryPipe&) = delete;
  MemoryPipe& operator=(const MemoryPipe&) = delete;
  virtual ~MemoryPipe() = default;

  // The source's side.
  virtual void Send(Slice data);
  virtual void End(Ending ending);
  uint64_t unread_bytes() const { return unread_bytes_; }  // sent and not read yet
  bool reader_gone() const { return reader_gone_; }        // as far as the source knows
  Condition& writable() { return writable_; }

  // The target's side.
  bool empty() const { return arrived_.empty(); }
  Ending ending() const { return ending_; }  // once all before it has arrived
  Condition& readable() { return readable_; }
  // Copies what has arrived into the front of `buffer`, as much as there is; how many bytes.
  size_t Read(Slice& buffer);
  // The first slice that has arrived, itself; only if there is one.
  Slice Take();
  // The target reads no more.
  virtual void CloseReader();

 protected:
  // Bytes on their way, and their arrival.
  void CountSent(uint64_t bytes) { unread_bytes_ += bytes; }
  void Arrive(Slice data);
  void ArriveEnding(Ending ending);
  void CountRead(uint64_t bytes);
  // Fails the source's next write.
  void BreakForWriter();

 private:
  Condition readable_;
  Condition writable_;
  std::deque<Slice> arrived_;
  uint64_t unread_bytes_ = 0;
  Ending ending_ = Ending::kNone;
  bool reader_gone_ = false;
};

}  // namespace penstock
