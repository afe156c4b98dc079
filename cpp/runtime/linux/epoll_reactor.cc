#include "runtime/linux/epoll_reactor.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "runtime/linux/errno_status.h"

namespace penstock {

namespace {

// What one turn may do before descriptors and timers are looked at again.
constexpr size_t kRunsPerTurn = 1024;
constexpr uint32_t kCreditPerTurn = 128;
constexpr size_t kRunsBetweenResults = 8;
constexpr size_t kRunsOfResults = 256;
constexpr Duration kPreemptionCheckInterval = Milliseconds(1);

int64_t NanosOf(clockid_t clock) {
  timespec now;
  CHECK(::clock_gettime(clock, &now) == 0);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

EpollReactor::EpollReactor(IdleMode idle_mode)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      idle_policy_(idle_mode),
      stop_requested_(*this),
      file_thread_(bell_) {
  CHECK(epoll_.valid());
  epoll_event bell{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, bell_.fd(), &bell) == 0);
  ReadClock();
}

EpollReactor::~EpollReactor() = default;

void EpollReactor::ReadClock() {
  now_ = Instant{Duration(NanosOf(CLOCK_MONOTONIC))};
  wall_now_ms_ = 0;
}

TimestampMs EpollReactor::WallNow() const {
  if (wall_now_ms_ == 0) wall_now_ms_ = NanosOf(CLOCK_REALTIME) / 1'000'000;
  return TimestampMs(wall_now_ms_);
}

Task<> EpollReactor::SleepUntil(Instant when) { return SleepIn(timers_, *this, when); }

Status EpollReactor::Watch(int fd, Watcher& watcher) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &watcher}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return OkStatus();
  return ErrnoStatus(errno, "epoll_ctl");
}

void EpollReactor::Unwatch(int fd, Watcher& watcher) {
  CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr) == 0);
  // The watcher may be named by events that were fetched and not told yet.
  for (int i = events_begin_; i < events_end_; ++i) {
    if (events_[static_cast<size_t>(i)].data.ptr == &watcher) {
      events_[static_cast<size_t>(i)].data.ptr = nullptr;
    }
  }
}

bool EpollReactor::TryRunFromAnyThread(ForeignWork& work) {
  if (!inbox_.TryPush(work)) return false;
  bell_.Ring();
  return true;
}

int EpollReactor::Stop() noexcept {
  const int calls = stop_calls_.fetch_add(1, std::memory_order_relaxed) + 1;
  bell_.RingAlways();
  return calls;
}

void EpollReactor::Turn() {
  if (ready_.empty()) {
    WaitForWork();
  } else {
    Poll(Duration(0));
  }
  TakeForeignWork();
  if (stop_calls_.load(std::memory_order_relaxed) > 0 && !stop_requested_.is_set()) {
    stop_requested_.Set();
  }
  FireTimers();
  RunReady();
}

void EpollReactor::FireTimers() {
  while (timers_.earliest() <= now_) timers_.PopFirst().Fire();
}

void EpollReactor::RunReady() {
  credit_ = kCreditPerTurn;
  for (size_t runs = 0; runs < kRunsPerTurn; ++runs) {
    if (runs % kRunsBetweenResults == 0 && file_thread_.HasResults()) RunFileResults();
    if (ready_.empty()) return;
    ready_.PopFront().Run();
  }
}

// What a disk operation was waited for goes before what has just come from the network: the file
// thread gets its next work early, and what is nearly done is finished first.
void EpollReactor::RunFileResults() {
  RunQueue first;
  posted_to_ = &first;
  file_thread_.Drain();
  for (size_t runs = 0; runs < kRunsOfResults && !first.empty(); ++runs) first.PopFront().Run();
  posted_to_ = &ready_;
  while (!first.empty()) ready_.PushBack(first.PopFront());
}

void EpollReactor::TakeForeignWork() {
  ForeignWork work;
  for (size_t taken = 0; taken < kInboxSlots && inbox_.TryPop(work); ++taken) work();
}

bool EpollReactor::HasResults() const { return file_thread_.HasResults() || !inbox_.empty(); }

void EpollReactor::WaitForWork() {
  if (Poll(Duration(0)) || HasResults()) {
    idle_policy_.OnWork(now_, false);
    return;
  }
  const Instant due = timers_.earliest();
  if (due <= now_) return;
  const Duration budget = std::min(idle_policy_.SpinBudget(now_), due - now_);
  if (budget > Duration(0)) {
    NoticePreemption();
    if (Spin(budget)) {
      idle_policy_.OnWork(now_, true);
      return;
    }
    if (now_ >= due) return;
    idle_policy_.OnMiss(now_);
  }
  bell_.PrepareToSleep();
  const Duration timeout = due == Instant::Never() ? Duration::max() : due - now_;
  const bool woken = Poll(HasResults() ? Duration(0) : timeout) || HasResults();
  bell_.Awake();
  if (woken) idle_policy_.OnWork(now_, false);
}

bool EpollReactor::Spin(Duration budget) {
  const Instant begin = now_;
  do {
    if (Poll(Duration(0)) || HasResults()) return true;
  } while (now_ - begin < budget);
  return false;
}

void EpollReactor::NoticePreemption() {
  if (now_ < next_preemption_check_) return;
  next_preemption_check_ = now_ + kPreemptionCheckInterval;
  rusage usage;
  CHECK(::getrusage(RUSAGE_THREAD, &usage) == 0);
  if (usage.ru_nivcsw > preemptions_) idle_policy_.OnPreempted(now_);
  preemptions_ = usage.ru_nivcsw;
}

bool EpollReactor::Poll(Duration timeout) {
  constexpr Duration kHour = std::chrono::hours(1);
  const Duration wait = std::min(timeout, kHour);  // every kernel takes this; the loop comes back
  int count = -1;
  ++polls_;
  if (has_pwait2_) {
    timespec span{.tv_sec = wait.count() / 1'000'000'000, .tv_nsec = wait.count() % 1'000'000'000};
    count = static_cast<int>(::syscall(SYS_epoll_pwait2, epoll_.get(), events_.data(), kEventsMax,
                                       &span, nullptr, size_t{0}));
    if (count < 0 && errno == ENOSYS) has_pwait2_ = false;
  }
  if (!has_pwait2_) {
    const int64_t rounded_up_ms = (wait.count() + 999'999) / 1'000'000;
    count = ::epoll_wait(epoll_.get(), events_.data(), kEventsMax, static_cast<int>(rounded_up_ms));
  }
  CHECK(count >= 0 || errno == EINTR);
  ReadClock();
  events_begin_ = 0;
  events_end_ = std::max(count, 0);
  const bool any = events_end_ > 0;
  while (events_begin_ < events_end_) {
    const epoll_event& event = events_[static_cast<size_t>(events_begin_++)];
    // No watcher: the bell, or one that has gone. The bell is edge-triggered and need not be read.
    if (event.data.ptr != nullptr) static_cast<Watcher*>(event.data.ptr)->OnReady(event.events);
  }
  events_begin_ = events_end_ = 0;
  return any;
}

}  // namespace penstock
