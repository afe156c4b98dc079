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
  void Fire() override { pipe_.Arrive(*this); }

  Slice data;
  const Ending ending;

 private:
  SimPipe& pipe_;
};

SimPipe::SimPipe(SimNetwork& network, SimNode& source, SimNode& target)
    : network_(network), source_(source), target_(target), readable_(target), writable_(source) {}

SimPipe::~SimPipe() = default;

void SimPipe::Send(Slice data) {
  CHECK(sent_ending_ == Ending::kNone);
  unread_bytes_ += data.size();
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

void SimPipe::Arrive(Segment& segment) {
  if (held_ > 0 || network_.IsCut(source_, target_)) {
    CHECK(on_the_way_[held_].get() == &segment);
    ++held_;
    return;
  }
  CHECK(on_the_way_.front().get() == &segment);
  const std::unique_ptr<Segment> arrived = std::move(on_the_way_.front());
  on_the_way_.pop_front();
  network_.Trace(source_, target_, arrived->data.size());
  if (arrived->ending != Ending::kNone) {
    arrived_ending_ = arrived->ending;
    const std::shared_ptr<SimPipe> reverse = reverse_.lock();
    if (arrived->ending == Ending::kReset && reverse != nullptr) reverse->BreakForWriter();
  } else if (target_closed_) {
    CountRead(arrived->data.size());
    const std::shared_ptr<SimPipe> reverse = reverse_.lock();
    if (!network_.IsCut(target_, source_)) BreakForWriter();
    if (reverse != nullptr) reverse->End(Ending::kReset);
  } else if (!arrived->data.empty()) {
    arrived_.push_back(std::move(arrived->data));
  }
  readable_.NotifyAll();
}

void SimPipe::CountRead(uint64_t bytes) {
  CHECK(bytes <= unread_bytes_);
  unread_bytes_ -= bytes;
  writable_.NotifyAll();
}

void SimPipe::BreakForWriter() {
  reader_gone_ = true;
  writable_.NotifyAll();
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
