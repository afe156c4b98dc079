#include "log/offset_gate.h"

#include <vector>

namespace penstock {

Task<Status> OffsetGate::WaitFor(Offset end) {
  if (reached_ >= end) co_return OkStatus();
  if (!failure_.ok()) co_return failure_;
  Waiter waiter(waiting_, end);
  co_await waiter;
  co_return waiter.result;
}

void OffsetGate::Advance(Offset reached) {
  if (reached <= reached_) return;
  reached_ = reached;
  Wake(OkStatus());
}

void OffsetGate::Fail(const Status& failure) {
  if (failure_.ok()) failure_ = failure;
  Wake(failure_);
}

void OffsetGate::TruncateTo(Offset reached, const Status& lost) {
  reached_ = reached;
  Wake(lost);
}

void OffsetGate::Wake(const Status& error) {
  // Ends rise from waiter to waiter almost always, but nobody promises it: all are looked at.
  std::vector<Waiter*> keep;
  while (!waiting_.empty()) {
    Waiter& waiter = static_cast<Waiter&>(waiting_.PopFront());
    if (waiter.end <= reached_) {
      executor_.Post(waiter);
    } else if (!error.ok()) {
      waiter.result = error;
      executor_.Post(waiter);
    } else {
      keep.push_back(&waiter);
    }
  }
  for (Waiter* waiter : keep) waiting_.PushBack(*waiter);
}

}  // namespace penstock
