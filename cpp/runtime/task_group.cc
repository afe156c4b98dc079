#include "runtime/task_group.h"

#include <utility>

#include "base/check.h"
#include "runtime/yield.h"

namespace penstock {

// Posted twice: to start its task, and to remove itself once the task has ended, when its frames
// are off the stack.
class TaskGroup::Member final : public Runnable {
 public:
  Member(TaskGroup& group, Task<Status> task)
      : group_(group), body_(Keep(*this, std::move(task))) {}

  void Run() override {
    if (ended_) {
      group_.Remove(*this);
      return;
    }
    Task<>::Awaiter awaiter = body_.operator co_await();
    awaiter.await_suspend(std::noop_coroutine());
  }
  const Status& status() const { return status_; }

  std::list<Member>::iterator self;

 private:
  static Task<> Keep(Member& member, Task<Status> task) {
    member.status_ = co_await task;
    member.ended_ = true;
    member.group_.executor_.Post(member);
  }

  TaskGroup& group_;
  bool ended_ = false;
  Status status_;
  Task<> body_;
};

TaskGroup::TaskGroup(Executor& executor, ErrorHandler on_error)
    : executor_(executor), on_error_(std::move(on_error)), member_ended_(executor) {}

TaskGroup::~TaskGroup() {
  CHECK(members_.empty() || executor_.crashing());
  CancelAll();
}

Task<Status> TaskGroup::WithoutError(Task<> task) {
  co_await task;
  co_return OkStatus();
}

void TaskGroup::Start(Task<> task) {
  if (!stopped_) Start(WithoutError(std::move(task)));
}

void TaskGroup::Start(Task<Status> task) {
  if (stopped_) return;
  Member& member = members_.emplace_back(*this, std::move(task));
  member.self = std::prev(members_.end());
  executor_.Post(member);
}

Task<> TaskGroup::Join() {
  while (!members_.empty()) {
    co_await member_ended_.Wait();
  }
}

Task<> TaskGroup::Stop() {
  stopped_ = true;
  co_await Yield(executor_);
  CancelAll();
}

void TaskGroup::CancelAll() {
  stopped_ = true;
  while (!members_.empty()) members_.pop_back();  // the youngest first
  member_ended_.NotifyAll();
}

void TaskGroup::Remove(Member& member) {
  const Status status = member.status();
  members_.erase(member.self);
  member_ended_.NotifyAll();
  if (!status.ok()) on_error_(status);
}

}  // namespace penstock
