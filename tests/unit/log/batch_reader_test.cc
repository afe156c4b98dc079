// A walk over the batches of a file, whole, torn and broken.
#include "log/batch_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/log/log_testing.h"

namespace penstock {
namespace {

class BatchReaderTest : public testing::Test {
 protected:
  BatchReaderTest() {
    Offset next{0};
    for (const auto& [records, value_bytes] :
         std::vector<std::pair<int, size_t>>{{1, 10}, {3, 200}, {1, 5000}, {2, 1}, {7, 50}}) {
      const Slice batch = MakeBatch({.records = records, .value_bytes = value_bytes});
      std::string bytes(batch.text());
      PatchBaseOffset({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()}, next);
      next += records;
      starts_.push_back(static_cast<int64_t>(text_.size()));
      batches_.push_back(bytes);
      text_ += bytes;
    }
  }

  std::shared_ptr<File> FileOf(std::string_view text) {
    OpenOptions options;
    options.create = true;
    auto opened = world_.Run(world_.runtime().files.Open("/batches", options));
    EXPECT_TRUE(opened.ok()) << opened.status();
    EXPECT_TRUE(world_.Run((*opened)->Truncate(0)).ok());
    SliceChain bytes(Slice::CopyOf(text));
    EXPECT_TRUE(world_.Run((*opened)->WriteAt(0, std::move(bytes))).ok());
    return std::shared_ptr<File>(*std::move(opened));
  }
  int64_t size() const { return static_cast<int64_t>(text_.size()); }

  // Everything up to the end or the first problem. The bytes of each batch are taken by both ways
  // in which the reader gives them.
  std::vector<std::string> Walk(BatchReader& reader) {
    std::vector<std::string> found;
    while (!reader.done()) {
      const std::optional<BatchView> batch = reader.Next();
      if (!batch.has_value()) {
        const Status refilled = world_.Run(reader.Refill());
        EXPECT_TRUE(refilled.ok()) << refilled;
        if (!refilled.ok()) break;
        continue;
      }
      found.emplace_back(AsText(batch->bytes()));
      const Slice slice = reader.buffer().Sub(reader.batch_start(), batch->size_in_bytes());
      EXPECT_EQ(slice.text(), found.back());
      EXPECT_EQ(reader.position(),
                reader.batch_position() + static_cast<int64_t>(batch->size_in_bytes()));
    }
    EXPECT_FALSE(reader.Next().has_value());
    return found;
  }

  SimWorld world_{1};
  std::string text_;
  std::vector<std::string> batches_;
  std::vector<int64_t> starts_;
};

TEST_F(BatchReaderTest, AnEmptyStretchIsDoneAtOnce) {
  BatchReader reader(FileOf(""), 0, 0);
  EXPECT_TRUE(reader.done());
  EXPECT_FALSE(reader.Next().has_value());
  EXPECT_TRUE(world_.Run(reader.Refill()).ok());
  EXPECT_TRUE(reader.problem().ok());
  EXPECT_EQ(reader.bytes_read(), 0);
}

TEST_F(BatchReaderTest, GivesEveryBatchWhateverItReadsAtOnce) {
  const std::shared_ptr<File> file = FileOf(text_);
  for (const size_t chunk : {size_t{1}, size_t{12}, size_t{61}, size_t{100}, size_t{4096},
                             text_.size() - 1, text_.size(), BatchReader::kChunkBytes}) {
    BatchReader reader(file, 0, size(), chunk);
    EXPECT_EQ(Walk(reader), batches_) << chunk;
    EXPECT_TRUE(reader.problem().ok()) << reader.problem();
    EXPECT_EQ(reader.position(), size());
  }
}

TEST_F(BatchReaderTest, ReadsEachByteOnceWhereABatchFitsIntoAChunk) {
  BatchReader reader(FileOf(text_), 0, size());
  Walk(reader);
  EXPECT_EQ(reader.bytes_read(), size());
}

TEST_F(BatchReaderTest, BeginsAndEndsWhereItIsTold) {
  const std::shared_ptr<File> file = FileOf(text_);
  BatchReader reader(file, starts_[1], starts_[3], 64);
  EXPECT_EQ(Walk(reader), (std::vector<std::string>{batches_[1], batches_[2]}));
  EXPECT_TRUE(reader.problem().ok()) << reader.problem();
  EXPECT_EQ(reader.position(), starts_[3]);
}

TEST_F(BatchReaderTest, TellsFromTheHeaderWhetherABatchBeginsHere) {
  const std::shared_ptr<File> file = FileOf(text_);
  const auto begins = [&](int64_t position, int64_t first, int64_t last) {
    BatchReader reader(file, position, size(), 100);
    EXPECT_FALSE(reader.NextBeginsIn(Offset(0), Offset(INT64_MAX))) << "nothing has been read";
    EXPECT_TRUE(world_.Run(reader.Refill()).ok());
    return reader.NextBeginsIn(Offset(first), Offset(last));
  };
  // The batch of the offsets 4 alone, which is longer than what is read at once.
  EXPECT_TRUE(begins(starts_[2], 0, 4));
  EXPECT_TRUE(begins(starts_[2], 4, 4));
  EXPECT_TRUE(begins(starts_[2], 0, 99));
  EXPECT_FALSE(begins(starts_[2], 0, 3)) << "it is above";
  EXPECT_FALSE(begins(starts_[2], 5, 99)) << "it is below";
  EXPECT_FALSE(begins(size() - 60, 0, INT64_MAX)) << "no room for a header";
  for (int64_t position = starts_[1] + 1; position < starts_[2]; ++position) {
    EXPECT_FALSE(begins(position, 0, 1000)) << position;
  }
}

TEST_F(BatchReaderTest, SlicesOfABufferOutliveTheReader) {
  Slice kept;
  {
    BatchReader reader(FileOf(text_), 0, size(), 6000);
    ASSERT_TRUE(world_.Run(reader.Refill()).ok());
    ASSERT_TRUE(reader.Next().has_value());
    kept = reader.buffer().Sub(reader.batch_start(), batches_[0].size());
    Walk(reader);
  }
  EXPECT_EQ(kept.text(), batches_[0]);
}

TEST_F(BatchReaderTest, TornAtAnyByteItEndsBehindTheLastWholeBatch) {
  for (size_t size = 0; size < text_.size(); ++size) {
    const size_t whole = static_cast<size_t>(
        std::upper_bound(starts_.begin(), starts_.end(), static_cast<int64_t>(size)) -
        starts_.begin() - 1);
    // The big batch is looked at around its ends only.
    if (whole == 2 && size > static_cast<size_t>(starts_[2]) + 100 &&
        size + 100 < static_cast<size_t>(starts_[3])) {
      continue;
    }
    BatchReader reader(FileOf(std::string_view(text_).substr(0, size)), 0,
                       static_cast<int64_t>(size), 64);
    EXPECT_EQ(Walk(reader).size(), whole) << size;
    EXPECT_EQ(reader.position(), starts_[whole]) << size;
    EXPECT_EQ(reader.problem().ok(), static_cast<int64_t>(size) == starts_[whole]) << size;
  }
}

TEST_F(BatchReaderTest, AFileThatIsShorterThanItsEndIsAProblem) {
  const std::shared_ptr<File> file = FileOf(std::string_view(text_).substr(0, text_.size() - 1));
  BatchReader reader(file, 0, size());
  EXPECT_EQ(Walk(reader).size(), 0u) << "nothing is given of a read that came short";
  EXPECT_EQ(reader.problem().code(), StatusCode::kDataLoss);
  EXPECT_EQ(MessageOf(reader.problem()), "the file ends 1 bytes too early");
}

TEST_F(BatchReaderTest, WhateverHeaderByteIsWrongItStaysInsideTheFile) {
  const size_t start = static_cast<size_t>(starts_[1]);
  for (size_t at = start; at < start + batch_format::kHeaderSize; ++at) {
    for (const int wrong : {0x01, 0x80, 0xff}) {
      std::string broken = text_;
      broken[at] = static_cast<char>(broken[at] ^ wrong);
      BatchReader reader(FileOf(broken), 0, size(), 100);
      const std::vector<std::string> found = Walk(reader);
      ASSERT_GE(found.size(), 1u) << at;
      EXPECT_EQ(found[0], batches_[0]);
      EXPECT_LE(reader.position(), size());
      EXPECT_LE(reader.bytes_read(), 3 * size()) << "no length makes it read for ever";
      EXPECT_EQ(reader.problem().ok(), reader.position() == size()) << at << ' ' << wrong;
      const bool is_length = at >= start + batch_format::kBatchLengthAt &&
                             at < start + batch_format::kPartitionLeaderEpochAt;
      if (is_length || at == start + batch_format::kMagicAt) {
        EXPECT_FALSE(reader.problem().ok()) << at << ' ' << wrong;
      }
    }
  }
}

TEST_F(BatchReaderTest, ALengthBeyondTheEndIsAProblemAndAllocatesNothing) {
  std::string broken = text_;
  StoreBig<int32_t>(reinterpret_cast<uint8_t*>(broken.data()) + batch_format::kBatchLengthAt,
                    INT32_MAX);
  BatchReader reader(FileOf(broken), 0, size(), 100);
  EXPECT_TRUE(Walk(reader).empty());
  EXPECT_EQ(reader.position(), 0);
  EXPECT_EQ(reader.bytes_read(), 100);
  EXPECT_EQ(reader.problem().code(), StatusCode::kDataLoss);
}

TEST_F(BatchReaderTest, AnErrorOfTheFileIsAnError) {
  BatchReader reader(FileOf(text_), 0, size());
  world_.driver().disk_faults().read_error_probability = 1;
  EXPECT_FALSE(world_.Run(reader.Refill()).ok());
  EXPECT_TRUE(reader.problem().ok()) << "it says nothing of the bytes";
  world_.driver().disk_faults().read_error_probability = 0;
  EXPECT_EQ(Walk(reader), batches_);
}

}  // namespace
}  // namespace penstock
