// Callers that wait until an offset is committed. They go on in a later step of the loop, in the
// order of their offsets.
#pragma once

#include <map>

#include "base/ids.h"
#include "base/status.h"
#include "runtime/executor.h"
#include "runtime/run_queue.h"
#include "runtime/task.h"

namespace penstock {

class CommitQueue {
 public:
  // `executor` outlives the queue; the queue outlives the Tasks of Wait.
  explicit CommitQueue(Executor& executor) : executor_(executor) {}
  CommitQueue(const CommitQueue&) = delete;
  CommitQueue& operator=(const CommitQueue&) = delete;

  // Everything below `end` is committed. A lower `end` than before changes nothing.
  void Commit(Offset end);
  // Everybody who waits, and everybody who comes for an offset above the committed one, gets `why`,
  // until Reset.
  void Fail(const Status& why);
  // A new beginning after Fail. Whoever waited then still gets that error.
  void Reset(Offset committed);

  Offset committed() const { return committed_; }
  bool failed() const { return !failure_.ok(); }
  size_t waiting() const { return waiting_.size(); }

  // OK once everything below `end` is committed.
  Task<Status> Wait(Offset end);

 private:
  struct Waiter;

  Executor& executor_;
  Offset committed_{0};
  Status failure_;
  std::multimap<Offset, Waiter*> waiting_;
};

}  // namespace penstock
