#include "door/record_batch_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record/batch_builder.h"

namespace penstock {
namespace {

// A batch of the records "0" to "9" from offset 100 on, as it was fetched for those from `first`
// on.
std::shared_ptr<HeldBatch> Held(Codec codec, int64_t first) {
  BatchBuilder builder({.base_offset = Offset(100), .compression = {.codec = codec}});
  for (int i = 0; i < 10; ++i) {
    const std::string value = std::to_string(i);
    const RecordHeaderView header{.key = "n", .value = AsBytes(value)};
    builder.Append({.timestamp = TimestampMs(1'000 + i),
                    .key = std::nullopt,
                    .value = AsBytes(value),
                    .headers = {&header, 1}});
  }
  const StatusOr<Slice> built = builder.Build();
  EXPECT_TRUE(built.ok()) << built.status();
  auto held = std::make_shared<HeldBatch>();
  held->partition = {.topic = "orders", .partition = PartitionId(3)};
  held->bytes.assign(built->span().begin(), built->span().end());
  held->first_wanted = Offset(first);
  held->next_offset = Offset(110);
  held->high_watermark = Offset(200);
  return held;
}

class RecordBatchReaderTest : public testing::TestWithParam<Codec> {};

TEST_P(RecordBatchReaderTest, ReadsWhatWasWanted) {
  const Result<RecordBatch> batch = RecordBatchReader::Read(Held(GetParam(), 104));
  ASSERT_TRUE(batch.ok()) << batch.error().message();
  EXPECT_EQ(batch->topic(), "orders");
  EXPECT_EQ(batch->partition(), 3);
  EXPECT_EQ(batch->next_offset(), 110);
  EXPECT_EQ(batch->high_watermark(), 200);
  ASSERT_EQ(batch->size(), 6u);
  int64_t expected = 104;
  for (const Record& record : *batch) {
    const std::string value = std::to_string(expected - 100);
    EXPECT_EQ(record.offset, expected);
    EXPECT_EQ(record.timestamp, v0::Timestamp(std::chrono::milliseconds(900 + expected)));
    EXPECT_EQ(record.key, std::nullopt);
    EXPECT_EQ(record.value, value);
    ASSERT_EQ(record.headers.size(), 1u);
    EXPECT_EQ(record.headers[0].key, "n");
    EXPECT_EQ(record.headers[0].value, value);
    ++expected;
  }
}

TEST_P(RecordBatchReaderTest, ACopyKeepsTheRecords) {
  RecordBatch copy;
  {
    const Result<RecordBatch> batch = RecordBatchReader::Read(Held(GetParam(), 100));
    ASSERT_TRUE(batch.ok()) << batch.error().message();
    copy = *batch;
  }
  EXPECT_EQ(copy[9].value, "9");
}

INSTANTIATE_TEST_SUITE_P(Codecs, RecordBatchReaderTest,
                         testing::Values(Codec::kNone, Codec::kZstd));

TEST(RecordBatchReader, BrokenRecordsAreAnErrorThatNamesThem) {
  const std::shared_ptr<HeldBatch> held = Held(Codec::kNone, 100);
  held->bytes[batch_format::kHeaderSize] = 0x7f;  // the length of the first record
  const Result<RecordBatch> batch = RecordBatchReader::Read(held);
  ASSERT_FALSE(batch.ok());
  EXPECT_THAT(batch.error().message(), testing::HasSubstr("orders-3 before offset 110"));
  EXPECT_EQ(batch.error().kafka_code(), static_cast<int16_t>(ErrorCode::kInvalidRecord));
}

}  // namespace
}  // namespace penstock
