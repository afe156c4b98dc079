// One direction of a simulated connection: an ordered stream of bytes that arrives in pieces,
// later.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "base/slice.h"
#include "runtime/condition.h"
#include "runtime/executor.h"
#include "runtime/timer_heap.h"

namespace penstock {

class SimNetwork;
class SimNode;

class SimPipe {
 public:
  // How the stream ends after the bytes before it.
  enum class Ending { kNone, kEndOfStream, kReset };

  SimPipe(SimNetwork& network, SimNode& source, SimNode& target);
  ~SimPipe();

  // The source's side.
  void Send(Slice data);
  void End(Ending ending);
  uint64_t UnreadBytes() const { return unread_bytes_; }  // sent and not read yet
  bool reader_gone() const { return reader_gone_; }       // as far as the source knows

  // The target's side.
  std::deque<Slice>& arrived() { return arrived_; }
  Ending ending() const { return arrived_ending_; }
  void CountRead(uint64_t bytes);
  // The target has closed: what arrives from now on resets the other direction.
  void CloseReader() { target_closed_ = true; }

  // Fails the source's next write: the target answered with a reset.
  void BreakForWriter();
  void SetReverse(std::weak_ptr<SimPipe> reverse) { reverse_ = std::move(reverse); }

  // What was held back by a cut goes on its way.
  void ReleaseHeld();

  SimNode& source() { return source_; }
  SimNode& target() { return target_; }
  Condition& readable() { return readable_; }
  Condition& writable() { return writable_; }

 private:
  class Segment;

  void Launch(std::unique_ptr<Segment> segment);
  void Arrive(Segment& segment);

  SimNetwork& network_;
  SimNode& source_;
  SimNode& target_;
  std::weak_ptr<SimPipe> reverse_;
  Condition readable_;
  Condition writable_;
  std::deque<std::unique_ptr<Segment>>
      on_the_way_;  // in order; the first `held_` of them wait for a heal
  size_t held_ = 0;
  Instant last_arrival_;
  std::deque<Slice> arrived_;
  uint64_t unread_bytes_ = 0;
  Ending sent_ending_ = Ending::kNone;
  Ending arrived_ending_ = Ending::kNone;
  bool target_closed_ = false;
  bool reader_gone_ = false;
};

}  // namespace penstock
