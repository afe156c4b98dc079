// What g++ 12 cannot do with coroutines, and that our shapes avoid it: symmetric transfer that is
// no tail call (a loop over ready tasks overflows the stack), and objects that are destroyed twice
// around an await.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "runtime/sim/sim_world.h"
#include "runtime/task.h"
#include "runtime/yield.h"

namespace penstock {
namespace {

Task<int> Ready(int value) { co_return value; }

Task<int64_t> SumOfReady(int count) {
  int64_t sum = 0;
  for (int i = 0; i < count; ++i) {
    const int value = co_await Ready(i);
    sum += value;
  }
  co_return sum;
}

TEST(Gcc12CoroutinesTest, TenMillionReadyTasksDoNotGrowTheStack) {
  SimWorld world(1);
  EXPECT_EQ(world.Run(SumOfReady(10'000'000)), int64_t{10'000'000} * 9'999'999 / 2);
}

Task<int> Later(Executor& executor, int value) {
  co_await Yield(executor);
  co_return value;
}

Task<int64_t> SumOfLater(Executor& executor, int count) {
  int64_t sum = 0;
  for (int i = 0; i < count; ++i) {
    const int value = co_await Later(executor, i);
    sum += value;
  }
  co_return sum;
}

TEST(Gcc12CoroutinesTest, AMillionSuspendedTasksDoNotGrowTheStack) {
  SimWorld world(1);
  Executor& executor = world.runtime().executor;
  EXPECT_EQ(world.Run(SumOfLater(executor, 1'000'000)), int64_t{1'000'000} * 999'999 / 2);
}

// Counts what is alive: a double destruction makes it negative, a missing one positive.
class Counted {
 public:
  explicit Counted(int& alive) : alive_(&alive) { ++*alive_; }
  Counted(const Counted& other) : alive_(other.alive_) { ++*alive_; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --*alive_; }

 private:
  int* alive_;
};

struct Options {  // an aggregate with a member whose destructor does something
  Counted counted;
  std::string name;
};

Task<size_t> TakeOptions(Executor& executor, Options options) {
  co_await Yield(executor);
  co_return options.name.size();
}

Task<StatusOr<Options>> ReturnOptions(Executor& executor, int& alive) {
  co_await Yield(executor);
  co_return Options{.counted = Counted(alive),
                    .name = "a name that is too long to be stored inline"};
}

Task<Status> NamedOptionsByMove(Executor& executor, int& alive) {
  for (int i = 0; i < 10; ++i) {
    Options options{.counted = Counted(alive),
                    .name = "a name that is too long to be stored inline"};
    const size_t size = co_await TakeOptions(executor, std::move(options));
    EXPECT_EQ(size, 43U);
    CO_ASSIGN_OR_RETURN(const Options returned, co_await ReturnOptions(executor, alive));
    EXPECT_EQ(returned.name.size(), 43U);
    auto result = co_await ReturnOptions(executor, alive);
    EXPECT_TRUE(result.ok());
  }
  co_return OkStatus();
}

TEST(Gcc12CoroutinesTest, TheShapesThatWeUseDestroyEverythingOnce) {
  SimWorld world(1);
  int alive = 0;
  const Status status = world.Run(NamedOptionsByMove(world.runtime().executor, alive));
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(alive, 0);
}

TEST(Gcc12CoroutinesTest, ACancelledTaskDestroysEverythingOnce) {
  SimWorld world(1);
  int alive = 0;
  for (int steps = 0; steps < 30; ++steps) {
    RootTask<Status> root(NamedOptionsByMove(world.runtime().executor, alive));
    root.Start();
    for (int i = 0; i < steps && !root.done(); ++i) ASSERT_TRUE(world.Step());
  }
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace penstock
