#include "record/batch_view.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/record/samples.h"

namespace penstock {
namespace {

constexpr int32_t kInt32Max = std::numeric_limits<int32_t>::max();

TEST(BatchViewTest, ShowsTheHeaderOfABatch) {
  const Slice bytes = SampleBatch(3, {.base_offset = Offset(100),
                                      .leader_epoch = LeaderEpoch(7),
                                      .producer_id = ProducerId(4000),
                                      .producer_epoch = ProducerEpoch(2),
                                      .base_sequence = Sequence(50),
                                      .is_transactional = true});
  const StatusOr<BatchView> batch = BatchView::Parse(bytes.span());
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->size_in_bytes(), bytes.size());
  EXPECT_EQ(batch->base_offset(), Offset(100));
  EXPECT_EQ(batch->last_offset(), Offset(102));
  EXPECT_EQ(batch->next_offset(), Offset(103));
  EXPECT_EQ(batch->leader_epoch(), LeaderEpoch(7));
  EXPECT_EQ(batch->base_timestamp(), kNow);
  EXPECT_EQ(batch->max_timestamp(), kNow + 2);
  EXPECT_EQ(batch->producer_id(), ProducerId(4000));
  EXPECT_EQ(batch->producer_epoch(), ProducerEpoch(2));
  EXPECT_EQ(batch->base_sequence(), Sequence(50));
  EXPECT_EQ(batch->last_sequence(), Sequence(52));
  EXPECT_EQ(batch->records_count(), 3);
  EXPECT_TRUE(batch->is_transactional());
  EXPECT_FALSE(batch->is_control());
  EXPECT_TRUE(batch->CrcMatches());
}

TEST(BatchViewTest, ReadsOnlyTheFirstOfSeveralBatches) {
  const Slice first = SampleBatch(3);
  std::vector<uint8_t> both = BytesOf(first);
  const Slice second = SampleBatch(5);
  both.insert(both.end(), second.data(), second.data() + second.size());
  const StatusOr<BatchView> batch = BatchView::Parse(both);
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->size_in_bytes(), first.size());
  EXPECT_EQ(batch->records_count(), 3);
}

TEST(BatchViewTest, SaysThatABatchIsNotCompleteYet) {
  const Slice bytes = SampleBatch(3);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const StatusOr<BatchView> batch = BatchView::Parse(bytes.span().first(size));
    ASSERT_EQ(batch.status().code(), StatusCode::kOutOfRange) << size;
  }
}

TEST(BatchViewTest, RefusesOtherMagicsAndImpossibleLengths) {
  std::vector<uint8_t> bytes = BytesOf(SampleBatch(1));
  const auto code_with = [&bytes](size_t at, int32_t value, bool is_magic) {
    std::vector<uint8_t> changed = bytes;
    if (is_magic) {
      changed[at] = static_cast<uint8_t>(value);
    } else {
      StoreBig(changed.data() + at, value);
    }
    return ErrorCodeOf(BatchView::Parse(changed).status());
  };
  for (const int32_t magic : {0, 1}) {
    EXPECT_EQ(code_with(batch_format::kMagicAt, magic, true),
              ErrorCode::kUnsupportedForMessageFormat);
  }
  for (const int32_t magic : {-1, 3}) {
    EXPECT_EQ(code_with(batch_format::kMagicAt, magic, true), ErrorCode::kCorruptMessage);
  }
  for (const int32_t length : {-1, 0, 13, 14, 48}) {
    EXPECT_EQ(code_with(batch_format::kBatchLengthAt, length, false), ErrorCode::kCorruptMessage)
        << length;
  }
}

TEST(BatchViewTest, TheCrcCatchesEveryFlippedBitThatItCovers) {
  std::vector<uint8_t> bytes = BytesOf(SampleBatch(4));
  for (size_t bit = batch_format::kCrcAt * 8; bit < bytes.size() * 8; ++bit) {
    const auto mask = static_cast<uint8_t>(1 << (bit % 8));
    bytes[bit / 8] ^= mask;
    const StatusOr<BatchView> batch = BatchView::Parse(bytes);
    ASSERT_TRUE(batch.ok());
    ASSERT_FALSE(batch->CrcMatches()) << bit;
    bytes[bit / 8] ^= mask;
  }
}

TEST(BatchViewTest, OffsetAndLeaderEpochArePatchedOutsideTheCrc) {
  Slice bytes = SampleBatch(4);
  const std::span<uint8_t> mutable_bytes(bytes.mutable_data(), bytes.size());
  PatchBaseOffset(mutable_bytes, Offset(123'456'789'012));
  PatchLeaderEpoch(mutable_bytes, LeaderEpoch(99));
  const StatusOr<BatchView> batch = BatchView::Parse(bytes.span());
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->base_offset(), Offset(123'456'789'012));
  EXPECT_EQ(batch->leader_epoch(), LeaderEpoch(99));
  EXPECT_TRUE(batch->CrcMatches());
}

TEST(BatchViewTest, ATimestampIsPatchedWithANewCrcAndOnlyWhenItChanges) {
  Slice bytes = SampleBatch(4);
  const std::span<uint8_t> mutable_bytes(bytes.mutable_data(), bytes.size());
  EXPECT_FALSE(PatchTimestamp(mutable_bytes, TimestampType::kCreateTime, kNow + 3));
  EXPECT_TRUE(PatchTimestamp(mutable_bytes, TimestampType::kLogAppendTime, kNow + 500));
  const StatusOr<BatchView> batch = BatchView::Parse(bytes.span());
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->timestamp_type(), TimestampType::kLogAppendTime);
  EXPECT_EQ(batch->max_timestamp(), kNow + 500);
  EXPECT_EQ(batch->base_timestamp(), kNow);
  EXPECT_TRUE(batch->CrcMatches());
}

TEST(BatchViewTest, AProducerIsPatchedWithANewCrc) {
  Slice bytes = SampleBatch(4);
  PatchProducer({bytes.mutable_data(), bytes.size()}, ProducerId(9000), ProducerEpoch(3),
                Sequence(77));
  const StatusOr<BatchView> batch = BatchView::Parse(bytes.span());
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->producer_id(), ProducerId(9000));
  EXPECT_EQ(batch->producer_epoch(), ProducerEpoch(3));
  EXPECT_EQ(batch->base_sequence(), Sequence(77));
  EXPECT_EQ(batch->records_count(), 4);
  EXPECT_TRUE(batch->CrcMatches());
}

TEST(SequenceTest, WrapsToZeroAfterTheLargest) {
  EXPECT_EQ(IncrementSequence(Sequence(kInt32Max), 1), Sequence(0));
  EXPECT_EQ(IncrementSequence(Sequence(kInt32Max - 2), 4), Sequence(1));
  EXPECT_EQ(IncrementSequence(Sequence(5), 6), Sequence(11));
  EXPECT_EQ(DecrementSequence(Sequence(0), 1), Sequence(kInt32Max));
  EXPECT_EQ(DecrementSequence(Sequence(1), 4), Sequence(kInt32Max - 2));
  EXPECT_EQ(DecrementSequence(Sequence(11), 6), Sequence(5));
}

TEST(SequenceTest, TheLastSequenceOfABatchWraps) {
  const Slice bytes = SampleBatch(5, {.producer_id = ProducerId(1),
                                      .producer_epoch = ProducerEpoch(0),
                                      .base_sequence = Sequence(kInt32Max - 1)});
  const StatusOr<BatchView> batch = BatchView::Parse(bytes.span());
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->last_sequence(), Sequence(2));
}

}  // namespace
}  // namespace penstock
