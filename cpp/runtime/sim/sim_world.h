// A world of machines in one thread, from one seed. Time stands still while anybody has work and
// jumps to the next event when nobody has.
//
// A test without faults needs only: SimWorld world(seed); world.Run(Story(world.runtime()));
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "runtime/root_task.h"
#include "runtime/runtime.h"
#include "runtime/seeded_random.h"
#include "runtime/sim/sim_network.h"
#include "runtime/sim/sim_node.h"
#include "runtime/sim/trace_hash.h"
#include "runtime/timer_heap.h"

namespace penstock {

class SimWorld {
 public:
  explicit SimWorld(uint64_t seed);
  SimWorld(const SimWorld&) = delete;
  SimWorld& operator=(const SimWorld&) = delete;
  ~SimWorld();

  uint64_t seed() const { return seed_; }
  // The ports of a machine of its own, "driver": where the test itself runs.
  Runtime& runtime() { return nodes_.front()->runtime(); }
  SimNode& driver() { return *nodes_.front(); }
  // The node lives as long as the world.
  SimNode& AddNode(std::string name);
  bool HasNode(std::string_view name) const;
  SimNetwork& network() { return network_; }

  // Runs the world until `task` is done. A world in which nothing can ever happen any more is a
  // failed CHECK.
  template <class T>
  T Run(Task<T> task) {
    RootTask<T> root(std::move(task));
    root.Start();
    while (!root.done()) CHECK(Step());
    return root.TakeResult();
  }
  // One event; false if there is none.
  bool Step();
  // Everything that happens in the next `duration`; the time is then exactly that much later.
  void RunFor(Duration duration);
  // Until nobody has work and no timer is set.
  void RunUntilQuiet() {
    while (Step()) {
    }
  }

  // Since the beginning, without drift.
  Instant now() const { return now_; }
  TimerHeap& timers() { return timers_; }
  TraceHash& trace() { return trace_; }

 private:
  bool RunReady();

  const uint64_t seed_;
  Instant now_;
  uint64_t steps_without_time_ = 0;
  SeededRandom schedule_random_;
  TraceHash trace_;
  TimerHeap timers_;
  SimNetwork network_;
  std::vector<std::unique_ptr<SimNode>> nodes_;
};

}  // namespace penstock
