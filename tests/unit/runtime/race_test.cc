// The first result wins, the other task is gone before anybody sees it.
#include "runtime/race.h"

#include <gtest/gtest.h>

#include <string>

#include "runtime/completion.h"
#include "runtime/condition.h"
#include "runtime/sim/sim_world.h"

namespace penstock {
namespace {

struct Guard {
  explicit Guard(int& alive) : count(alive) { ++count; }
  ~Guard() { --count; }
  int& count;
};

Task<std::string> After(Runtime& runtime, Duration duration, std::string result, int& alive) {
  Guard guard(alive);
  const Instant when = runtime.clock.Now() + duration;
  if (duration > Duration(0)) {
    co_await runtime.timers.SleepUntil(when);
  }
  co_return result;
}

Task<> Story(Runtime& runtime) {
  int alive = 0;
  Task<std::string> slow = After(runtime, Milliseconds(20), "slow", alive);
  Task<std::string> quick = After(runtime, Milliseconds(10), "quick", alive);
  auto winner = co_await Race(std::move(slow), std::move(quick));
  EXPECT_EQ(winner.index(), 1U);
  EXPECT_EQ(std::get<1>(winner), "quick");
  EXPECT_EQ(alive, 0) << "the loser has been cancelled";

  Task<std::string> ready = After(runtime, Duration(0), "ready", alive);
  Task<std::string> unstarted = After(runtime, Duration(0), "unstarted", alive);
  winner = co_await Race(std::move(ready), std::move(unstarted));
  EXPECT_EQ(winner.index(), 0U);

  slow = After(runtime, Milliseconds(20), "slow", alive);
  ready = After(runtime, Duration(0), "ready", alive);
  winner = co_await Race(std::move(slow), std::move(ready));
  EXPECT_EQ(winner.index(), 1U);
  EXPECT_EQ(alive, 0);

  const Instant deadline = runtime.clock.Now() + Milliseconds(5);
  slow = After(runtime, Milliseconds(20), "slow", alive);
  auto result = co_await Before(runtime.timers, deadline, std::move(slow));
  EXPECT_FALSE(result.has_value());
  EXPECT_EQ(runtime.clock.Now(), deadline);
  quick = After(runtime, Milliseconds(1), "quick", alive);
  const Instant later = runtime.clock.Now() + Milliseconds(5);
  result = co_await Before(runtime.timers, later, std::move(quick));
  EXPECT_EQ(result, "quick");
  EXPECT_EQ(alive, 0);
}

TEST(RaceTest, TheFirstResultWins) {
  SimWorld world(1);
  world.Run(Story(world.runtime()));
}

TEST(ConditionTest, ACancelledWaiterPassesItsNotificationOn) {
  SimWorld world(1);
  Condition condition(world.runtime().executor);
  auto first = std::make_unique<RootTask<void>>(condition.Wait());
  RootTask<void> second(condition.Wait());
  first->Start();
  second.Start();
  condition.NotifyOne();
  first.reset();
  world.RunUntilQuiet();
  EXPECT_TRUE(second.done());
}

TEST(ConditionTest, ANotificationIsForThoseWhoWaitNow) {
  SimWorld world(1);
  Condition condition(world.runtime().executor);
  condition.NotifyAll();
  RootTask<void> waiting(condition.Wait());
  waiting.Start();
  world.RunUntilQuiet();
  EXPECT_FALSE(waiting.done());
  condition.NotifyAll();
  world.RunUntilQuiet();
  EXPECT_TRUE(waiting.done());
}

TEST(CompletionTest, BringsItsResultWhicheverSideComesFirst) {
  SimWorld world(1);
  Completion<std::string> early(world.runtime().executor);
  early.Finish("early");
  EXPECT_EQ(world.Run(early.Wait()), "early");
  Completion<std::string> late(world.runtime().executor);
  RootTask<std::string> waiting(late.Wait());
  waiting.Start();
  late.Finish("late");
  EXPECT_FALSE(waiting.done()) << "never from inside Finish";
  world.RunUntilQuiet();
  EXPECT_EQ(waiting.TakeResult(), "late");
}

}  // namespace
}  // namespace penstock
