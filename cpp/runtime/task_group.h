// Background tasks and their one owner. An error that ends a task reaches the group's handler, so
// that none is lost.
//
// Declare the group as the last member of its object, so that its tasks go before what they refer
// to.
#pragma once

#include <cstddef>
#include <list>

#include "absl/functional/any_invocable.h"
#include "base/status.h"
#include "runtime/condition.h"
#include "runtime/executor.h"
#include "runtime/task.h"

namespace penstock {

class TaskGroup {
 public:
  // Called with each error that ends a task, when the task is gone, from the loop (not from inside
  // another task).
  using ErrorHandler = absl::AnyInvocable<void(const Status&)>;

  // `executor` outlives the group.
  TaskGroup(Executor& executor, ErrorHandler on_error);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  // No task may be left: Stop or Join has been awaited, or CancelAll called. In a simulated crash
  // tasks are cancelled.
  ~TaskGroup();

  // Takes the task and starts it in a later step of the loop. A stopped group drops it unstarted.
  void Start(Task<> task);
  void Start(Task<Status> task);

  // Waits until no task is left; tasks may start others meanwhile. Not from a task of this group.
  Task<> Join();
  // No task starts any more; cancels all tasks, in a later step of the loop. Not from a task of
  // this group.
  Task<> Stop();
  // The same, at once. Only while no task of the group is on the stack: from plain code outside,
  // never from a task.
  void CancelAll();

  // Tasks that have not ended, waiting to start included.
  size_t size() const { return members_.size(); }
  bool stopped() const { return stopped_; }

 private:
  class Member;

  static Task<Status> WithoutError(Task<> task);
  void Remove(Member& member);

  Executor& executor_;
  ErrorHandler on_error_;
  bool stopped_ = false;
  Condition member_ended_;
  std::list<Member> members_;
};

}  // namespace penstock
