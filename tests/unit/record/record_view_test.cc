#include "record/record_view.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/record/samples.h"

namespace penstock {
namespace {

// The body of a batch with one record of two headers.
std::vector<uint8_t> OneRecord() {
  const RecordHeaderView headers[] = {{.key = "trace", .value = AsBytes("on")},
                                      {.key = "", .value = std::nullopt}};
  BatchBuilder builder(BatchOptions{});
  builder.Append(
      {.timestamp = kNow, .key = AsBytes("k"), .value = AsBytes(""), .headers = headers});
  const std::vector<uint8_t> batch = BytesOf(*builder.Build());
  return {batch.begin() + batch_format::kHeaderSize, batch.end()};
}

TEST(RecordViewTest, ShowsKeyValueAndHeaders) {
  const std::vector<uint8_t> bytes = OneRecord();
  RecordView record;
  const char* problem = nullptr;
  ASSERT_EQ(ParseRecord(bytes.data(), bytes.data() + bytes.size(), record, problem),
            bytes.data() + bytes.size());
  EXPECT_EQ(AsText(record.key.value()), "k");
  EXPECT_TRUE(record.value.value().empty());
  EXPECT_EQ(record.header_count, 2);
  EXPECT_EQ(record.size_in_bytes, bytes.size());
  RecordHeaderView header;
  ASSERT_TRUE(ReadHeader(record.headers, header));
  EXPECT_EQ(header.key, "trace");
  EXPECT_EQ(AsText(header.value.value()), "on");
  ASSERT_TRUE(ReadHeader(record.headers, header));
  EXPECT_EQ(header.key, "");
  EXPECT_FALSE(header.value.has_value());
  EXPECT_FALSE(ReadHeader(record.headers, header));
}

TEST(RecordViewTest, ARecordThatIsCutOffAnywhereIsRefusedWithAReason) {
  const std::vector<uint8_t> bytes = OneRecord();
  for (size_t size = 0; size < bytes.size(); ++size) {
    RecordView record;
    const char* problem = nullptr;
    ASSERT_EQ(ParseRecord(bytes.data(), bytes.data() + size, record, problem), nullptr) << size;
    ASSERT_NE(problem, nullptr);
  }
}

TEST(RecordViewTest, LengthsThatDoNotFitAreRefused) {
  const std::vector<std::vector<uint8_t>> bad = {
      {0x01},                                                  // negative length
      {0x00},                                                  // nothing inside
      {0x02, 0x00},                                            // attributes and no more
      {0x0c, 0x00, 0x00, 0x00, 0x04, 'k', 0x01},               // a key longer than the record
      {0x0c, 0x00, 0x00, 0x00, 0x01, 0x01, 0x01},              // a negative number of headers
      {0x0c, 0x00, 0x00, 0x00, 0x01, 0x01, 0x02},              // a header that is not there
      {0x0e, 0x00, 0x00, 0x00, 0x01, 0x01, 0x00, 0x00},        // a byte too many
      {0x10, 0x00, 0x00, 0x00, 0x01, 0x01, 0x02, 0x01, 0x01},  // a header without key
  };
  for (const std::vector<uint8_t>& bytes : bad) {
    RecordView record;
    const char* problem = nullptr;
    EXPECT_EQ(ParseRecord(bytes.data(), bytes.data() + bytes.size(), record, problem), nullptr);
  }
  const std::vector<uint8_t> good = {0x0c, 0x00, 0x00, 0x00, 0x01, 0x01, 0x00};
  RecordView record;
  const char* problem = nullptr;
  EXPECT_NE(ParseRecord(good.data(), good.data() + good.size(), record, problem), nullptr);
}

}  // namespace
}  // namespace penstock
