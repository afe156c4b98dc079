// A broker and two clients, 20 crashes in each of 100 worlds: every acknowledged record comes back
// once, in order, unchanged.
#include <gtest/gtest.h>

#include "tests/sim/broker/broker_subject.h"
#include "tests/sim/harness/crash_run.h"

namespace penstock::sim {
namespace {

constexpr uint64_t kSeeds = 100;

TEST(BrokerSimTest, EveryAcknowledgedRecordSurvivesTwentyCrashes) {
  CrashRunReport sum;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    CrashRunOptions options{.seed = seed};
    const CrashRunReport report = RunCrashes(options, MakeBrokerSubject);
    ASSERT_TRUE(report.anomalies.empty()) << report.Describe();
    ASSERT_GT(report.acknowledged, 0U) << report.Describe();
    sum.acknowledged += report.acknowledged;
    sum.consumed_early += report.consumed_early;
    sum.crashes_while_starting += report.crashes_while_starting;
    sum.crashes_while_serving += report.crashes_while_serving;
    sum.crashes_while_stopping += report.crashes_while_stopping;
    sum.stops += report.stops;
  }
  // The worlds were not too kind: crashes came in every phase, and data flowed between them.
  EXPECT_GT(sum.acknowledged, kSeeds * 100);
  EXPECT_GT(sum.consumed_early, kSeeds * 50);
  EXPECT_GT(sum.crashes_while_starting, 100);
  EXPECT_GT(sum.crashes_while_serving, 300);
  EXPECT_GT(sum.crashes_while_stopping, 10);
  EXPECT_GT(sum.stops, 10);
}

// The crashes bite: without waiting for the disk, what was acknowledged is lost now and then.
TEST(BrokerSimTest, ATopicThatTrustsTheCacheLosesRecords) {
  int lost = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    CrashRunOptions options{.seed = seed, .topic_configs = {{"ack.durability", "cache"}}};
    lost += RunCrashes(options, MakeBrokerSubject).anomalies.empty() ? 0 : 1;
  }
  EXPECT_GE(lost, 3) << "of 10 runs";
}

TEST(BrokerSimTest, TheSameSeedTakesTheSameCourse) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    CrashRunOptions options{.seed = seed};
    const CrashRunReport once = RunCrashes(options, MakeBrokerSubject);
    const CrashRunReport again = RunCrashes(options, MakeBrokerSubject);
    EXPECT_EQ(once.trace_hash, again.trace_hash) << once.Describe() << again.Describe();
    EXPECT_EQ(once.events, again.events) << "seed " << seed;
  }
}

}  // namespace
}  // namespace penstock::sim
