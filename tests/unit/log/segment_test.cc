// One segment: what it counts, which entries its indexes get, and what of it is kept in memory.
#include "log/segment.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/unit/log/log_testing.h"

namespace penstock {
namespace {

constexpr Offset kBase{42};
constexpr int32_t kInterval = 4096;

class SegmentTest : public testing::Test {
 protected:
  SegmentTest() {
    EXPECT_TRUE(world_.Run(files().CreateDirectory("/data/orders-0")).ok());
    segment_ = std::make_shared<Segment>(cache_, "/data/orders-0", kBase);
  }

  Files& files() { return world_.runtime().files; }
  void Write(std::string path, std::string_view text) {
    const Status written =
        world_.Run(ReplaceFile(files(), "/data/orders-0", std::move(path), std::string(text)));
    ASSERT_TRUE(written.ok()) << written;
  }
  void Activate() { segment_->Activate(OffsetIndex(kBase), TimeIndex(kBase)); }
  // Counts a batch behind the last one; its size.
  int64_t Account(const BatchSpec& spec, int32_t interval = kInterval) {
    const Slice bytes = MakeBatch(spec);
    const StatusOr<BatchView> batch = BatchView::Parse(bytes.span());
    EXPECT_TRUE(batch.ok()) << batch.status();
    segment_->Account(*batch, next_, interval);
    next_ += spec.records;
    return static_cast<int64_t>(bytes.size());
  }

  SimWorld world_{1};
  SegmentCache cache_{10, 10'000};
  std::shared_ptr<Segment> segment_;
  Offset next_ = kBase;
};

TEST_F(SegmentTest, ItsFilesAreNamedByItsFirstOffset) {
  EXPECT_EQ(segment_->LogPath(), "/data/orders-0/00000000000000000042.log");
  EXPECT_EQ(segment_->IndexPath(), "/data/orders-0/00000000000000000042.index");
  EXPECT_EQ(segment_->TimeIndexPath(), "/data/orders-0/00000000000000000042.timeindex");
  EXPECT_EQ(segment_->SnapshotPath(), "/data/orders-0/00000000000000000042.snapshot");
}

TEST_F(SegmentTest, CountsSizesAndTimes) {
  Activate();
  const int64_t first = Account({.records = 3, .first_timestamp = kTime0});
  const int64_t second = Account({.records = 2, .first_timestamp = kTime0 + 100});
  const int64_t third = Account({.records = 4, .first_timestamp = kTime0 + 50});
  EXPECT_EQ(segment_->size, first + second + third);
  EXPECT_EQ(segment_->first_timestamp, kTime0 + 2) << "the largest of the first batch";
  EXPECT_EQ(segment_->max_timestamp, (TimeIndexEntry{kTime0 + 101, kBase + 4}))
      << "the last record of the batch that has it";
}

TEST_F(SegmentTest, TheFirstOfEqualTimesIsTheLargest) {
  Activate();
  Account({.first_timestamp = kTime0});
  Account({.first_timestamp = kTime0});
  EXPECT_EQ(segment_->max_timestamp, (TimeIndexEntry{kTime0, kBase}));
}

TEST_F(SegmentTest, AnEntryComesWithTheFirstBatchMoreThanAnIntervalBehindTheLastOne) {
  Activate();
  const int64_t size = Account({.value_bytes = 1000}, 0);
  EXPECT_TRUE(segment_->offset_index().empty()) << "the first batch needs none";
  const int32_t interval = static_cast<int32_t>(2 * size);
  Account({.value_bytes = 1000}, interval);
  Account({.value_bytes = 1000}, interval);
  EXPECT_TRUE(segment_->offset_index().empty()) << "exactly an interval is not more than it";
  Account({.records = 5, .first_timestamp = kTime0 + 10, .value_bytes = 1000}, interval);
  ASSERT_EQ(segment_->offset_index().entry_count(), 1u);
  EXPECT_EQ(segment_->offset_index().last(), (IndexEntry{kBase + 7, 3 * size}))
      << "the last record of the batch, and where the batch begins";
  EXPECT_EQ(segment_->time_index().last(), (TimeIndexEntry{kTime0 + 14, kBase + 7}));
  Account({.value_bytes = 1000}, interval);
  EXPECT_EQ(segment_->offset_index().entry_count(), 2u) << "five records were an interval";
  EXPECT_EQ(segment_->time_index().entry_count(), 1u) << "and no later time has come";
}

TEST_F(SegmentTest, AFileThatIsMissingIsNotFoundAndNotMade) {
  EXPECT_EQ(world_.Run(segment_->OpenFile(files())).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(cache_.open_segments(), 0u);
  EXPECT_TRUE(world_.Run(files().List("/data/orders-0"))->empty());
}

TEST_F(SegmentTest, TheFileIsOpenedOnceAndStaysOpenForItsUsers) {
  Write(segment_->LogPath(), "batches");
  std::shared_ptr<File> file = *world_.Run(segment_->OpenFile(files()));
  EXPECT_EQ(*world_.Run(segment_->OpenFile(files())), file);
  const std::weak_ptr<File> watched = file;
  segment_->Release();
  EXPECT_EQ(cache_.open_segments(), 0u);
  EXPECT_EQ(world_.Run(file->ReadAt(0, 100))->text(), "batches");
  file.reset();
  EXPECT_TRUE(watched.expired()) << "nobody uses it any more";
}

TEST_F(SegmentTest, TwoWhoOpenItAtTheSameTimeShareOneFile) {
  Write(segment_->LogPath(), "batches");
  world_.driver().disk_faults().delay_min = Milliseconds(1);
  RootTask<StatusOr<std::shared_ptr<File>>> first(segment_->OpenFile(files()));
  RootTask<StatusOr<std::shared_ptr<File>>> second(segment_->OpenFile(files()));
  first.Start();
  second.Start();
  world_.RunUntilQuiet();
  ASSERT_TRUE(first.done() && second.done());
  EXPECT_EQ(*first.TakeResult(), *second.TakeResult());
}

TEST_F(SegmentTest, AnIndexIsReadFromItsFileOnce) {
  OffsetIndex index(kBase);
  index.Append(Offset(50), 100);
  index.Append(Offset(60), 200);
  segment_->written_size = 300;
  Write(segment_->IndexPath(), AsText(index.bytes()));
  auto loaded = *world_.Run(segment_->LoadOffsetIndex(files()));
  EXPECT_EQ(loaded->Lookup(Offset(55)).position, 100);
  EXPECT_EQ(cache_.index_bytes(), 16u);
  EXPECT_EQ(*world_.Run(segment_->LoadOffsetIndex(files())), loaded);
  segment_->Release();
  EXPECT_EQ(cache_.index_bytes(), 0u);
  EXPECT_EQ(loaded->Lookup(Offset(60)).position, 200) << "a look-up in flight keeps it";
}

TEST_F(SegmentTest, AnIndexThatIsMissingOrBrokenIsDataLoss) {
  const auto problem = [&] { return world_.Run(segment_->LoadOffsetIndex(files())).status(); };
  segment_->written_size = 300;
  EXPECT_EQ(problem().code(), StatusCode::kDataLoss);
  EXPECT_EQ(MessageOf(problem()), segment_->IndexPath() + " is missing");
  OffsetIndex index(kBase);
  index.Append(Offset(50), 100);
  index.Append(Offset(60), 300);  // behind the last batch
  for (const std::string_view bytes :
       {AsText(index.bytes()), AsText(index.bytes()).substr(0, 9), std::string_view("x")}) {
    Write(segment_->IndexPath(), bytes);
    EXPECT_EQ(problem().code(), StatusCode::kDataLoss) << bytes.size();
    EXPECT_EQ(MessageOf(problem()), segment_->IndexPath() + " has entries that are not valid");
  }
  Write(segment_->IndexPath(), AsText(index.bytes()).substr(0, 8));
  EXPECT_TRUE(problem().ok()) << "nothing of what was wrong is remembered";
}

TEST_F(SegmentTest, AnIndexThatCouldNotBeReadIsReadAgain) {
  Write(segment_->IndexPath(), "");
  world_.driver().disk_faults().read_error_probability = 1;
  EXPECT_FALSE(world_.Run(segment_->LoadOffsetIndex(files())).ok());
  world_.driver().disk_faults().read_error_probability = 0;
  EXPECT_TRUE(world_.Run(segment_->LoadOffsetIndex(files())).ok());
}

TEST_F(SegmentTest, SealedItKeepsItsIndexUntilTheMemoryIsNeeded) {
  Activate();
  for (int i = 0; i < 5; ++i) Account({.value_bytes = 1000}, 100);
  ASSERT_EQ(segment_->offset_index().entry_count(), 4u);
  segment_->Deactivate();
  EXPECT_FALSE(segment_->is_active());
  EXPECT_EQ(cache_.index_bytes(), 32u);
  const auto index = world_.Run(segment_->LoadOffsetIndex(files()));
  ASSERT_TRUE(index.ok()) << "there is no file: it must come from memory";
  EXPECT_EQ((*index)->entry_count(), 4u);
  segment_->Release();
  EXPECT_EQ(world_.Run(segment_->LoadOffsetIndex(files())).status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace penstock
