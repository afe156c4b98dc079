// Batches of other programs, read here.
#include "tests/unit/record/golden.h"

#include <gtest/gtest.h>

#include "record/validator.h"
#include "tests/unit/record/samples.h"

namespace penstock {
namespace {

TEST(GoldenBatchesTest, AreReadAsTheirMakersMeantThem) {
  const std::vector<GoldenBatch> batches = ReadGoldenBatches();
  ASSERT_GE(batches.size(), 14u);
  for (const GoldenBatch& golden : batches) {
    EXPECT_FALSE(golden.bytes.empty()) << golden.name;
    EXPECT_EQ(DescribeBatch(golden.bytes), golden.description)
        << golden.name << ", made by " << golden.made_by;
  }
}

TEST(GoldenBatchesTest, AreTakenAsAProduceUnlessTheyAreTheBrokersOwn) {
  ValidationScratch scratch;
  for (const GoldenBatch& golden : ReadGoldenBatches()) {
    const StatusOr<BatchView> view = BatchView::Parse(golden.bytes);
    ASSERT_TRUE(view.ok()) << golden.name;
    const bool from_broker = view->is_control() || view->base_offset() != Offset(0) ||
                             view->timestamp_type() == TimestampType::kLogAppendTime;
    const ValidationOptions options = {.now = kNow,
                                       .timestamp_type = TimestampType::kLogAppendTime};
    const StatusOr<ValidatedBatch> validated =
        ValidateProduceBatch(Slice::CopyOf(golden.bytes), options, scratch);
    EXPECT_EQ(validated.ok(), !from_broker) << golden.name << " " << validated.status();
  }
}

TEST(GoldenBatchesTest, AreNeverTakenWhenTheyAreCutOffAnywhere) {
  ValidationScratch scratch;
  for (const GoldenBatch& golden : ReadGoldenBatches()) {
    if (golden.bytes.size() > 4096) continue;
    for (size_t size = 0; size < golden.bytes.size(); ++size) {
      const auto front = std::span(golden.bytes).first(size);
      ASSERT_FALSE(BatchView::Parse(front).ok()) << golden.name << " " << size;
      ASSERT_FALSE(ValidateProduceBatch(Slice::CopyOf(front), {}, scratch).ok())
          << golden.name << " " << size;
    }
  }
}

// A batch that says it ends earlier, with a CRC that agrees: only the records can tell.
TEST(GoldenBatchesTest, AreNeverTakenWhenTheirRecordsAreCutOffAnywhere) {
  ValidationScratch scratch;
  for (const GoldenBatch& golden : ReadGoldenBatches()) {
    if (golden.bytes.size() > 4096) continue;
    for (size_t size = batch_format::kHeaderSize; size < golden.bytes.size(); ++size) {
      std::vector<uint8_t> shorter(golden.bytes.begin(),
                                   golden.bytes.begin() + static_cast<ptrdiff_t>(size));
      StoreBig(shorter.data() + batch_format::kBatchLengthAt,
               static_cast<int32_t>(size - batch_format::kLogOverhead));
      StoreBig(shorter.data() + batch_format::kBaseOffsetAt, int64_t{0});
      RepairCrc(shorter);
      const StatusOr<ValidatedBatch> validated =
          ValidateProduceBatch(Slice::CopyOf(shorter), {.now = kNow}, scratch);
      ASSERT_EQ(ErrorCodeOf(validated.status()), ErrorCode::kInvalidRecord)
          << golden.name << " " << size;
    }
  }
}

}  // namespace
}  // namespace penstock
