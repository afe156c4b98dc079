#include "machine/commit_queue.h"

#include <coroutine>
#include <utility>

namespace penstock {

// Lives in the frame of Wait. A waiter that is cancelled takes itself out of the queue.
struct CommitQueue::Waiter final : public Runnable {
  Waiter(CommitQueue& owner, Offset until) : queue(owner), end(until) {}
  ~Waiter() override {
    if (enqueued) queue.waiting_.erase(place);
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> parent) {
    waiting = parent;
    place = queue.waiting_.emplace(end, this);
    enqueued = true;
  }
  void await_resume() const noexcept {}
  void Run() override { waiting.resume(); }

  // Out of the queue, with what Wait is to return.
  void Wake(Status with) {
    queue.waiting_.erase(place);
    enqueued = false;
    result = std::move(with);
    queue.executor_.Post(*this);
  }

  CommitQueue& queue;
  Offset end;
  std::coroutine_handle<> waiting;
  std::multimap<Offset, Waiter*>::iterator place;
  bool enqueued = false;
  Status result;
};

void CommitQueue::Commit(Offset end) {
  if (end <= committed_) return;
  committed_ = end;
  while (!waiting_.empty() && waiting_.begin()->first <= end) {
    waiting_.begin()->second->Wake(OkStatus());
  }
}

void CommitQueue::Fail(const Status& why) {
  failure_ = why;
  while (!waiting_.empty()) waiting_.begin()->second->Wake(why);
}

void CommitQueue::Reset(Offset committed) {
  committed_ = committed;
  failure_ = OkStatus();
}

Task<Status> CommitQueue::Wait(Offset end) {
  if (end <= committed_) co_return OkStatus();
  if (!failure_.ok()) co_return failure_;
  Waiter waiter(*this, end);
  co_await waiter;
  co_return waiter.result;
}

}  // namespace penstock
