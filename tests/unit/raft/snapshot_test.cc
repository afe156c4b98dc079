#include "raft/snapshot.h"

#include <gtest/gtest.h>

#include "raft/snapshot_id.h"

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

TEST(SnapshotId, NamesAreKafkas) {
  const SnapshotId id{Offset(4711), LeaderEpoch(12)};
  EXPECT_EQ(id.FileName(), "00000000000000004711-0000000012.checkpoint");
  EXPECT_EQ(SnapshotId::Parse(id.FileName()), id);
  EXPECT_EQ(SnapshotId::Parse("00000000000000004711-0000000012.checkpoint.part"), std::nullopt);
  EXPECT_EQ(SnapshotId::Parse("0000000000000000471x-0000000012.checkpoint"), std::nullopt);
  EXPECT_EQ(SnapshotId::Parse("99999999999999999999-0000000012.checkpoint"), std::nullopt);
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

}  // namespace
}  // namespace penstock
