// Leader epochs of a log: assignment, look-up, truncation and the file.
#include "log/leader_epoch_cache.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

LeaderEpochCache Epochs(std::initializer_list<EpochEntry> entries) {
  LeaderEpochCache cache;
  for (const EpochEntry& entry : entries) cache.Assign(entry.epoch, entry.start_offset);
  return cache;
}
LeaderEpochCache Sample() {
  return Epochs(
      {{LeaderEpoch(2), Offset(0)}, {LeaderEpoch(4), Offset(10)}, {LeaderEpoch(7), Offset(30)}});
}

TEST(LeaderEpochCacheTest, KeepsTheFirstOffsetOfEachEpoch) {
  LeaderEpochCache cache = Sample();
  EXPECT_FALSE(cache.Assign(LeaderEpoch(7), Offset(35)));
  EXPECT_FALSE(cache.Assign(kNoLeaderEpoch, Offset(40)));
  EXPECT_EQ(cache.entries().size(), 3u);
  EXPECT_EQ(cache.EpochOf(Offset(29)), LeaderEpoch(4));
  EXPECT_EQ(cache.EpochOf(Offset(30)), LeaderEpoch(7));
}

TEST(LeaderEpochCacheTest, DropsEntriesThatContradictANewOne) {
  LeaderEpochCache cache = Sample();
  EXPECT_TRUE(cache.Assign(LeaderEpoch(8), Offset(10)));
  EXPECT_EQ(cache.Encode(), "0\n2\n2 0\n8 10\n");
}

TEST(LeaderEpochCacheTest, GivesTheEndOfTheLargestEpochAtOrBelow) {
  const LeaderEpochCache cache = Sample();
  const auto end = [&](int32_t epoch) {
    return cache.EndOffsetFor(LeaderEpoch(epoch), Offset(50));
  };
  EXPECT_EQ(end(7), (EpochEndOffset{LeaderEpoch(7), Offset(50)}));
  EXPECT_EQ(end(4), (EpochEndOffset{LeaderEpoch(4), Offset(30)}));
  EXPECT_EQ(end(5), (EpochEndOffset{LeaderEpoch(4), Offset(30)}));
  EXPECT_EQ(end(1), (EpochEndOffset{LeaderEpoch(1), Offset(0)}));
  EXPECT_EQ(end(8), EpochEndOffset());
  EXPECT_EQ(end(-1), EpochEndOffset());
}

TEST(LeaderEpochCacheTest, IsCutAtBothEnds) {
  LeaderEpochCache cache = Sample();
  EXPECT_FALSE(cache.TruncateFromEnd(Offset(31)));
  EXPECT_TRUE(cache.TruncateFromEnd(Offset(30)));
  EXPECT_EQ(cache.Encode(), "0\n2\n2 0\n4 10\n");
  cache = Sample();
  EXPECT_TRUE(cache.TruncateFromStart(Offset(15)));
  EXPECT_EQ(cache.Encode(), "0\n2\n4 15\n7 30\n");
  EXPECT_FALSE(cache.TruncateFromStart(Offset(15)));
}

TEST(LeaderEpochCacheTest, ReadsItsOwnTextAndRefusesOthers) {
  const std::string text = Sample().Encode();
  ASSERT_TRUE(LeaderEpochCache::Decode(text).ok());
  EXPECT_EQ(LeaderEpochCache::Decode(text)->entries(), Sample().entries());
  for (const char* bad :
       {"", "0", "1\n0\n", "0\n1\n", "0\n1\n2\n", "0\n1\n2 x\n", "0\n1\n-2 0\n"}) {
    EXPECT_FALSE(LeaderEpochCache::Decode(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace penstock
