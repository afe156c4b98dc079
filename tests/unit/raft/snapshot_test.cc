#include "raft/snapshot.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

SnapshotContent SomeContent(int records) {
  SnapshotContent content;
  content.last_contained_log_timestamp = TimestampMs(1795270135362);
  content.kraft_version = 1;
  Voter voter;
  voter.id = NodeId(1);
  voter.directory_id = Uuid(3, 4);
  voter.endpoints.push_back({"CONTROLLER", "127.0.0.1", 19393});
  content.voters = VoterSet{voter};
  for (int i = 0; i < records; ++i) {
    content.records.push_back({std::nullopt, Slice::CopyOf("record " + std::to_string(i))});
  }
  return content;
}

TEST(Snapshot, ComesBackAsItWas) {
  const SnapshotId id{Offset(100), LeaderEpoch(3)};
  const auto bytes = EncodeSnapshot(id, SomeContent(1000), TimestampMs(1));
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const auto content = DecodeSnapshot(bytes->Flatten());
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(content->records, SomeContent(1000).records);
  EXPECT_EQ(content->voters, SomeContent(0).voters);
  EXPECT_EQ(content->kraft_version, 1);
  EXPECT_EQ(content->last_contained_log_timestamp, TimestampMs(1795270135362));
}

TEST(Snapshot, IsRefusedWhereverItIsCutOff) {
  const auto bytes = EncodeSnapshot(SnapshotId(), SomeContent(3), TimestampMs(1));
  ASSERT_TRUE(bytes.ok());
  const Slice whole = bytes->Flatten();
  for (size_t size = 0; size < whole.size(); ++size) {
    const Status refused = DecodeSnapshot(whole.Sub(0, size)).status();
    EXPECT_EQ(refused.code(), StatusCode::kDataLoss) << size;
  }
}

TEST(Snapshot, IsRefusedWithAnyByteChangedUnderTheChecksum) {
  const auto bytes = EncodeSnapshot(SnapshotId(), SomeContent(3), TimestampMs(1));
  ASSERT_TRUE(bytes.ok());
  constexpr size_t kFirstByteUnderTheChecksum = 21;
  for (size_t at = kFirstByteUnderTheChecksum; at < 61; ++at) {
    Slice broken = Slice::CopyOf(bytes->Flatten().span());
    broken.mutable_data()[at] ^= 0x10;
    EXPECT_FALSE(DecodeSnapshot(broken).ok()) << at;
  }
}

// Header, records, footer: nothing else, and in this order.
TEST(Snapshot, IsRefusedWithoutHeaderOrFooter) {
  const auto bytes = EncodeSnapshot(SnapshotId(), SomeContent(3), TimestampMs(1));
  ASSERT_TRUE(bytes.ok());
  const Slice whole = bytes->Flatten();
  std::vector<Slice> batches;
  size_t at = 0;
  ASSERT_EQ(ForEachBatch(whole.span(),
                         [&](const BatchView& batch) {
                           batches.push_back(whole.Sub(at, batch.size_in_bytes()));
                           at += batch.size_in_bytes();
                           return OkStatus();
                         }),
            OkStatus());
  ASSERT_EQ(batches.size(), 3u);
  const auto refusal_of = [](std::initializer_list<Slice> parts) {
    SliceChain chain;
    for (const Slice& part : parts) chain.Append(part);
    return std::string(MessageOf(DecodeSnapshot(chain.Flatten()).status()));
  };
  EXPECT_EQ(refusal_of({}), "the snapshot has no header");
  EXPECT_EQ(refusal_of({batches[2]}), "the snapshot has no header");
  EXPECT_EQ(refusal_of({batches[1], batches[2]}), "the snapshot does not begin with a header");
  EXPECT_EQ(refusal_of({batches[0], batches[1]}), "the snapshot has no footer: it is cut off");
  EXPECT_EQ(refusal_of({batches[0], batches[2], batches[1]}),
            "batches follow the snapshot's footer");
}

TEST(Snapshot, ManyRecordsBecomeSeveralBatches) {
  SnapshotContent content = SomeContent(0);
  for (int i = 0; i < 5; ++i) {
    content.records.push_back({std::nullopt, Slice::CopyOf(std::string(700'000, 'x'))});
  }
  const auto bytes = EncodeSnapshot({Offset(9), LeaderEpoch(2)}, content, TimestampMs(1));
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const Slice whole = bytes->Flatten();
  Offset next{0};
  int batches = 0;
  ASSERT_EQ(ForEachBatch(whole.span(),
                         [&](const BatchView& batch) {
                           EXPECT_EQ(batch.base_offset(), next);
                           EXPECT_EQ(batch.leader_epoch(), LeaderEpoch(2));
                           next = batch.next_offset();
                           ++batches;
                           return OkStatus();
                         }),
            OkStatus());
  // Header; two, two and one record; footer.
  EXPECT_EQ(batches, 5);
  const auto read = DecodeSnapshot(whole);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->records, content.records);
}

}  // namespace
}  // namespace penstock
