#include "runtime/linux/world_thread.h"

#include <pthread.h>
#include <unistd.h>

#include "base/strings.h"

namespace penstock {

namespace {

// How often a process on the way from the first one to this one was forked off: another number than
// a parent's.
std::atomic<uint32_t> forks{0};

uint32_t Forks() {
  static const int kRegistered =
      ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  CHECK(kRegistered == 0);
  return forks.load(std::memory_order_relaxed);
}

}  // namespace

WorldThread::WorldThread(IdleMode idle_mode)
    : process_id_(::getpid()), forks_(Forks()), thread_([this, idle_mode] { Main(idle_mode); }) {
  turning_.acquire();
}

void WorldThread::End() {
  if (!thread_.joinable()) return;
  world_->RequestStop();
  stop_requested_.release();
  thread_.join();
}

Status WorldThread::CheckProcess() const {
  if (Forks() == forks_) return OkStatus();
  const Status forked =
      FailedPrecondition(StrCat("it was opened by process ", process_id_, ", of which this one (",
                                ::getpid(), ") is a fork: open it after the fork"));
  return WithDetail(forked, "forked", std::to_string(process_id_));
}

void WorldThread::PushWhenThereIsRoom(Work& work) {
  while (true) {
    const uint32_t done = works_done_.load(std::memory_order_acquire);
    if (world_->reactor().TryRunFromAnyThread(work)) return;
    works_done_.wait(done, std::memory_order_acquire);
  }
}

void WorldThread::TellOfRoom() {
  works_done_.fetch_add(1, std::memory_order_release);
  works_done_.notify_all();
}

void WorldThread::Main(IdleMode idle_mode) {
  LinuxWorld world(idle_mode);
  // Calls tell their results themselves.
  TaskGroup calls(world.runtime().executor, [](const Status&) {});
  world_ = &world;
  calls_ = &calls;
  turning_.release();
  world.Run(world.StopRequested());
  world.Run(calls.Stop());
  // Whoever asked for the stop may still be ringing the world's bell.
  stop_requested_.acquire();
}

}  // namespace penstock
