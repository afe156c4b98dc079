#include "runtime/sim/sim_world.h"

#include <algorithm>

namespace penstock {

namespace {

// Streams of the seed, one per concern, so that a change in one does not shift the others.
constexpr uint64_t kScheduleStream = 1;
constexpr uint64_t kNetworkStream = 2;
constexpr uint64_t kFirstNodeStream = 1000;

// A loop that yields for ever must not stop time: so much time passes after so many steps.
constexpr uint64_t kStepsPerTick = 10'000;
constexpr Duration kTick = Milliseconds(1);

}  // namespace

SimWorld::SimWorld(uint64_t seed)
    : seed_(seed), schedule_random_(seed, kScheduleStream), network_(*this, seed, kNetworkStream) {
  AddNode("driver");
}

SimWorld::~SimWorld() {
  for (auto& node : nodes_) node->Kill();
}

SimNode& SimWorld::AddNode(std::string name) {
  const uint64_t index = nodes_.size();
  nodes_.push_back(
      std::make_unique<SimNode>(*this, std::move(name), kFirstNodeStream + index * 10, seed_));
  return *nodes_.back();
}

bool SimWorld::HasNode(std::string_view name) const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [name](const auto& node) { return node->name() == name; });
}

bool SimWorld::RunReady() {
  std::vector<SimNode*> ready;
  for (auto& node : nodes_) {
    if (node->ready()) ready.push_back(node.get());
  }
  if (ready.empty()) return false;
  SimNode& next = *ready[ready.size() == 1 ? 0 : schedule_random_.Below(ready.size())];
  trace_.Add(next.index_);
  next.RunOne();
  if (++steps_without_time_ % kStepsPerTick == 0) now_ = now_ + kTick;
  return true;
}

bool SimWorld::Step() {
  if (timers_.earliest() > now_ && RunReady()) return true;
  if (timers_.empty()) return false;
  Timer& timer = timers_.PopFirst();
  if (timer.when() > now_) {
    now_ = timer.when();
    steps_without_time_ = 0;
  }
  trace_.Add(static_cast<uint64_t>(now_.since_start.count()));
  timer.Fire();
  return true;
}

void SimWorld::RunFor(Duration duration) {
  const Instant end = now_ + duration;
  while (true) {
    if (timers_.earliest() > now_ && RunReady()) continue;
    if (timers_.earliest() > end) break;
    Step();
  }
  if (now_ < end) now_ = end;
}

}  // namespace penstock
