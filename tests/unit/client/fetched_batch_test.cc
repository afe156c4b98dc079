#include "client/fetched_batch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "record/batch_builder.h"

namespace penstock {
namespace {

FetchedBatch SampleBatch(Codec codec, Offset first_wanted) {
  BatchOptions options;
  options.base_offset = Offset(100);
  options.leader_epoch = LeaderEpoch(4);
  options.compression = Compression::Of(codec);
  BatchBuilder builder(options);
  for (int i = 0; i < 5; ++i) {
    const std::string value = "value " + std::to_string(i);
    builder.Append({.timestamp = TimestampMs(1'000 + i), .value = AsBytes(value)});
  }
  FetchedBatch batch;
  batch.bytes = *builder.Build();
  batch.first_wanted = first_wanted;
  return batch;
}

TEST(FetchedBatchTest, TellsWhatItsHeaderTells) {
  const FetchedBatch batch = SampleBatch(Codec::kNone, Offset(100));
  EXPECT_EQ(batch.base_offset(), Offset(100));
  EXPECT_EQ(batch.leader_epoch(), LeaderEpoch(4));
  EXPECT_EQ(batch.records_count(), 5);
  EXPECT_EQ(batch.timestamp_type(), TimestampType::kCreateTime);
}

TEST(FetchedBatchTest, RecordsBelowTheFirstWantedAreLeftOut) {
  for (const Codec codec : {Codec::kNone, Codec::kZstd}) {
    const FetchedBatch batch = SampleBatch(codec, Offset(103));
    RecordScratch scratch;
    FetchedRecords records(batch, scratch);
    RecordView record;
    std::vector<std::string> seen;
    while (records.Next(record)) {
      seen.emplace_back(AsText(*record.value));
      EXPECT_EQ(records.TimestampOf(record),
                TimestampMs(1'000) + (records.OffsetOf(record) - Offset(100)));
    }
    EXPECT_TRUE(records.status().ok()) << records.status();
    EXPECT_EQ(seen, (std::vector<std::string>{"value 3", "value 4"}));
  }
}

TEST(FetchedBatchTest, ABrokenBodyIsAnErrorOfTheWalk) {
  FetchedBatch batch = SampleBatch(Codec::kGzip, Offset(100));
  batch.bytes.mutable_data()[batch_format::kHeaderSize + 12] ^= 0x55;
  RecordScratch scratch;
  FetchedRecords records(batch, scratch);
  RecordView record;
  while (records.Next(record)) continue;
  EXPECT_EQ(ErrorCodeOf(records.status()), ErrorCode::kInvalidRecord);
}

}  // namespace
}  // namespace penstock
