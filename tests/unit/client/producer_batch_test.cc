#include "client/producer_batch.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/strings.h"
#include "record/batch_view.h"
#include "record/record_iterator.h"

namespace penstock {
namespace {

constexpr PartitionId kPartition{3};
constexpr ProducerIdentity kWriter{.id = ProducerId(70), .epoch = ProducerEpoch(2)};

// What became of each record: the offset, or the error.
using Results = std::vector<std::string>;

std::unique_ptr<ProducerBatch> EmptyBatch(Codec codec = Codec::kNone) {
  return std::make_unique<ProducerBatch>(1, kPartition, Compression::Of(codec), Instant(),
                                         Semaphore::Permit());
}

void Add(ProducerBatch& batch, std::string_view value, Results& results) {
  const NewRecord record{.timestamp = TimestampMs(1000 + batch.records_count()),
                         .value = AsBytes(value)};
  batch.Append(record, [&results](const StatusOr<RecordMetadata>& result) {
    if (!result.ok()) {
      results.emplace_back(MessageOf(result.status()));
    } else {
      results.push_back(StrCat(result->partition, "@", result->offset, "/", result->timestamp));
    }
  });
}

std::vector<std::string> ValuesIn(const ProducerBatch& batch) {
  const auto view = BatchView::Parse(batch.bytes().span());
  EXPECT_TRUE(view.ok() && view->CrcMatches());
  RecordScratch scratch;
  RecordIterator records(*view, scratch);
  RecordView record;
  std::vector<std::string> values;
  while (records.Next(record)) values.emplace_back(AsText(*record.value));
  EXPECT_TRUE(records.status().ok()) << records.status();
  return values;
}

TEST(ProducerBatchTest, TellsEachRecordItsOffset) {
  Results results;
  const auto batch = EmptyBatch();
  Add(*batch, "a", results);
  Add(*batch, "b", results);
  ASSERT_TRUE(batch->Close().ok());
  EXPECT_TRUE(results.empty());
  batch->Deliver(Offset(40), kNoTimestamp);
  EXPECT_EQ(results, (Results{"3@40/1000", "3@41/1001"}));
}

TEST(ProducerBatchTest, TellsTheTimeOfTheAppendWhereTheLogHasIt) {
  Results results;
  const auto batch = EmptyBatch();
  Add(*batch, "a", results);
  ASSERT_TRUE(batch->Close().ok());
  batch->Deliver(Offset(0), TimestampMs(5555));
  EXPECT_EQ(results, Results{"3@0/5555"});
}

TEST(ProducerBatchTest, HasNoOffsetsWhereTheBrokerSaidNone) {
  Results results;
  const auto batch = EmptyBatch();
  Add(*batch, "a", results);
  Add(*batch, "b", results);
  ASSERT_TRUE(batch->Close().ok());
  batch->Deliver(kNoOffset, kNoTimestamp);
  EXPECT_EQ(results, (Results{"3@-1/1000", "3@-1/1001"}));
}

TEST(ProducerBatchTest, AnswersEachRecordOnce) {
  Results results;
  const auto batch = EmptyBatch();
  Add(*batch, "a", results);
  batch->Fail(Unavailable("too late"));
  EXPECT_TRUE(batch->finished());
  batch->Deliver(Offset(1), kNoTimestamp);
  batch->Fail(Unavailable("again"));
  EXPECT_EQ(results, Results{"too late"});
  EXPECT_EQ(batch->records_count(), 1);
}

TEST(ProducerBatchTest, TellsTheRecordThatIsWrongFromTheOthers) {
  Results results;
  const auto batch = EmptyBatch();
  for (const char* value : {"a", "b", "c"}) Add(*batch, value, results);
  batch->Fail(InvalidArgument("of the others"), {{1, InvalidArgument("of the second")}});
  EXPECT_EQ(results, (Results{"of the others", "of the second", "of the others"}));
}

TEST(ProducerBatchTest, TakesAnotherPlaceInItsSequence) {
  Results results;
  const auto batch = EmptyBatch(Codec::kLz4);
  Add(*batch, "a", results);
  batch->SetProducer(kWriter, Sequence(7));
  ASSERT_TRUE(batch->Close().ok());
  // An earlier request still has the bytes.
  const Slice sent = batch->bytes();
  const ProducerIdentity next{.id = kWriter.id, .epoch = ProducerEpoch(3)};
  batch->SetProducer(next, Sequence(0));
  const auto view = BatchView::Parse(batch->bytes().span());
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->producer_epoch(), ProducerEpoch(3));
  EXPECT_EQ(view->base_sequence(), Sequence(0));
  EXPECT_TRUE(view->CrcMatches());
  const auto before = BatchView::Parse(sent.span());
  ASSERT_TRUE(before.ok());
  EXPECT_EQ(before->base_sequence(), Sequence(7));
  EXPECT_TRUE(before->CrcMatches());
  batch->Fail(Cancelled("done"));
}

TEST(ProducerBatchTest, SplitsIntoPartsThatShareItsPlace) {
  for (const Codec codec : {Codec::kNone, Codec::kZstd}) {
    Results results;
    const auto batch = EmptyBatch(codec);
    for (int i = 0; i < 10; ++i) Add(*batch, std::string(100, static_cast<char>('0' + i)), results);
    batch->SetProducer(kWriter, Sequence(INT32_MAX - 1));
    ASSERT_TRUE(batch->Close().ok());
    auto parts = batch->Split(batch->uncompressed_bytes() / 2);
    ASSERT_EQ(parts.size(), 3U);
    EXPECT_TRUE(batch->finished());
    Sequence next{INT32_MAX - 1};
    std::vector<std::string> values;
    for (const auto& part : parts) {
      EXPECT_EQ(part->base_sequence(), next);
      EXPECT_EQ(part->identity(), kWriter);
      next = part->next_sequence();
      for (std::string& value : ValuesIn(*part)) values.push_back(std::move(value));
    }
    EXPECT_EQ(next, Sequence(8));
    ASSERT_EQ(values.size(), 10U);
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(values[static_cast<size_t>(i)], std::string(100, static_cast<char>('0' + i)));
    }
    Offset offset{0};
    for (const auto& part : parts) {
      part->Deliver(offset, kNoTimestamp);
      offset += part->records_count();
    }
    ASSERT_EQ(results.size(), 10U);
    EXPECT_EQ(results.back(), "3@9/1009");
  }
}

TEST(ProducerBatchTest, SplitsDownToSingleRecords) {
  Results results;
  const auto batch = EmptyBatch();
  Add(*batch, std::string(5000, 'x'), results);
  Add(*batch, "small", results);
  ASSERT_TRUE(batch->Close().ok());
  const auto parts = batch->Split(100);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(ValuesIn(*parts[1]), std::vector<std::string>{"small"});
  for (const auto& part : parts) part->Fail(Cancelled("done"));
}

TEST(ProducerBatchTest, SizesAreAnUpperBound) {
  Results results;
  const RecordHeaderView headers[] = {{.key = "h", .value = AsBytes("value")},
                                      {.key = "null", .value = std::nullopt}};
  const NewRecord record{.timestamp = TimestampMs(INT64_MAX),
                         .key = AsBytes("key"),
                         .value = AsBytes("value"),
                         .headers = headers};
  const auto batch = EmptyBatch();
  batch->Append(record, [](const StatusOr<RecordMetadata>&) {});
  EXPECT_LE(batch->size_in_bytes(), BatchSizeMaxOf(record));
  batch->Fail(Cancelled("done"));
}

}  // namespace
}  // namespace penstock
