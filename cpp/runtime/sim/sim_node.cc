#include "runtime/sim/sim_node.h"

#include <utility>

#include "base/check.h"
#include "runtime/root_task.h"
#include "runtime/sim/sim_world.h"

namespace penstock {

namespace {
constexpr int64_t kEpochMs = 1'767'225'600'000;  // where wall clocks start: 2026-01-01
constexpr int64_t kMillion = 1'000'000;
}  // namespace

// The program and the first step of it, which is posted like any other work.
class SimNode::Running final : public Runnable {
 public:
  Running(Program program, Runtime& runtime)
      : program_(std::move(program)), root_(program_(runtime)) {}
  void Run() override { root_.Start(); }
  bool done() const { return root_.done(); }

 private:
  Program program_;
  RootTask<void> root_;
};

SimNode::SimNode(SimWorld& world, std::string name, uint64_t index, uint64_t seed)
    : world_(world),
      name_(std::move(name)),
      index_(index),
      random_(seed, index + 1),
      crash_random_(seed, index + 2),
      disk_({.remembers_unsynced = true}),
      files_(*this, disk_, disk_faults_, world.trace(), seed, index + 3),
      network_(world.network(), *this),
      runtime_{*this, *this, *this, files_, network_, random_, shards_} {}

SimNode::~SimNode() { DestroyProgram(); }

void SimNode::Start(Program program) {
  CHECK(!running());
  program_ = std::make_unique<Running>(std::move(program), runtime_);
  Post(*program_);
}

bool SimNode::running() const { return program_ != nullptr && !program_->done(); }

void SimNode::DestroyProgram() {
  crashing_ = true;
  program_.reset();
  crashing_ = false;
}

void SimNode::Kill() {
  DestroyProgram();
  world_.trace().Add("kill");
  world_.trace().Add(index_);
}

void SimNode::Crash() {
  Kill();
  disk_.Crash(crash_random_, disk_faults_.crash);
  world_.trace().Add("crash");
  world_.trace().Add(index_);
}

Instant SimNode::Now() const {
  const Duration world_time = world_.now().since_start;
  const int64_t drift = static_cast<int64_t>(static_cast<__int128>(world_time.count()) *
                                             clock_faults_.drift_parts_per_million / kMillion);
  return Instant{world_time + Duration(drift)};
}

TimestampMs SimNode::WallNow() const {
  return TimestampMs(kEpochMs + InMilliseconds(Now().since_start + clock_faults_.wall_offset));
}

Instant SimNode::ToWorldTime(Instant local) const {
  if (local == Instant::Never()) return local;
  const __int128 nanos = static_cast<__int128>(local.since_start.count()) * kMillion;
  const int64_t rate = kMillion + clock_faults_.drift_parts_per_million;
  // Rounded up: the node must not wake before its own clock shows the time.
  return Instant{Duration(static_cast<int64_t>((nanos + rate - 1) / rate))};
}

void SimNode::Post(Runnable& work) { queue_.PushBack(work); }

Task<> SimNode::SleepUntil(Instant when) {
  return SleepIn(world_.timers(), *this, ToWorldTime(when));
}

Task<> SimNode::Pass(Duration duration) {
  return SleepIn(world_.timers(), *this, world_.now() + duration);
}

}  // namespace penstock
