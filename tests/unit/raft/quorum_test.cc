#include "raft/quorum.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

Voter Self() {
  Voter self;
  self.id = NodeId(1);
  self.directory_id = Uuid(7, 8);
  self.endpoints.push_back({"CONTROLLER", "localhost", 9093});
  return self;
}

QuorumStart FreshStart() {
  QuorumStart start;
  start.self = Self();
  start.kraft_version = 1;
  start.voters = VoterSet{Self()};
  return start;
}

std::vector<ControlRecordType> TypesOf(const QuorumReady& ready) {
  std::vector<ControlRecordType> types;
  for (const KRaftControlRecord& record : ready.control_records) types.push_back(record.type);
  return types;
}

TEST(Quorum, TheOnlyVoterLeadsTheNextEpochAndWritesDownTheVoters) {
  auto quorum = Quorum::Start(FreshStart());
  ASSERT_TRUE(quorum.ok()) << quorum.status();
  EXPECT_TRUE(quorum->Ready().empty());
  quorum->Step(ElectionTimeout());
  ASSERT_TRUE(quorum->Ready().persist.has_value());
  EXPECT_EQ(quorum->Ready().persist->leader_epoch, LeaderEpoch(1));
  EXPECT_EQ(quorum->Ready().persist->leader_id, NodeId(1));
  EXPECT_EQ(TypesOf(quorum->Ready()),
            (std::vector{ControlRecordType::kLeaderChange, ControlRecordType::kKRaftVersion,
                         ControlRecordType::kKRaftVoters}));
}

TEST(Quorum, VotersThatAreInTheLogAreNotWrittenAgain) {
  QuorumStart start = FreshStart();
  start.voters_are_in_log = true;
  start.last_log_epoch = LeaderEpoch(4);
  start.log_end_offset = Offset(100);
  auto quorum = Quorum::Start(start);
  ASSERT_TRUE(quorum.ok());
  quorum->Step(ElectionTimeout());
  EXPECT_EQ(quorum->epoch(), LeaderEpoch(5));
  EXPECT_EQ(TypesOf(quorum->Ready()), std::vector{ControlRecordType::kLeaderChange});
}

TEST(Quorum, AStaticQuorumIsRaisedToOneWithVotersInTheLog) {
  QuorumStart start;
  start.self = Self();
  ElectionState election;
  election.data_version = 0;
  election.leader_epoch = LeaderEpoch(9);
  election.current_voters = {NodeId(1)};
  start.election = election;
  auto quorum = Quorum::Start(start);
  ASSERT_TRUE(quorum.ok()) << quorum.status();
  quorum->Step(ElectionTimeout());
  EXPECT_EQ(quorum->epoch(), LeaderEpoch(10));
  EXPECT_EQ(quorum->Ready().persist->data_version, 1);
  EXPECT_EQ(quorum->Ready().control_records.size(), 3u);
}

TEST(Quorum, WhatWasWrittenEarlierIsCommittedOnlyWithARecordOfThisEpoch) {
  QuorumStart start = FreshStart();
  start.log_end_offset = Offset(50);
  auto quorum = Quorum::Start(start);
  ASSERT_TRUE(quorum.ok());
  quorum->Step(ElectionTimeout());
  quorum->Advance(Offset(53));
  quorum->Step(LogIsDurable{Offset(50)});
  EXPECT_FALSE(quorum->high_watermark().has_value());
  quorum->Step(LogIsDurable{Offset(53)});
  EXPECT_EQ(quorum->Ready().high_watermark, Offset(53));
  quorum->Advance(Offset(53));
  EXPECT_TRUE(quorum->Ready().empty());
  quorum->Step(LogIsDurable{Offset(52)});
  EXPECT_EQ(quorum->high_watermark(), Offset(53)) << "it never goes back";
}

TEST(Quorum, RefusesToBeOneOfSeveral) {
  QuorumStart start = FreshStart();
  Voter other = Self();
  other.id = NodeId(2);
  start.voters->push_back(other);
  const Status refused = Quorum::Start(start).status();
  EXPECT_EQ(refused.code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(MessageOf(refused),
            "the quorum of this directory has the voters 1, 2: only a quorum of this node alone "
            "(1) can be served yet");
}

TEST(Quorum, RefusesAnotherDirectoryAndANewerVersion) {
  QuorumStart start = FreshStart();
  start.voters->front().directory_id = Uuid(1, 1000);
  EXPECT_EQ(Quorum::Start(start).status().code(), StatusCode::kFailedPrecondition);
  start = FreshStart();
  start.kraft_version = 2;
  EXPECT_EQ(Quorum::Start(start).status().code(), StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace penstock
