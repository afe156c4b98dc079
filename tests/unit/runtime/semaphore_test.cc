// Units are held, waited for in order, and never lost.
#include "runtime/semaphore.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "runtime/root_task.h"
#include "runtime/sim/sim_world.h"

namespace penstock {
namespace {

using Waiting = RootTask<Semaphore::Permit>;

class SemaphoreTest : public testing::Test {
 protected:
  std::unique_ptr<Waiting> Ask(uint64_t units) {
    auto waiting = std::make_unique<Waiting>(semaphore.Acquire(units));
    waiting->Start();
    return waiting;
  }

  SimWorld world{1};
  Semaphore semaphore{world.runtime().executor, 10};
};

TEST_F(SemaphoreTest, APermitGivesItsUnitsBack) {
  {
    auto permit = semaphore.TryAcquire(7);
    ASSERT_TRUE(permit.has_value());
    EXPECT_EQ(permit->units(), 7U);
    EXPECT_EQ(semaphore.available(), 3U);
    EXPECT_FALSE(semaphore.TryAcquire(4).has_value());
    Semaphore::Permit moved = *std::move(permit);
    EXPECT_EQ(permit->units(), 0U);
    EXPECT_EQ(semaphore.available(), 3U);
  }
  EXPECT_EQ(semaphore.available(), 10U);
}

TEST_F(SemaphoreTest, ALargeRequestIsNotOvertaken) {
  auto held = semaphore.TryAcquire(8);
  auto large = Ask(9);
  auto small = Ask(1);
  world.RunUntilQuiet();
  EXPECT_FALSE(large->done());
  EXPECT_FALSE(small->done());
  EXPECT_FALSE(semaphore.TryAcquire(1).has_value()) << "others came first";
  held->Release();
  world.RunUntilQuiet();
  EXPECT_TRUE(large->done());
  EXPECT_TRUE(small->done());
  EXPECT_EQ(semaphore.available(), 0U);
}

TEST_F(SemaphoreTest, AWaiterThatGoesAwayLetsTheNextOnePass) {
  auto held = semaphore.TryAcquire(8);
  auto large = Ask(9);
  auto small = Ask(1);
  large.reset();
  world.RunUntilQuiet();
  EXPECT_TRUE(small->done());
}

TEST_F(SemaphoreTest, AWaiterCancelledAfterItWasServedGivesBack) {
  auto held = semaphore.TryAcquire(10);
  auto waiting = Ask(6);
  held->Release();  // serves the waiter, which has not run yet
  EXPECT_EQ(semaphore.available(), 4U);
  waiting.reset();
  EXPECT_EQ(semaphore.available(), 10U);
}

TEST_F(SemaphoreTest, RandomHoldersNeverLoseAUnit) {
  SeededRandom random(42, 0);
  std::vector<std::unique_ptr<Waiting>> waiting;
  for (int step = 0; step < 20'000; ++step) {
    if (random.OneOf(1, 2)) waiting.push_back(Ask(random.Below(11)));
    if (!waiting.empty() && random.OneOf(1, 2)) {
      waiting.erase(waiting.begin() + static_cast<ptrdiff_t>(random.Below(waiting.size())));
    }
    if (random.OneOf(1, 3)) world.Step();
  }
  waiting.clear();
  world.RunUntilQuiet();
  EXPECT_EQ(semaphore.available(), 10U);
}

}  // namespace
}  // namespace penstock
