// A broker and two clients, 20 crashes in each of 100 worlds, with disks that fail: every
// acknowledged record comes back once, in order, unchanged.
#include <gtest/gtest.h>

#include "tests/sim/broker/broker_subject.h"
#include "tests/sim/harness/crash_run.h"

namespace penstock::sim {
namespace {

constexpr uint64_t kSeeds = 100;

void Add(const CrashRunReport& report, CrashRunReport& sum) {
  sum.acknowledged += report.acknowledged;
  sum.consumed_early += report.consumed_early;
  sum.crashes_while_starting += report.crashes_while_starting;
  sum.crashes_while_serving += report.crashes_while_serving;
  sum.crashes_while_stopping += report.crashes_while_stopping;
  sum.stops += report.stops;
  sum.starts_failed += report.starts_failed;
  sum.storage_errors += report.storage_errors;
  sum.disk.read_errors += report.disk.read_errors;
  sum.disk.write_errors += report.disk.write_errors;
  sum.disk.sync_errors += report.disk.sync_errors;
  sum.disk.open_errors += report.disk.open_errors;
  sum.disk.full += report.disk.full;
}

// Each world runs twice and takes the same course.
TEST(BrokerSimTest, EveryAcknowledgedRecordSurvivesTwentyCrashesAndADiskThatFails) {
  CrashRunReport sum;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    CrashRunOptions options{.seed = seed, .disk_errors = true};
    const CrashRunReport report = RunCrashes(options, MakeBrokerSubject);
    ASSERT_TRUE(report.anomalies.empty()) << report.Describe();
    ASSERT_GT(report.acknowledged, 0U) << report.Describe();
    const CrashRunReport again = RunCrashes(options, MakeBrokerSubject);
    ASSERT_EQ(report.trace_hash, again.trace_hash) << report.Describe() << again.Describe();
    ASSERT_EQ(report.events, again.events) << "seed " << seed;
    Add(report, sum);
  }
  // The worlds were not too kind: crashes came in every phase, the disk failed in every way, and
  // data flowed between them.
  EXPECT_GT(sum.acknowledged, kSeeds * 100);
  EXPECT_GT(sum.consumed_early, kSeeds * 50);
  EXPECT_GT(sum.crashes_while_starting, 100);
  EXPECT_GT(sum.crashes_while_serving, 300);
  EXPECT_GT(sum.crashes_while_stopping, 10);
  EXPECT_GT(sum.stops, 10);
  EXPECT_GT(sum.disk.read_errors, 50U);
  EXPECT_GT(sum.disk.write_errors, 50U);
  EXPECT_GT(sum.disk.sync_errors, 50U);
  EXPECT_GT(sum.disk.open_errors, 10U);
  EXPECT_GT(sum.disk.full, 20U);
  EXPECT_GT(sum.starts_failed, 20);
  EXPECT_GT(sum.storage_errors, 100U);
}

TEST(BrokerSimTest, EveryAcknowledgedRecordSurvivesWhenOnlyPowerFails) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    CrashRunOptions options{.seed = seed};
    const CrashRunReport report = RunCrashes(options, MakeBrokerSubject);
    ASSERT_TRUE(report.anomalies.empty()) << report.Describe();
    ASSERT_GT(report.acknowledged, 0U) << report.Describe();
    ASSERT_EQ(report.disk.errors(), 0U);
  }
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

}  // namespace
}  // namespace penstock::sim
