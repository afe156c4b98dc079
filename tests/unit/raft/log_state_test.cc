#include "raft/log_state.h"

#include <gtest/gtest.h>

#include "tests/unit/raft/raft_testing.h"

namespace penstock {
namespace {

class RaftLogStateTest : public ::testing::Test {
 protected:
  Status Take(const Slice& bytes) {
    ASSIGN_OR_RETURN(const BatchView batch, BatchView::Parse(bytes.span()));
    return state_.TakeBatch(batch, kept_.Sink());
  }
  QuorumStart Start() const { return state_.StartOf(SelfVoter(), std::nullopt, Offset(100)); }

  RaftLogState state_;
  KeptBatches kept_;
};

TEST_F(RaftLogStateTest, AnEmptyLogKnowsNothing) {
  const QuorumStart start = Start();
  EXPECT_EQ(start.self, SelfVoter());
  EXPECT_EQ(start.log_end_offset, Offset(100));
  EXPECT_EQ(start.last_log_epoch, LeaderEpoch(0));
  EXPECT_EQ(start.kraft_version, 0);
  EXPECT_EQ(start.voters, std::nullopt);
  EXPECT_FALSE(start.voters_are_in_log);
  EXPECT_EQ(state_.bytes_taken(), 0);
}

TEST_F(RaftLogStateTest, DataIsHandedOnAndTheQuorumsOwnRecordsAreKept) {
  const Slice control =
      QuorumBatch(Offset(0), 3,
                  {LeaderChangeRecord(NodeId(1), {SelfVoter()}), KRaftVersionControlRecord(1),
                   VotersControlRecord({SelfVoter()})});
  const Slice data = DataBatch(Offset(3), 4, {"topic", "partition"});
  ASSERT_EQ(Take(control), OkStatus());
  ASSERT_EQ(Take(data), OkStatus());
  EXPECT_EQ(kept_.lines, Lines{"3 to 4: topic partition"});
  const QuorumStart start = Start();
  EXPECT_EQ(start.last_log_epoch, LeaderEpoch(4));
  EXPECT_EQ(start.kraft_version, 1);
  EXPECT_EQ(start.voters, VoterSet{SelfVoter()});
  EXPECT_TRUE(start.voters_are_in_log);
  EXPECT_EQ(state_.bytes_taken(), static_cast<int64_t>(control.size() + data.size()));
}

TEST_F(RaftLogStateTest, TheRecordsOfASnapshotEndBeforeItsOffset) {
  SnapshotContent content;
  content.last_contained_log_timestamp = TimestampMs(40);
  content.kraft_version = 1;
  content.voters = VoterSet{SelfVoter()};
  content.records = RecordsOf({"all", "of", "it"});
  ASSERT_EQ(state_.TakeSnapshot({Offset(90), LeaderEpoch(6)}, content, kept_.Sink()), OkStatus());
  ASSERT_EQ(Take(DataBatch(Offset(90), 6, {"more"})), OkStatus());
  EXPECT_EQ(kept_.lines, (Lines{"89 to 89: all of it", "90 to 90: more"}));
  EXPECT_EQ(Start().last_log_epoch, LeaderEpoch(6));
  EXPECT_TRUE(Start().voters_are_in_log);
}

// They are where formatting put them, and the first leader still has to write them into its log.
TEST_F(RaftLogStateTest, VotersOfTheBootstrapSnapshotAreNotInTheLog) {
  SnapshotContent content;
  content.kraft_version = 1;
  content.voters = VoterSet{SelfVoter()};
  ASSERT_EQ(state_.TakeSnapshot(SnapshotId(), content, kept_.Sink()), OkStatus());
  EXPECT_TRUE(kept_.lines.empty()) << "there is nothing to hand on";
  EXPECT_EQ(Start().voters, VoterSet{SelfVoter()});
  EXPECT_FALSE(Start().voters_are_in_log);
  ASSERT_EQ(Take(QuorumBatch(Offset(0), 1, {VotersControlRecord({SelfVoter()})})), OkStatus());
  EXPECT_TRUE(Start().voters_are_in_log);
}

TEST_F(RaftLogStateTest, WhatTheSinkRefusesIsToldWithItsPlace) {
  kept_.Refuse("12 to 12: odd");
  EXPECT_EQ(MessageOf(Take(DataBatch(Offset(12), 1, {"odd"}))),
            "batch at offset 12: no such thing");
}

}  // namespace
}  // namespace penstock
