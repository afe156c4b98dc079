// A crash after every single operation of the disk, with what may be left of the unsynced: the
// broker starts, and what it acknowledged is there.
#include <gtest/gtest.h>

#include "tests/sim/points/stories.h"

namespace penstock::sim {
namespace {

constexpr uint64_t kSeed = 1;

class CrashPointsTest : public testing::TestWithParam<Story> {};

TEST_P(CrashPointsTest, AnyOperationOfTheDiskMayBeTheLast) {
  const Story& story = GetParam();
  const PointReport whole = RunPoint(story, kSeed, kToTheEnd, AllPersistences().front());
  ASSERT_TRUE(whole.anomalies.empty()) << whole.Describe();
  ASSERT_GE(whole.points, story.points_min) << "the story does not tell what it says";
  for (const Persistence& persistence : AllPersistences()) {
    for (uint64_t point = 0; point <= whole.points; ++point) {
      // What a crash leaves is drawn anew at each point.
      const uint64_t seed = kSeed + point;
      const PointReport report = RunPoint(story, seed, point, persistence);
      ASSERT_TRUE(report.anomalies.empty())
          << "crash after operation " << point << ", " << persistence.name << ", seed " << seed
          << ": " << report.Describe();
    }
  }
}

std::string NameOfStory(const testing::TestParamInfo<Story>& story) { return story.param.name; }

INSTANTIATE_TEST_SUITE_P(Stories, CrashPointsTest, testing::ValuesIn(AllStories()), NameOfStory);

TEST(CrashPointsCanaryTest, ATopicThatTrustsTheCacheIsNoticed) {
  const Persistence& nothing_unsynced = AllPersistences()[1];
  const PointReport whole = RunPoint(CarelessStory(), kSeed, kToTheEnd, AllPersistences().front());
  int noticed = 0;
  for (uint64_t point = 0; point <= whole.points; ++point) {
    const PointReport report = RunPoint(CarelessStory(), kSeed, point, nothing_unsynced);
    for (const std::string& anomaly : report.anomalies) {
      noticed += anomaly.ends_with("records were acknowledged") ? 1 : 0;
    }
  }
  EXPECT_GT(noticed, 0);
}

}  // namespace
}  // namespace penstock::sim
