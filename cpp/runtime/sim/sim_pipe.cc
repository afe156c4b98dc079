#include "runtime/sim/sim_pipe.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "runtime/sim/sim_network.h"
#include "runtime/sim/sim_node.h"

namespace penstock {

class SimPipe::Segment final : public Timer {
 public:
  Segment(SimPipe& pipe, Slice bytes, Ending stream_ending)
      : data(std::move(bytes)), ending(stream_ending), pipe_(pipe) {}
  void Fire() override { pipe_.ArriveNow(*this); }

  Slice data;
  const Ending ending;

 private:
  SimPipe& pipe_;
};

SimPipe::SimPipe(SimNetwork& network, SimNode& source, SimNode& target)
    : MemoryPipe(source, target), network_(network), source_(source), target_(target) {}

SimPipe::~SimPipe() = default;

void SimPipe::Send(Slice data) {
  CHECK(sent_ending_ == Ending::kNone);
  CountSent(data.size());
  Launch(std::make_unique<Segment>(*this, std::move(data), Ending::kNone));
}

void SimPipe::End(Ending ending) {
  if (sent_ending_ != Ending::kNone) return;
  sent_ending_ = ending;
  Launch(std::make_unique<Segment>(*this, Slice(), ending));
}

void SimPipe::Launch(std::unique_ptr<Segment> segment) {
  last_arrival_ = std::max(last_arrival_, network_.DrawArrival());
  network_.timers().Add(*segment, last_arrival_);
  on_the_way_.push_back(std::move(segment));
}

void SimPipe::CloseReader() { target_closed_ = true; }

void SimPipe::ArriveNow(Segment& segment) {
  if (held_ > 0 || network_.IsCut(source_, target_)) {
    CHECK(on_the_way_[held_].get() == &segment);
    ++held_;
    return;
  }
  CHECK(on_the_way_.front().get() == &segment);
  const std::unique_ptr<Segment> arrived = std::move(on_the_way_.front());
  on_the_way_.pop_front();
  network_.Trace(source_, target_, arrived->data.size());
  const std::shared_ptr<SimPipe> reverse = reverse_.lock();
  if (arrived->ending != Ending::kNone) {
    ArriveEnding(arrived->ending);
    if (arrived->ending == Ending::kReset && reverse != nullptr) reverse->BreakForWriter();
  } else if (target_closed_) {
    CountRead(arrived->data.size());
    if (!network_.IsCut(target_, source_)) BreakForWriter();
    if (reverse != nullptr) reverse->End(Ending::kReset);
  } else {
    Arrive(std::move(arrived->data));
  }
}

void SimPipe::ReleaseHeld() {
  if (held_ == 0 || network_.IsCut(source_, target_)) return;
  // All of them again, in order: what was launched behind them is not to overtake.
  held_ = 0;
  for (auto& segment : on_the_way_) {
    segment->Cancel();
    last_arrival_ = std::max(last_arrival_, network_.DrawArrival());
    network_.timers().Add(*segment, last_arrival_);
  }
}

}  // namespace penstock
