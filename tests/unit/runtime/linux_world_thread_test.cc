// How other threads hand work to the thread of a world, and what becomes of it when that ends.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "runtime/linux/world_thread.h"

namespace penstock {
namespace {

Task<StatusOr<std::string>> Twice(std::string text) {
  std::string twice = text + text;
  co_return twice;
}

Task<Status> Sleep(Runtime& runtime, Duration duration) {
  const Instant end = runtime.clock.Now() + duration;
  co_await runtime.timers.SleepUntil(end);
  co_return OkStatus();
}

TEST(WorldThread, RunsATaskAndBringsBackItsResult) {
  WorldThread thread;
  const StatusOr<std::string> twice = thread.Run([] { return Twice("ab"); });
  EXPECT_EQ(twice.value_or("nothing"), "abab");
  const Status slept =
      thread.Run([&thread] { return Sleep(thread.world().runtime(), Milliseconds(2)); });
  EXPECT_TRUE(slept.ok()) << slept;
}

TEST(WorldThread, ManyThreadsHandOverMoreThanTheInboxHolds) {
  WorldThread thread;
  constexpr int kThreads = 4;
  constexpr int kItems = 5000;
  int64_t sum = 0;  // of the world's thread only
  std::vector<std::thread> callers;
  for (int t = 0; t < kThreads; ++t) {
    callers.emplace_back([&thread, &sum] {
      for (int i = 1; i <= kItems; ++i) {
        auto bytes = std::make_unique<int>(i);  // made here, read and freed there
        thread.Post([bytes = std::move(bytes), &sum] { sum += *bytes; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  int64_t seen = 0;
  std::binary_semaphore looked(0);
  thread.Post([&sum, &seen, &looked] {
    seen = sum;
    looked.release();
  });
  looked.acquire();
  EXPECT_EQ(seen, int64_t{kThreads} * kItems * (kItems + 1) / 2);
}

TEST(WorldThread, CallersWaitForTheirOwnResults) {
  WorldThread thread;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> callers;
  for (int t = 0; t < 8; ++t) {
    callers.emplace_back([&thread, &wrong, t] {
      for (int i = 0; i < 500; ++i) {
        const std::string text = std::to_string(t * 1000 + i);
        const StatusOr<std::string> twice = thread.Run([text] { return Twice(text); });
        if (!twice.ok() || *twice != text + text) ++wrong;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong, 0);
}

TEST(WorldThread, EveryCallIsToldItsEnd) {
  std::atomic<int> done = 0;
  std::atomic<int> cancelled = 0;
  {
    WorldThread thread;
    for (int i = 0; i < 1000; ++i) {
      thread.Start([&thread] { return Sleep(thread.world().runtime(), std::chrono::hours(1)); },
                   [&](const Status& status) {
                     ++done;
                     if (status.code() == StatusCode::kCancelled) ++cancelled;
                   });
    }
  }
  EXPECT_EQ(done, 1000);
  EXPECT_EQ(cancelled, 1000);
}

TEST(WorldThread, SeveralLiveBesideEachOther) {
  std::vector<std::unique_ptr<WorldThread>> threads;
  for (int i = 0; i < 5; ++i) threads.push_back(std::make_unique<WorldThread>());
  for (const auto& thread : threads) {
    EXPECT_EQ(thread->Run([] { return Twice("x"); }).value_or(""), "xx");
  }
}

TEST(WorldThread, AForkedChildIsToldAtOnce) {
  auto thread = std::make_unique<WorldThread>();
  const pid_t child = fork();
  if (child == 0) {
    const Status told =
        thread->Run([&thread] { return Sleep(thread->world().runtime(), Milliseconds(1)); });
    static_cast<void>(thread.release());
    ::_exit(told.code() == StatusCode::kFailedPrecondition ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

}  // namespace
}  // namespace penstock
