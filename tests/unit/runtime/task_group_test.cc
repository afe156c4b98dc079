// Background tasks: none is lost, neither its end nor its error.
#include "runtime/task_group.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/strings.h"
#include "runtime/event.h"
#include "runtime/sim/sim_world.h"
#include "runtime/yield.h"

namespace penstock {
namespace {

class TaskGroupTest : public testing::Test {
 protected:
  SimWorld world{1};
  Executor& executor = world.runtime().executor;
  std::vector<std::string> errors;
  TaskGroup group{executor,
                  [this](const Status& status) { errors.emplace_back(MessageOf(status)); }};
};

Task<Status> FailAfter(Executor& executor, int turns, std::string message) {
  for (int i = 0; i < turns; ++i) {
    co_await Yield(executor);
  }
  co_return Internal(message);
}

Task<> WaitFor(Event& event, int& ended) {
  co_await event.Wait();
  ++ended;
}

TEST_F(TaskGroupTest, EveryErrorReachesTheHandler) {
  group.Start(FailAfter(executor, 2, "second"));
  group.Start(FailAfter(executor, 0, "first"));
  EXPECT_EQ(group.size(), 2U);
  world.Run(group.Join());
  EXPECT_EQ(errors, (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(group.size(), 0U);
}

TEST_F(TaskGroupTest, JoinWaitsForTasksThatWereStartedMeanwhile) {
  Event event(executor);
  int ended = 0;
  group.Start(WaitFor(event, ended));
  RootTask<void> join(group.Join());
  join.Start();
  world.RunUntilQuiet();
  EXPECT_FALSE(join.done());
  group.Start(WaitFor(event, ended));
  event.Set();
  world.RunUntilQuiet();
  EXPECT_TRUE(join.done());
  EXPECT_EQ(ended, 2);
}

TEST_F(TaskGroupTest, StopCancelsAndRefusesWhatComesLater) {
  Event event(executor);
  int ended = 0;
  for (int i = 0; i < 3; ++i) group.Start(WaitFor(event, ended));
  world.RunUntilQuiet();
  world.Run(group.Stop());
  EXPECT_EQ(group.size(), 0U);
  group.Start(WaitFor(event, ended));
  EXPECT_EQ(group.size(), 0U);
  event.Set();
  world.RunUntilQuiet();
  EXPECT_EQ(ended, 0);
}

TEST_F(TaskGroupTest, ATaskThatHasNotStartedCanBeCancelled) {
  group.Start(FailAfter(executor, 0, "never"));
  group.CancelAll();
  world.RunUntilQuiet();
  EXPECT_TRUE(errors.empty());
}

Task<> HoldAGroup(Runtime& runtime) {
  Event never(runtime.executor);
  int ended = 0;
  TaskGroup group(runtime.executor, [](const Status&) {});
  group.Start(WaitFor(never, ended));
  co_await never.Wait();
}

TEST(TaskGroupCrashTest, ACrashDestroysAGroupThatWasNotStopped) {
  SimWorld world(1);
  SimNode& node = world.AddNode("broker");
  node.Start(HoldAGroup);
  world.RunUntilQuiet();
  EXPECT_TRUE(node.running());
  node.Crash();
  EXPECT_FALSE(node.running());
}

TEST(TaskGroupDeathTest, AGroupMustBeStoppedBeforeItGoes) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto forget = [] {
    SimWorld world(1);
    Event never(world.runtime().executor);
    int ended = 0;
    TaskGroup group(world.runtime().executor, [](const Status&) {});
    group.Start(WaitFor(never, ended));
  };
  EXPECT_DEATH(forget(), "members_.empty");
}

}  // namespace
}  // namespace penstock
