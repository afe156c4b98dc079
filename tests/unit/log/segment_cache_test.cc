// How many segments keep a file or an index in memory, and which.
#include "log/segment_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "runtime/seeded_random.h"
#include "tests/unit/log/log_testing.h"

namespace penstock {
namespace {

class SegmentCacheTest : public testing::Test {
 protected:
  SegmentCacheTest() { EXPECT_TRUE(world_.Run(files().CreateDirectory("/data")).ok()); }

  Files& files() { return world_.runtime().files; }
  // A sealed segment with `entries` entries in its index.
  Segment& Make(SegmentCache& cache, int64_t base_offset, int entries = 0) {
    auto segment = std::make_unique<Segment>(cache, "/data", Offset(base_offset));
    OffsetIndex index{Offset(base_offset)};
    for (int i = 1; i <= entries; ++i) index.Append(Offset(base_offset + i), i);
    segment->written_size = 1000;
    Write(segment->LogPath(), "batches");
    Write(segment->IndexPath(), AsText(index.bytes()));
    segments_.push_back(std::move(segment));
    return *segments_.back();
  }
  void Write(std::string path, std::string_view text) {
    const Status written =
        world_.Run(ReplaceFile(files(), "/data", std::move(path), std::string(text)));
    ASSERT_TRUE(written.ok()) << written;
  }
  // Watches the file that the segment has open now.
  std::weak_ptr<File> Open(Segment& segment) { return *world_.Run(segment.OpenFile(files())); }
  std::weak_ptr<const OffsetIndex> Load(Segment& segment) {
    return *world_.Run(segment.LoadOffsetIndex(files()));
  }

  SimWorld world_{1};
  SegmentCache cache_{2, 100};
  std::vector<std::unique_ptr<Segment>> segments_;
};

TEST_F(SegmentCacheTest, TheLeastRecentlyUsedFileIsClosed) {
  Segment& a = Make(cache_, 0);
  Segment& b = Make(cache_, 10);
  Segment& c = Make(cache_, 20);
  const auto file_a = Open(a);
  const auto file_b = Open(b);
  EXPECT_EQ(Open(a).lock(), file_a.lock()) << "now b is the one that was not used for longest";
  const auto file_c = Open(c);
  EXPECT_FALSE(file_a.expired());
  EXPECT_TRUE(file_b.expired());
  EXPECT_FALSE(file_c.expired());
  EXPECT_EQ(cache_.open_segments(), 2u);
}

TEST_F(SegmentCacheTest, AClosedFileIsOpenedAgainWhenItIsNeeded) {
  Segment& a = Make(cache_, 0);
  Open(a);
  Open(Make(cache_, 10));
  Open(Make(cache_, 20));
  const auto again = Open(a);
  ASSERT_FALSE(again.expired());
  EXPECT_EQ(world_.Run(again.lock()->ReadAt(0, 100))->text(), "batches");
}

TEST_F(SegmentCacheTest, IndexesLeaveWhenTheyTakeTooMuch) {
  Segment& a = Make(cache_, 0, 5);
  Segment& b = Make(cache_, 10, 7);
  const auto index_a = Load(a);
  EXPECT_EQ(cache_.index_bytes(), 40u);
  const auto index_b = Load(b);
  EXPECT_EQ(cache_.index_bytes(), 96u);
  EXPECT_FALSE(index_a.expired());
  Open(a);
  Segment& c = Make(cache_, 20, 3);
  const auto index_c = Load(c);
  EXPECT_EQ(cache_.index_bytes(), 64u);
  EXPECT_FALSE(index_a.expired());
  EXPECT_TRUE(index_b.expired());
  EXPECT_FALSE(index_c.expired());
}

TEST_F(SegmentCacheTest, TheOneThatIsInUseStaysWhateverItTakes) {
  Segment& a = Make(cache_, 0, 2);
  Segment& b = Make(cache_, 10, 50);
  Load(a);
  const auto index_b = Load(b);
  EXPECT_FALSE(index_b.expired());
  EXPECT_EQ(cache_.open_segments(), 1u);
  EXPECT_EQ(cache_.index_bytes(), 400u);
}

TEST_F(SegmentCacheTest, ASegmentThatDiesIsForgotten) {
  Load(Make(cache_, 0, 5));
  Open(Make(cache_, 10));
  segments_.erase(segments_.begin());
  EXPECT_EQ(cache_.open_segments(), 1u);
  EXPECT_EQ(cache_.index_bytes(), 0u);
  segments_.clear();
  EXPECT_EQ(cache_.open_segments(), 0u);
}

TEST_F(SegmentCacheTest, HoldsItsLimitsOverAnyHistory) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed, 1);
    SegmentCache cache(3, 120);
    segments_.clear();
    for (int64_t i = 0; i < 8; ++i) Make(cache, i * 100, static_cast<int>(random.Below(12)));
    std::vector<Segment*> used;  // the latest first
    for (int step = 0; step < 200; ++step) {
      Segment& segment = *segments_[random.Below(segments_.size())];
      std::erase(used, &segment);
      if (random.OneOf(1, 10)) {
        segment.Release();
      } else {
        used.insert(used.begin(), &segment);
        random.OneOf(1, 2) ? static_cast<void>(Open(segment)) : static_cast<void>(Load(segment));
      }
      ASSERT_LE(cache.open_segments(), 3u);
      ASSERT_TRUE(cache.index_bytes() <= 120 || cache.open_segments() == 1);
      ASSERT_LE(cache.open_segments(), used.size());
      // Those that were dropped are the ones that were used before all others.
      used.resize(cache.open_segments());
    }
    for (const auto& segment : segments_) segment->Release();
    EXPECT_EQ(cache.open_segments(), 0u);
    EXPECT_EQ(cache.index_bytes(), 0u);
  }
}

}  // namespace
}  // namespace penstock
