#include "record/record_iterator.h"

#include <gtest/gtest.h>

#include "tests/unit/record/samples.h"

namespace penstock {
namespace {

BatchView View(const Slice& batch) {
  const StatusOr<BatchView> view = BatchView::Parse(batch.span());
  EXPECT_TRUE(view.ok()) << view.status();
  return *view;
}

TEST(RecordIteratorTest, OneScratchServesBatchesOfAllCodecs) {
  RecordScratch scratch;
  for (const Codec codec : kAllCodecs) {
    const Slice batch =
        SampleBatch(1000, {.base_offset = Offset(5), .compression = Compression::Of(codec)});
    RecordIterator records(View(batch), scratch);
    RecordView record;
    int count = 0;
    for (; records.Next(record); ++count) {
      ASSERT_EQ(records.OffsetOf(record), Offset(5 + count));
      ASSERT_EQ(records.TimestampOf(record), kNow + count);
      ASSERT_EQ(AsText(record.value.value()), "value " + std::to_string(count));
    }
    EXPECT_TRUE(records.status().ok()) << records.status();
    EXPECT_EQ(count, 1000);
  }
}

TEST(RecordIteratorTest, RecordsLargerThanTheWindowAreReadWhole) {
  const std::string text = SampleText(700'000);
  for (const Codec codec : kAllCodecs) {
    BatchBuilder builder({.compression = Compression::Of(codec)});
    for (int i = 0; i < 3; ++i) builder.Append({.timestamp = kNow, .value = AsBytes(text)});
    const StatusOr<Slice> batch = builder.Build();
    ASSERT_TRUE(batch.ok());
    RecordScratch scratch;
    RecordIterator records(View(*batch), scratch);
    RecordView record;
    int count = 0;
    for (; records.Next(record); ++count) ASSERT_TRUE(AsText(record.value.value()) == text);
    EXPECT_TRUE(records.status().ok()) << records.status();
    EXPECT_EQ(count, 3);
  }
}

TEST(RecordIteratorTest, WithAppendTimeEveryRecordHasTheBatchsTime) {
  const Slice batch = SampleBatch(
      3, {.timestamp_type = TimestampType::kLogAppendTime, .log_append_time = kNow + 100});
  RecordScratch scratch;
  RecordIterator records(View(batch), scratch);
  RecordView record;
  while (records.Next(record)) EXPECT_EQ(records.TimestampOf(record), kNow + 100);
}

TEST(RecordIteratorTest, ABatchThatCompactionEmptiedHasNoRecords) {
  for (const Codec codec : kAllCodecs) {
    Slice batch = SampleBatch(3, {.compression = Compression::Of(codec)});
    StoreBig(batch.mutable_data() + batch_format::kRecordsCountAt, int32_t{0});
    RecordScratch scratch;
    RecordIterator records(View(batch), scratch);
    RecordView record;
    EXPECT_FALSE(records.Next(record));
    EXPECT_TRUE(records.status().ok());
  }
}

TEST(RecordIteratorTest, MoreOrFewerRecordsThanTheHeaderSaysAreAnError) {
  for (const Codec codec : kAllCodecs) {
    for (const int32_t count : {-1, 2, 4}) {
      Slice batch = SampleBatch(3, {.compression = Compression::Of(codec)});
      StoreBig(batch.mutable_data() + batch_format::kRecordsCountAt, count);
      RecordScratch scratch;
      RecordIterator records(View(batch), scratch);
      RecordView record;
      while (records.Next(record)) {
      }
      EXPECT_EQ(ErrorCodeOf(records.status()), ErrorCode::kInvalidRecord)
          << NameOf(codec) << " " << count;
      EXPECT_FALSE(records.Next(record));
    }
  }
}

TEST(RecordIteratorTest, ALengthThatARecordOnlyClaimsCostsNoMemory) {
  // The length of the first record becomes 2 GB.
  std::vector<uint8_t> body = {0xfe, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0};
  for (const Codec codec : kCompressingCodecs) {
    const StatusOr<Slice> compressed = Compress(Compression::Of(codec), body);
    ASSERT_TRUE(compressed.ok());
    std::vector<uint8_t> batch = BytesOf(SampleBatch(1, {.compression = Compression::Of(codec)}));
    batch.resize(batch_format::kHeaderSize);
    batch.insert(batch.end(), compressed->data(), compressed->data() + compressed->size());
    StoreBig(batch.data() + batch_format::kBatchLengthAt,
             static_cast<int32_t>(batch.size() - batch_format::kLogOverhead));
    RecordScratch scratch;
    const Slice held = Slice::CopyOf(batch);
    const BatchView view = View(held);
    RecordIterator iterator(view, scratch);
    RecordView record;
    EXPECT_FALSE(iterator.Next(record));
    EXPECT_EQ(ErrorCodeOf(iterator.status()), ErrorCode::kInvalidRecord);
    EXPECT_LE(scratch.window.size(), size_t{64} << 10);
  }
}

}  // namespace
}  // namespace penstock
