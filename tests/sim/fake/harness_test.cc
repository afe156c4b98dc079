// The judge is judged: a broker that keeps its promise passes, and each kind of broken promise is
// noticed.
#include <gtest/gtest.h>

#include <set>

#include "tests/sim/fake/fake_broker.h"
#include "tests/sim/harness/crash_run.h"

namespace penstock::sim {
namespace {

CrashRunReport RunFake(uint64_t seed, Mistake mistake) {
  CrashRunOptions options{.seed = seed};
  return RunCrashes(options, [mistake](SimNode& machine) {
    return std::make_unique<FakeBroker>(machine, mistake);
  });
}

TEST(SimHarnessTest, ABrokerThatKeepsItsPromisePasses) {
  std::set<uint64_t> traces;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const CrashRunReport report = RunFake(seed, Mistake::kNone);
    EXPECT_TRUE(report.anomalies.empty()) << report.Describe();
    EXPECT_GT(report.acknowledged, 0U) << report.Describe();
    EXPECT_EQ(report.trace_hash, RunFake(seed, Mistake::kNone).trace_hash) << "seed " << seed;
    traces.insert(report.trace_hash);
  }
  EXPECT_EQ(traces.size(), 20U);
}

class MistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(MistakeTest, IsNoticed) {
  int noticed = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    noticed += RunFake(seed, GetParam()).anomalies.empty() ? 0 : 1;
  }
  EXPECT_GE(noticed, 5) << "of 20 runs";
}

INSTANTIATE_TEST_SUITE_P(AllMistakes, MistakeTest,
                         testing::Values(Mistake::kAcknowledgesTooEarly, Mistake::kForgetsSequences,
                                         Mistake::kForgetsItsStart, Mistake::kServesUnsafeRecords,
                                         Mistake::kSwapsBatches, Mistake::kChangesARecord));

}  // namespace
}  // namespace penstock::sim
