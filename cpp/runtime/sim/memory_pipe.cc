#include "runtime/sim/memory_pipe.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace penstock {

void MemoryPipe::Send(Slice data) {
  CountSent(data.size());
  Arrive(std::move(data));
}

void MemoryPipe::End(Ending ending) { ArriveEnding(ending); }

size_t MemoryPipe::Read(Slice& buffer) {
  size_t count = 0;
  while (!arrived_.empty() && count < buffer.size()) {
    Slice& first = arrived_.front();
    const size_t size = std::min(first.size(), buffer.size() - count);
    std::memcpy(buffer.mutable_data() + count, first.data(), size);
    count += size;
    if (size == first.size()) {
      arrived_.pop_front();
    } else {
      first = first.Sub(size);
    }
  }
  CountRead(count);
  return count;
}

Slice MemoryPipe::Take() {
  CHECK(!arrived_.empty());
  Slice first = std::move(arrived_.front());
  arrived_.pop_front();
  CountRead(first.size());
  return first;
}

void MemoryPipe::CloseReader() {
  arrived_.clear();
  BreakForWriter();
}

void MemoryPipe::Arrive(Slice data) {
  if (data.empty()) return;
  arrived_.push_back(std::move(data));
  readable_.NotifyAll();
}

void MemoryPipe::ArriveEnding(Ending ending) {
  if (ending_ == Ending::kNone) ending_ = ending;
  readable_.NotifyAll();
}

void MemoryPipe::CountRead(uint64_t bytes) {
  CHECK(bytes <= unread_bytes_);
  unread_bytes_ -= bytes;
  writable_.NotifyAll();
}

void MemoryPipe::BreakForWriter() {
  reader_gone_ = true;
  writable_.NotifyAll();
}

}  // namespace penstock
