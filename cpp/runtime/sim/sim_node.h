// One machine of a simulated world: its clock, its loop, its disk and its place in the network.
// What it runs can crash at any await and be started again on what the disk kept.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "runtime/run_queue.h"
#include "runtime/runtime.h"
#include "runtime/seeded_random.h"
#include "runtime/sim/memory_disk.h"
#include "runtime/sim/memory_files.h"
#include "runtime/sim/sim_faults.h"
#include "runtime/sim/sim_files.h"
#include "runtime/sim/sim_network.h"

namespace penstock {

class SimWorld;

class SimNode final : public Clock, public Executor, public Timers {
 public:
  // The program of the node. It runs from Start to its end or the next crash.
  using Program = std::function<Task<>(Runtime&)>;

  // Made by SimWorld::AddNode. `name` is its host name in the network.
  SimNode(SimWorld& world, std::string name, uint64_t index, uint64_t seed);
  SimNode(const SimNode&) = delete;
  SimNode& operator=(const SimNode&) = delete;
  ~SimNode() override;

  const std::string& name() const { return name_; }
  Runtime& runtime() { return runtime_; }
  MemoryDisk& disk() { return disk_; }
  const DiskCounters& disk_counters() const { return files_.counters(); }

  // Faults from now on.
  DiskFaults& disk_faults() { return disk_faults_; }
  ClockFaults& clock_faults() { return clock_faults_; }

  void Start(Program program);
  // Destroys the program wherever it waits, resets its connections and takes the disk back to what
  // was safe. Not from inside the node's own program.
  void Crash();
  // The process dies, the machine and its disk go on: nothing written is lost.
  void Kill();
  // Nothing runs on a paused node; what happens meanwhile is seen at Resume.
  void Pause() { paused_ = true; }
  void Resume() { paused_ = false; }
  bool running() const;  // a program has been started and has not ended

  // Done after `duration` of the world's time, whatever the node's clock shows. For the simulated
  // devices.
  Task<> Pass(Duration duration);

  // Clock.
  Instant Now() const override;
  TimestampMs WallNow() const override;
  // Executor.
  void Post(Runnable& work) override;
  bool crashing() const override { return crashing_; }
  // Timers.
  Task<> SleepUntil(Instant when) override;

 private:
  friend class SimWorld;
  class Running;

  bool ready() const { return !paused_ && !queue_.empty(); }
  void RunOne() { queue_.PopFront().Run(); }
  void DestroyProgram();
  Instant ToWorldTime(Instant local) const;

  SimWorld& world_;
  const std::string name_;
  const uint64_t index_;
  bool paused_ = false;
  bool crashing_ = false;
  DiskFaults disk_faults_;
  ClockFaults clock_faults_;
  SeededRandom random_;
  SeededRandom crash_random_;
  MemoryDisk disk_;
  SimFiles files_;
  SimNodeNetwork network_;
  OneShard shards_;
  Runtime runtime_;
  RunQueue queue_;
  std::unique_ptr<Running> program_;
};

}  // namespace penstock
