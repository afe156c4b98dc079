#include "record/batch_builder.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/record/golden.h"
#include "tests/unit/record/samples.h"

namespace penstock {
namespace {

using MaybeText = std::optional<std::string>;

struct PlainRecord {
  int64_t offset;
  int64_t timestamp_ms;
  MaybeText key;
  MaybeText value;
  std::vector<std::pair<std::string, MaybeText>> headers;

  bool operator==(const PlainRecord&) const = default;
};

RecordBytes BytesOfMaybe(const MaybeText& text) {
  return text.has_value() ? RecordBytes(AsBytes(*text)) : std::nullopt;
}
MaybeText TextOfMaybe(const RecordBytes& bytes) {
  return bytes.has_value() ? MaybeText(AsText(*bytes)) : std::nullopt;
}

MaybeText RandomMaybe(std::mt19937_64& random) {
  if (random() % 5 == 0) return std::nullopt;
  return RandomText(random, random() % 8 == 0 ? random() % 40'000 : random() % 40);
}

std::vector<PlainRecord> RandomRecords(std::mt19937_64& random, int64_t base_offset) {
  std::vector<PlainRecord> records(1 + random() % 40);
  int64_t offset = base_offset;
  for (PlainRecord& record : records) {
    record.offset = offset;
    offset += 1 + (random() % 4 == 0 ? static_cast<int64_t>(random() % 1000) : 0);
    record.timestamp_ms = kNow.value() + static_cast<int64_t>(random() % 100'000) - 50'000;
    record.key = RandomMaybe(random);
    record.value = RandomMaybe(random);
    for (uint64_t i = random() % 4; i > 0; --i) {
      record.headers.emplace_back(RandomText(random, random() % 10), RandomMaybe(random));
    }
  }
  return records;
}

StatusOr<Slice> BatchOf(const std::vector<PlainRecord>& records, const BatchOptions& options) {
  BatchBuilder builder(options);
  for (const PlainRecord& record : records) {
    std::vector<RecordHeaderView> headers;
    for (const auto& [key, value] : record.headers) headers.push_back({key, BytesOfMaybe(value)});
    builder.AppendAt(Offset(record.offset), {.timestamp = TimestampMs(record.timestamp_ms),
                                             .key = BytesOfMaybe(record.key),
                                             .value = BytesOfMaybe(record.value),
                                             .headers = headers});
  }
  return builder.Build();
}

std::vector<PlainRecord> RecordsOf(const Slice& bytes) {
  const StatusOr<BatchView> batch = BatchView::Parse(bytes.span());
  EXPECT_TRUE(batch.ok() && batch->CrcMatches()) << batch.status();
  RecordScratch scratch;
  RecordIterator iterator(*batch, scratch);
  std::vector<PlainRecord> records;
  for (RecordView view; iterator.Next(view);) {
    PlainRecord& record = records.emplace_back();
    record.offset = iterator.OffsetOf(view).value();
    record.timestamp_ms = iterator.TimestampOf(view).value();
    record.key = TextOfMaybe(view.key);
    record.value = TextOfMaybe(view.value);
    for (RecordHeaderView header; ReadHeader(view.headers, header);) {
      record.headers.emplace_back(header.key, TextOfMaybe(header.value));
    }
  }
  EXPECT_TRUE(iterator.status().ok()) << iterator.status();
  return records;
}

TEST(BatchBuilderTest, RandomRecordsComeBackFromEveryCodec) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 40; ++round) {
    for (const Codec codec : kAllCodecs) {
      const std::vector<PlainRecord> records = RandomRecords(random, 1000);
      const StatusOr<Slice> batch =
          BatchOf(records, {.base_offset = Offset(1000), .compression = Compression::Of(codec)});
      ASSERT_TRUE(batch.ok()) << batch.status();
      ASSERT_TRUE(RecordsOf(*batch) == records) << NameOf(codec);
    }
  }
}

// Java's builder and ours make the same bytes of the same records.
TEST(BatchBuilderTest, WritesWhatJavaWrites) {
  int compared = 0;
  for (const GoldenBatch& golden : ReadGoldenBatches()) {
    // The other compressors may choose other bytes for the same text.
    if (!golden.name.starts_with("java-none") && !golden.name.starts_with("java-sequence") &&
        !golden.name.starts_with("java-append")) {
      continue;
    }
    const Slice bytes = Slice::CopyOf(golden.bytes);
    const StatusOr<BatchView> view = BatchView::Parse(bytes.span());
    ASSERT_TRUE(view.ok());
    BatchBuilder builder({.base_offset = view->base_offset(),
                          .leader_epoch = view->leader_epoch(),
                          .timestamp_type = view->timestamp_type(),
                          .log_append_time = view->max_timestamp(),
                          .producer_id = view->producer_id(),
                          .producer_epoch = view->producer_epoch(),
                          .base_sequence = view->base_sequence()});
    RecordScratch scratch;
    RecordIterator records(*view, scratch);
    for (RecordView record; records.Next(record);) {
      builder.AppendCopy(view->base_timestamp() + record.timestamp_delta, record);
    }
    const StatusOr<Slice> built = builder.Build();
    ASSERT_TRUE(built.ok());
    EXPECT_EQ(BytesOf(*built), golden.bytes) << golden.name;
    ++compared;
  }
  EXPECT_EQ(compared, 3);
}

TEST(BatchBuilderTest, TakesAProducerThatIsKnownLate) {
  BatchBuilder builder(BatchOptions{});
  builder.Append(NewRecord{.timestamp = kNow, .value = AsBytes("early")});
  builder.SetProducer(ProducerId(7), ProducerEpoch(2), Sequence(40));
  const StatusOr<Slice> bytes = builder.Build();
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const StatusOr<BatchView> batch = BatchView::Parse(bytes->span());
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->producer_id(), ProducerId(7));
  EXPECT_EQ(batch->producer_epoch(), ProducerEpoch(2));
  EXPECT_EQ(batch->base_sequence(), Sequence(40));
  EXPECT_TRUE(batch->CrcMatches());
}

TEST(BatchBuilderTest, IsEmptyAfterBuildAndCanBeFilledAnew) {
  BatchBuilder builder(BatchOptions{});
  EXPECT_EQ(builder.Build().status().code(), StatusCode::kInvalidArgument);
  builder.Append({.timestamp = kNow, .value = AsBytes("one")});
  builder.Append({.timestamp = kNow + 5, .value = AsBytes("two")});
  EXPECT_EQ(builder.records_count(), 2);
  EXPECT_EQ(builder.next_offset(), Offset(2));
  const size_t size = builder.uncompressed_size_in_bytes();
  const StatusOr<Slice> first = builder.Build();
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->size(), size);
  EXPECT_TRUE(builder.empty());
  builder.Append({.timestamp = kNow, .value = AsBytes("one")});
  builder.Append({.timestamp = kNow + 5, .value = AsBytes("two")});
  const StatusOr<Slice> second = builder.Build();
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(*first, *second);
}

}  // namespace
}  // namespace penstock
