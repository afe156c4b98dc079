// Waiting for bytes below the high watermark, without a partition.
#include "replication/high_watermark_watch.h"

#include <gtest/gtest.h>

#include "runtime/sim/sim_world.h"

namespace penstock {
namespace {

class HighWatermarkWatchTest : public ::testing::Test {
 protected:
  SimWorld world_{1};
  HighWatermarkWatchers watchers_;
  HighWatermarkWaiter waiter_{world_.runtime().executor, 100};
};

TEST_F(HighWatermarkWatchTest, AddsUpWhatComesOnAllPartitions) {
  HighWatermarkWatchers other;
  HighWatermarkWatch here(waiter_);
  HighWatermarkWatch there(waiter_);
  watchers_.Add(here);
  other.Add(there);
  watchers_.Progress(60);
  EXPECT_FALSE(waiter_.satisfied());
  other.Progress(40);
  EXPECT_TRUE(waiter_.satisfied());
}

TEST_F(HighWatermarkWatchTest, LeavesTheLineWhenItIsSatisfiedOrGone) {
  {
    HighWatermarkWatch watch(waiter_);
    watchers_.Add(watch);
    watchers_.Progress(10);
    EXPECT_FALSE(watchers_.empty());
  }
  EXPECT_TRUE(watchers_.empty());
  HighWatermarkWatch watch(waiter_);
  watchers_.Add(watch);
  watchers_.Progress(90);
  EXPECT_TRUE(watchers_.empty());
}

TEST_F(HighWatermarkWatchTest, GoesOnAtAnInterruption) {
  HighWatermarkWatch watch(waiter_);
  watchers_.Add(watch);
  watchers_.InterruptAll();
  EXPECT_TRUE(waiter_.satisfied());
  EXPECT_TRUE(watchers_.empty());
}

TEST(BatchSizesTest, CountsWhatTheHighWatermarkPasses) {
  BatchSizes sizes;
  sizes.Append(Offset(3), 100);
  sizes.Append(Offset(5), 50);
  sizes.Append(Offset(9), 70);
  EXPECT_EQ(sizes.TakeBelow(Offset(2)), 0);
  EXPECT_EQ(sizes.TakeBelow(Offset(5)), 150);
  EXPECT_EQ(sizes.TakeBelow(Offset(5)), 0) << "each batch counts once";
  EXPECT_EQ(sizes.TakeBelow(Offset(100)), 70);
}

}  // namespace
}  // namespace penstock
