// One direction of a simulated connection: a pipe in memory whose pieces arrive later, or never.
#pragma once

#include <deque>
#include <memory>
#include <utility>

#include "base/slice.h"
#include "runtime/sim/memory_pipe.h"
#include "runtime/timer_heap.h"

namespace penstock {

class SimNetwork;
class SimNode;

class SimPipe final : public MemoryPipe {
 public:
  SimPipe(SimNetwork& network, SimNode& source, SimNode& target);
  ~SimPipe() override;

  void Send(Slice data) override;
  void End(Ending ending) override;
  // What arrives from now on resets the other direction.
  void CloseReader() override;
  void SetReverse(std::weak_ptr<SimPipe> reverse) { reverse_ = std::move(reverse); }

  // What was held back by a cut goes on its way.
  void ReleaseHeld();

 private:
  class Segment;

  void Launch(std::unique_ptr<Segment> segment);
  void ArriveNow(Segment& segment);

  SimNetwork& network_;
  SimNode& source_;
  SimNode& target_;
  std::weak_ptr<SimPipe> reverse_;
  std::deque<std::unique_ptr<Segment>>
      on_the_way_;  // in order; the first `held_` of them wait for a heal
  size_t held_ = 0;
  Instant last_arrival_;
  Ending sent_ending_ = Ending::kNone;
  bool target_closed_ = false;
};

}  // namespace penstock
