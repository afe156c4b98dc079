#include "raft/control_batch.h"

#include <gtest/gtest.h>

#include "protocol/codec.h"
#include "protocol/records/leader_change_message.h"
#include "record/batch_builder.h"

namespace penstock {
namespace {

VoterSet OneVoter() {
  Voter voter;
  voter.id = NodeId(1);
  voter.directory_id = Uuid(3, 4);
  voter.endpoints.push_back({"CONTROLLER", "localhost", 9093});
  return {voter};
}

StatusOr<QuorumControlState> ReadBack(const StatusOr<Slice>& bytes) {
  if (!bytes.ok()) return bytes.status();
  ASSIGN_OR_RETURN(const BatchView batch, BatchView::Parse(bytes->span()));
  EXPECT_TRUE(batch.is_control());
  EXPECT_TRUE(batch.CrcMatches());
  QuorumControlState state;
  RETURN_IF_ERROR(ReadControlBatch(batch, state));
  return state;
}

StatusOr<QuorumControlState> ReadBack(const std::vector<KRaftControlRecord>& records) {
  return ReadBack(BuildControlBatch(Offset(7), LeaderEpoch(2), TimestampMs(99), records));
}

// A control batch with any key and value.
StatusOr<QuorumControlState> ReadRaw(RecordBytes key, RecordBytes value) {
  BatchOptions options;
  options.is_control = true;
  BatchBuilder builder(options);
  builder.Append({TimestampMs(0), key, value, {}});
  return ReadBack(builder.Build());
}

TEST(ControlBatch, TellsTheVotersAndTheirVersion) {
  const auto state = ReadBack({LeaderChangeRecord(NodeId(1), OneVoter()),
                               KRaftVersionControlRecord(1), VotersControlRecord(OneVoter())});
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->kraft_version, 1);
  EXPECT_EQ(state->voters, OneVoter());
  EXPECT_EQ(state->snapshot_timestamp, std::nullopt);
  EXPECT_FALSE(state->has_snapshot_footer);
}

TEST(ControlBatch, TellsWhereASnapshotBeginsAndEnds) {
  const auto begin = ReadBack({SnapshotHeaderControlRecord(TimestampMs(4711))});
  ASSERT_TRUE(begin.ok()) << begin.status();
  EXPECT_EQ(begin->snapshot_timestamp, TimestampMs(4711));
  EXPECT_EQ(begin->kraft_version, std::nullopt);
  EXPECT_EQ(begin->voters, std::nullopt);
  const auto end = ReadBack({SnapshotFooterControlRecord()});
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_TRUE(end->has_snapshot_footer);
}

TEST(ControlBatch, TheLastWordCounts) {
  const auto state = ReadBack({KRaftVersionControlRecord(0), VotersControlRecord({}),
                               KRaftVersionControlRecord(1), VotersControlRecord(OneVoter())});
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->kraft_version, 1);
  EXPECT_EQ(state->voters, OneVoter());
}

TEST(ControlBatch, TheLeaderChangeNamesTheLeaderTheVotersAndWhoVoted) {
  const KRaftControlRecord record = LeaderChangeRecord(NodeId(1), OneVoter());
  EXPECT_EQ(record.type, ControlRecordType::kLeaderChange);
  const auto message = DecodeAll<LeaderChangeMessage>(record.value, 0);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->leader_id, NodeId(1));
  ASSERT_EQ(message->voters.size(), 1u);
  EXPECT_EQ(message->voters.front().voter_id, NodeId(1));
  ASSERT_EQ(message->granting_voters.size(), 1u);
  EXPECT_EQ(message->granting_voters.front().voter_id, NodeId(1));
}

TEST(ControlBatch, ATypeOfALaterReleaseIsPassedOver) {
  const std::vector<uint8_t> key{0, 0, 0, 99};
  const std::vector<uint8_t> value{1, 2, 3};
  const auto state = ReadRaw(std::span<const uint8_t>(key), std::span<const uint8_t>(value));
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->kraft_version, std::nullopt);
  EXPECT_EQ(state->voters, std::nullopt);
}

TEST(ControlBatch, WhatIsNoControlRecordIsRefused) {
  const std::vector<uint8_t> short_key{0, 0};
  const std::vector<uint8_t> value{0, 0, 0};
  const std::span<const uint8_t> bytes(value);
  EXPECT_FALSE(ReadRaw(std::nullopt, bytes).ok());
  EXPECT_FALSE(ReadRaw(std::span<const uint8_t>(short_key), bytes).ok());
  const ControlRecordKey voters = EncodeControlRecordKey(ControlRecordType::kKRaftVoters);
  EXPECT_FALSE(ReadRaw(std::span<const uint8_t>(voters), std::nullopt).ok());
}

TEST(ControlBatch, AValueThatIsCutOffAnywhereIsRefused) {
  const Slice whole = VotersControlRecord(OneVoter()).value;
  const ControlRecordKey key = EncodeControlRecordKey(ControlRecordType::kKRaftVoters);
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ReadRaw(std::span<const uint8_t>(key), whole.Sub(0, size).span()).ok()) << size;
  }
}

}  // namespace
}  // namespace penstock
