#include "raft/log_record.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

std::vector<RaftRecord> SomeRecords() {
  return {{std::nullopt, Slice::CopyOf("a value alone")},
          {Slice::CopyOf("key"), Slice::CopyOf("and value")},
          {Slice::CopyOf("only a key"), std::nullopt},
          {Slice::CopyOf(""), Slice::CopyOf("")}};
}

Slice MustBuild(int64_t base_offset, const std::vector<RaftRecord>& records) {
  const auto batch =
      BuildRecordBatch(Offset(base_offset), LeaderEpoch(4), TimestampMs(1000), records);
  EXPECT_TRUE(batch.ok()) << batch.status();
  return batch.ok() ? *batch : Slice();
}

Slice Joined(std::initializer_list<Slice> parts) {
  SliceChain chain;
  for (const Slice& part : parts) chain.Append(part);
  return chain.Flatten();
}

TEST(RecordBatch, SaysWhereAndWhenItWasWritten) {
  const Slice bytes = MustBuild(100, SomeRecords());
  const auto batch = BatchView::Parse(bytes.span());
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_TRUE(batch->CrcMatches());
  EXPECT_EQ(batch->base_offset(), Offset(100));
  EXPECT_EQ(batch->last_offset(), Offset(103));
  EXPECT_EQ(batch->leader_epoch(), LeaderEpoch(4));
  EXPECT_EQ(batch->max_timestamp(), TimestampMs(1000));
  EXPECT_FALSE(batch->is_control());
}

TEST(RecordBatch, ItsRecordsComeBackAndDoNotNeedItsBytes) {
  std::vector<RaftRecord> records;
  {
    const Slice bytes = MustBuild(0, SomeRecords());
    const auto batch = BatchView::Parse(bytes.span());
    ASSERT_TRUE(batch.ok()) << batch.status();
    const auto read = ReadRecordBatch(*batch);
    ASSERT_TRUE(read.ok()) << read.status();
    records = *read;
  }
  EXPECT_EQ(records, SomeRecords());
}

TEST(ForEachBatch, GoesThroughAllOfThemInOrder) {
  const Slice bytes = Joined({MustBuild(0, SomeRecords()), MustBuild(4, SomeRecords())});
  std::vector<Offset> seen;
  const Status walked = ForEachBatch(bytes.span(), [&](const BatchView& batch) {
    seen.push_back(batch.base_offset());
    return OkStatus();
  });
  EXPECT_EQ(walked, OkStatus());
  EXPECT_EQ(seen, (std::vector{Offset(0), Offset(4)}));
  EXPECT_EQ(ForEachBatch({}, [](const BatchView&) { return DataLoss("called"); }), OkStatus());
}

TEST(ForEachBatch, NamesTheByteWhereItIsBroken) {
  const Slice first = MustBuild(0, SomeRecords());
  Slice both = Joined({first, MustBuild(4, SomeRecords())});
  int visited = 0;
  const auto count = [&](const BatchView&) {
    ++visited;
    return OkStatus();
  };
  const Status cut = ForEachBatch(both.Sub(0, both.size() - 1).span(), count);
  EXPECT_EQ(cut.code(), StatusCode::kDataLoss);
  EXPECT_TRUE(MessageOf(cut).starts_with("byte " + std::to_string(first.size()) + ":")) << cut;
  EXPECT_EQ(visited, 1);

  both.mutable_data()[both.size() - 1] ^= 1;
  const Status broken = ForEachBatch(both.span(), count);
  EXPECT_EQ(MessageOf(broken),
            "byte " + std::to_string(first.size()) + ": the checksum of a batch does not match");
}

TEST(ForEachBatch, EndsWithTheErrorOfItsVisitor) {
  const Slice bytes = Joined({MustBuild(0, SomeRecords()), MustBuild(4, SomeRecords())});
  int visited = 0;
  const Status refused = ForEachBatch(bytes.span(), [&](const BatchView&) {
    ++visited;
    return InvalidArgument("enough");
  });
  EXPECT_EQ(refused, InvalidArgument("enough"));
  EXPECT_EQ(visited, 1);
}

}  // namespace
}  // namespace penstock
