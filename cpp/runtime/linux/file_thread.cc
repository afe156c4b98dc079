#include "runtime/linux/file_thread.h"

#include <pthread.h>
#include <signal.h>

namespace penstock {

namespace {

class DetachedCall final : public FileThread::Operation {
 public:
  explicit DetachedCall(absl::AnyInvocable<void()> work) : work_(std::move(work)) {}
  void Execute() override { work_(); }
  void Complete() override { delete this; }
  bool awaited() const override { return false; }

 private:
  absl::AnyInvocable<void()> work_;
};

// Signals belong to the thread that runs the loop.
std::thread StartWithoutSignals(absl::AnyInvocable<void()> main) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(main));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

FileThread::FileThread(Doorbell& loop_bell)
    : loop_bell_(loop_bell), thread_(StartWithoutSignals([this] { Main(); })) {}

FileThread::~FileThread() {
  while (in_rings_ > 0) {
    if (!Drain()) std::this_thread::yield();
  }
  stopping_.store(true, std::memory_order_release);
  bell_.Ring();
  thread_.join();
}

void FileThread::Submit(Operation& operation) {
  if (in_rings_ == kRingSlots || !overflow_.empty()) {
    overflow_.push_back(&operation);
    return;
  }
  ++in_rings_;
  CHECK(requests_.TryPush(&operation));
  bell_.Ring();
}

bool FileThread::Drain() {
  Operation* operation = nullptr;
  bool any = false;
  while (results_.TryPop(operation)) {
    any = true;
    --in_rings_;
    operation->Complete();
  }
  bool staged = false;
  while (!overflow_.empty() && in_rings_ < kRingSlots) {
    ++in_rings_;
    CHECK(requests_.Stage(overflow_.front()));
    overflow_.pop_front();
    staged = true;
  }
  if (staged) {
    requests_.Publish();
    bell_.Ring();
  }
  return any;
}

void FileThread::Main() {
  size_t silent = 0;
  while (true) {
    Operation* operation = nullptr;
    if (requests_.TryPop(operation)) {
      operation->Execute();
      // A full ring has room again before anybody waits for it in vain.
      const bool wakes = operation->awaited() || ++silent == kRingSlots / 2;
      CHECK(results_.TryPush(operation));
      if (wakes) {
        loop_bell_.Ring();
        silent = 0;
      }
      continue;
    }
    if (stopping_.load(std::memory_order_acquire)) return;
    bell_.PrepareToSleep();
    if (requests_.empty() && !stopping_.load(std::memory_order_acquire)) bell_.WaitForRing();
    bell_.Awake();
  }
}

void StartOnFileThread(FileThread& thread, absl::AnyInvocable<void()> work) {
  thread.Submit(*new DetachedCall(std::move(work)));
}

}  // namespace penstock
