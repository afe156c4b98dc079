// The loop of the real world: other threads, signals, idling, and running out of descriptors.
#include "runtime/linux/linux_world.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "runtime/race.h"

namespace penstock {
namespace {

Task<> WaitFor(Event& event) { co_await event.Wait(); }

TEST(LinuxWorldTest, RunsWorkOfOtherThreadsOnItsOwn) {
  LinuxWorld world;
  EpollReactor& reactor = world.reactor();
  constexpr int kThreads = 4;
  constexpr int kItems = 20'000;
  Event all(reactor);
  int ran = 0;  // touched by the loop's thread only
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int n = 0; n < kItems; ++n) {
        EpollReactor::ForeignWork work = [&] {
          if (++ran == kThreads * kItems) all.Set();
        };
        while (!reactor.TryRunFromAnyThread(work)) std::this_thread::yield();
        if (n % 1000 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
      }
    });
  }
  world.Run(WaitFor(all));
  EXPECT_EQ(ran, kThreads * kItems);
  for (std::thread& thread : threads) thread.join();
}

LinuxWorld* world_of_the_handler = nullptr;
void Handle(int) { world_of_the_handler->RequestStop(); }

TEST(LinuxWorldTest, ASignalEndsIt) {
  LinuxWorld world;
  world_of_the_handler = &world;
  struct sigaction action{};
  action.sa_handler = Handle;
  struct sigaction before{};
  ASSERT_EQ(sigaction(SIGUSR1, &action, &before), 0);
  std::thread killer([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    kill(getpid(), SIGUSR1);
  });
  world.Run(world.StopRequested());
  killer.join();
  EXPECT_EQ(world.RequestStop(), 2);
  ASSERT_EQ(sigaction(SIGUSR1, &before, nullptr), 0);
}

Task<> Sleep(Runtime& runtime, Duration duration) {
  const Instant end = runtime.clock.Now() + duration;
  co_await runtime.timers.SleepUntil(end);
}

TEST(LinuxWorldTest, AnIdleLoopIsWokenByItsTimerOnly) {
  LinuxWorld world;
  world.Run(Sleep(world.runtime(), Milliseconds(1)));
  const uint64_t before = world.reactor().polls();
  world.Run(Sleep(world.runtime(), Milliseconds(100)));
  EXPECT_LE(world.reactor().polls() - before, 2u) << "a look for events, and the sleep";
}

Task<> AcceptWithoutDescriptors(LinuxWorld& world) {
  Runtime& runtime = world.runtime();
  Address any{.host = "127.0.0.1", .port = 0};
  auto listener = co_await runtime.network.Listen(any);
  const Address target = (*listener)->address();
  auto client = co_await runtime.network.Connect(target);
  EXPECT_TRUE(client.ok());
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const int highest = dup(0);
  rlimit none = limit;
  none.rlim_cur = static_cast<rlim_t>(highest);
  setrlimit(RLIMIT_NOFILE, &none);
  const uint64_t before = world.reactor().polls();
  const Instant end = runtime.clock.Now() + Milliseconds(350);
  Task<StatusOr<std::unique_ptr<Connection>>> accept = (*listener)->Accept();
  const auto nothing = co_await Before(runtime.timers, end, std::move(accept));
  EXPECT_FALSE(nothing.has_value());
  // It tries at once and every 100 ms, and looks for events before and during each pause.
  EXPECT_LE(world.reactor().polls() - before, 16u) << "it must not try all the time";
  setrlimit(RLIMIT_NOFILE, &limit);
  close(highest);
  auto server = co_await (*listener)->Accept();
  EXPECT_TRUE(server.ok()) << "the connection waited in the kernel";
}

TEST(LinuxWorldTest, AcceptWaitsForDescriptorsWithoutBurningTime) {
  LinuxWorld world;
  world.Run(AcceptWithoutDescriptors(world));
}

TEST(IdlePolicyTest, SpinsOnlyWhileWorkComesQuickly) {
  IdlePolicy policy(IdleMode::kAdaptive);
  Instant now{Milliseconds(1000)};
  EXPECT_EQ(policy.SpinBudget(now), Duration(0));
  for (int i = 0; i < 100; ++i) {
    now = now + Microseconds(10);
    policy.OnWork(now, false);
  }
  EXPECT_GT(policy.SpinBudget(now), Duration(0));
  policy.OnPreempted(now);
  EXPECT_EQ(policy.SpinBudget(now), Duration(0)) << "somebody else needs the core";
  now = now + Milliseconds(11);
  EXPECT_GT(policy.SpinBudget(now), Duration(0));
  for (int i = 0; i < 4; ++i) policy.OnMiss(now);
  EXPECT_EQ(policy.SpinBudget(now), Duration(0)) << "spinning found nothing";
  now = now + Milliseconds(11);
  for (int i = 0; i < 20; ++i) {
    now = now + Milliseconds(1);
    policy.OnWork(now, false);
  }
  EXPECT_EQ(policy.SpinBudget(now), Duration(0)) << "work comes slowly";
  EXPECT_EQ(IdlePolicy(IdleMode::kSleep).SpinBudget(now), Duration(0));
  EXPECT_GT(IdlePolicy(IdleMode::kSpin).SpinBudget(now), Milliseconds(1000));
}

}  // namespace
}  // namespace penstock
