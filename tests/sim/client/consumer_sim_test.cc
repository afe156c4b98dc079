// Our consumer against our broker, 15 crashes in each of 60 worlds: every record is seen once, in
// order, whatever the reader does meanwhile.
#include <gtest/gtest.h>

#include "tests/sim/client/consumer_run.h"

namespace penstock::sim {
namespace {

constexpr uint64_t kSeeds = 60;

TEST(ConsumerSimTest, EveryRecordIsSeenOnceAndInOrder) {
  size_t consumed_early = 0;
  size_t acknowledged = 0;
  size_t read_again = 0;
  int lives = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const ConsumerRunOptions options{.seed = seed};
    const ConsumerRunReport report = RunConsumer(options);
    ASSERT_TRUE(report.anomalies.empty()) << report.Describe();
    consumed_early += report.consumed_early;
    acknowledged += report.acknowledged;
    read_again += report.read_again;
    lives += report.lives;
  }
  // The worlds were not too kind, and not too cruel.
  EXPECT_GT(consumed_early, kSeeds * 50);
  EXPECT_GT(acknowledged, consumed_early);
  EXPECT_GT(read_again, kSeeds * 20);
  EXPECT_GT(lives, static_cast<int>(kSeeds));
}

TEST(ConsumerSimTest, AReaderThatLosesItsPlaceIsNoticed) {
  int noticed = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const ConsumerRunOptions options{.seed = seed, .loses_its_place = true};
    noticed += RunConsumer(options).anomalies.empty() ? 0 : 1;
  }
  EXPECT_GE(noticed, 5) << "of 10 runs";
}

TEST(ConsumerSimTest, TheSameSeedTakesTheSameCourse) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const ConsumerRunOptions options{.seed = seed};
    EXPECT_EQ(RunConsumer(options).trace_hash, RunConsumer(options).trace_hash) << seed;
  }
}

}  // namespace
}  // namespace penstock::sim
