// Clock, Timers, Executor and Random: one suite, every world.
#include <gtest/gtest.h>

#include <set>

#include "runtime/condition.h"
#include "runtime/race.h"
#include "runtime/task_group.h"
#include "runtime/yield.h"
#include "tests/conformance/worlds.h"

namespace penstock {
namespace {

class TimeConformanceTest : public ConformanceTest {};
INSTANTIATE_TEST_SUITE_P(Worlds, TimeConformanceTest, testing::ValuesIn(AllWorlds()), NameOfWorld);

Task<> SleepsAtLeastAsLongAsAsked(WorldUnderTest& world) {
  Runtime& runtime = world.runtime();
  for (const int64_t microseconds : {-1000, 0, 1, 300, 5000}) {
    const Instant until = runtime.clock.Now() + Microseconds(microseconds);
    const TimestampMs wall_before = runtime.clock.WallNow();
    co_await runtime.timers.SleepUntil(until);
    EXPECT_GE(runtime.clock.Now(), until);
    EXPECT_GE(runtime.clock.WallNow(), wall_before);
    EXPECT_GT(wall_before.value(), 1'600'000'000'000);
  }
}
TEST_P(TimeConformanceTest, SleepsAtLeastAsLongAsAsked) {
  world->Run(SleepsAtLeastAsLongAsAsked(*world));
}

Task<> Note(Timers& timers, Instant when, int number, std::vector<int>& order) {
  co_await timers.SleepUntil(when);
  order.push_back(number);
}

Task<> TimersFireInTheirOrder(WorldUnderTest& world) {
  Runtime& runtime = world.runtime();
  std::vector<int> order;
  TaskGroup group(runtime.executor, [](const Status&) {});
  const Instant now = runtime.clock.Now();
  for (const int number : {3, 1, 4, 2, 0}) {
    group.Start(Note(runtime.timers, now + Milliseconds(20 + number), number, order));
  }
  group.Start(Note(runtime.timers, Instant::Never(), 99, order));
  const Instant end = now + Milliseconds(40);
  co_await runtime.timers.SleepUntil(end);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
  co_await group.Stop();
}
TEST_P(TimeConformanceTest, TimersFireInTheirOrder) { world->Run(TimersFireInTheirOrder(*world)); }

Task<> YieldForever(Executor& executor, uint64_t& turns) {
  while (true) {
    co_await Yield(executor);
    ++turns;
  }
}

Task<> ABusyTaskStopsNeitherTimersNorOthers(WorldUnderTest& world) {
  Runtime& runtime = world.runtime();
  uint64_t turns = 0;
  Task<> busy = YieldForever(runtime.executor, turns);
  const Instant end = runtime.clock.Now() + Milliseconds(20);
  const auto result = co_await Before(runtime.timers, end, std::move(busy));
  EXPECT_FALSE(result.has_value());
  EXPECT_GT(turns, 10U);
}
TEST_P(TimeConformanceTest, ABusyTaskStopsNeitherTimersNorOthers) {
  world->Run(ABusyTaskStopsNeitherTimersNorOthers(*world));
}

Task<> Append(Executor& executor, int number, std::vector<int>& order) {
  order.push_back(number);
  co_await Yield(executor);
  order.push_back(number + 10);
}

Task<> WorkRunsInTheOrderOfPosting(WorldUnderTest& world) {
  Executor& executor = world.runtime().executor;
  std::vector<int> order;
  TaskGroup group(executor, [](const Status&) {});
  for (int i = 0; i < 3; ++i) group.Start(Append(executor, i, order));
  EXPECT_TRUE(order.empty()) << "nothing runs inside Start";
  co_await group.Join();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 10, 11, 12}));
}
TEST_P(TimeConformanceTest, WorkRunsInTheOrderOfPosting) {
  world->Run(WorkRunsInTheOrderOfPosting(*world));
}

TEST_P(TimeConformanceTest, RandomNumbersDifferAndStayInBounds) {
  Random& random = world->runtime().random;
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    seen.insert(random.Next());
    seen.insert(random.NextSecret());
    EXPECT_LT(random.Below(7), 7U);
  }
  EXPECT_EQ(seen.size(), 2000U);
  EXPECT_NE(random.NextUuid(), random.NextUuid());
}

Task<int> Forty(int& calls) {
  ++calls;
  co_return 40;
}

Task<> OnTheOwnShardIsAPlainCall(WorldUnderTest& world) {
  Shards& shards = world.runtime().shards;
  EXPECT_EQ(shards.Count(), 1);
  int calls = 0;
  auto function = [&calls]() { return Forty(calls); };
  const ShardId self = shards.Self();
  const int answer = co_await shards.On(self, function);
  EXPECT_EQ(answer, 40);
  EXPECT_EQ(calls, 1);
}
TEST_P(TimeConformanceTest, OnTheOwnShardIsAPlainCall) {
  world->Run(OnTheOwnShardIsAPlainCall(*world));
}

}  // namespace
}  // namespace penstock
