#include "raft/log_inspection.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "log/checkpoint_format.h"
#include "raft/durable_file.h"
#include "runtime/sim/sim_world.h"
#include "tests/unit/raft/raft_testing.h"

namespace penstock {
namespace {

constexpr std::string_view kDirectory = "/data/__cluster_metadata-0";

class LogInspectionTest : public ::testing::Test {
 protected:
  LogInspectionTest() {
    EXPECT_EQ(world_.Run(files_.CreateDirectory(std::string(kDirectory))), OkStatus());
    options_.directory = kDirectory;
    options_.self = SelfVoter();
  }
  void MakeFile(std::string_view name, SliceChain content) {
    ASSERT_EQ(
        world_.Run(WriteSyncedFile(files_, StrCat(kDirectory, "/", name), std::move(content))),
        OkStatus());
  }
  void MakeSegment(Offset base_offset, const std::vector<Slice>& batches) {
    SliceChain content;
    for (const Slice& batch : batches) content.Append(batch);
    MakeFile(log_files::NameOf(base_offset, log_files::kLogSuffix), std::move(content));
  }
  void MakeSnapshot(const SnapshotId& id, const std::vector<std::string>& values) {
    SnapshotContent content;
    content.records = RecordsOf(values);
    auto bytes = EncodeSnapshot(id, content, TimestampMs(1));
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    MakeFile(id.FileName(), *std::move(bytes));
  }
  Status Inspect() {
    kept_.lines.clear();
    return world_.Run(InspectMetadataLog(files_, options_, kept_.Sink()));
  }

  SimWorld world_{1};
  Files& files_ = world_.runtime().files;
  LogInspectionOptions options_;
  KeptBatches kept_;
};

TEST_F(LogInspectionTest, ADirectoryThatIsEmptyOrMissingIsANewLog) {
  EXPECT_EQ(Inspect(), OkStatus());
  options_.directory = "/nowhere";
  EXPECT_EQ(Inspect(), OkStatus());
  EXPECT_TRUE(kept_.lines.empty());
  EXPECT_FALSE(world_.Run(files_.Describe("/nowhere")).ok());
}

TEST_F(LogInspectionTest, AllSegmentsAreReadInOrder) {
  MakeSegment(Offset(0), {DataBatch(Offset(0), 1, {"a", "b"}), DataBatch(Offset(2), 1, {"c"})});
  MakeSegment(Offset(3), {DataBatch(Offset(3), 2, {"d"})});
  MakeSegment(Offset(4), {});
  EXPECT_EQ(Inspect(), OkStatus());
  EXPECT_EQ(kept_.lines, (Lines{"0 to 1: a b", "2 to 2: c", "3 to 3: d"}));
}

TEST_F(LogInspectionTest, WhatTheLastSnapshotHoldsIsNotReadAgain) {
  MakeSnapshot(SnapshotId(), {});
  MakeSnapshot({Offset(2), LeaderEpoch(1)}, {"older"});
  MakeSnapshot({Offset(3), LeaderEpoch(1)}, {"a+b+c"});
  MakeSegment(Offset(0), {Slice::CopyOf("may be broken, nobody needs it")});
  MakeSegment(Offset(2), {DataBatch(Offset(2), 1, {"c"}), DataBatch(Offset(3), 1, {"d"})});
  EXPECT_EQ(Inspect(), OkStatus());
  EXPECT_EQ(kept_.lines, (Lines{"2 to 2: a+b+c", "3 to 3: d"}));
}

TEST_F(LogInspectionTest, ALogThatEndsBeforeItsSnapshotAddsNothing) {
  MakeSnapshot({Offset(9), LeaderEpoch(1)}, {"everything"});
  MakeSegment(Offset(0), {DataBatch(Offset(0), 1, {"a"})});
  EXPECT_EQ(Inspect(), OkStatus());
  EXPECT_EQ(kept_.lines, Lines{"8 to 8: everything"});
}

TEST_F(LogInspectionTest, ALogThatBeginsBehindItsSnapshotHasLostSomething) {
  MakeSnapshot({Offset(3), LeaderEpoch(1)}, {"a"});
  MakeSegment(Offset(5), {DataBatch(Offset(5), 1, {"f"})});
  const Status refused = Inspect();
  EXPECT_EQ(refused.code(), StatusCode::kDataLoss);
  EXPECT_EQ(MessageOf(refused), StrCat(kDirectory,
                                       ": the log begins at offset 5, but no snapshot "
                                       "reaches up to it"));
}

TEST_F(LogInspectionTest, SoHasOneWhoseStartWasMovedBehindIt) {
  MakeSegment(Offset(0), {DataBatch(Offset(0), 1, {"a", "b"})});
  options_.load.log_start_offset = Offset(1);
  EXPECT_EQ(Inspect().code(), StatusCode::kDataLoss);
}

// The end of a log whose last batch is torn at any byte, after a crash.
TEST_F(LogInspectionTest, ATornEndIsPassedOverWhereverItIsTorn) {
  const Slice torn = DataBatch(Offset(2), 1, {"never acknowledged"});
  for (size_t size = 0; size < torn.size(); ++size) {
    MakeSegment(Offset(0), {DataBatch(Offset(0), 1, {"a", "b"}), torn.Sub(0, size)});
    options_.load.recovery_point = Offset(2);
    ASSERT_EQ(Inspect(), OkStatus()) << size;
    ASSERT_EQ(kept_.lines, Lines{"0 to 1: a b"}) << size;
  }
}

TEST_F(LogInspectionTest, SegmentsBehindATornOneAreNotRead) {
  MakeSegment(Offset(0), {DataBatch(Offset(0), 1, {"a"}), Slice::CopyOf("torn")});
  MakeSegment(Offset(2), {DataBatch(Offset(2), 1, {"c"})});
  EXPECT_EQ(Inspect(), OkStatus());
  EXPECT_EQ(kept_.lines, Lines{"0 to 0: a"});
}

TEST_F(LogInspectionTest, ASegmentThatDoesNotFollowIsNotRead) {
  MakeSegment(Offset(0), {DataBatch(Offset(0), 1, {"a"})});
  MakeSegment(Offset(5), {DataBatch(Offset(5), 1, {"f"})});
  EXPECT_EQ(Inspect(), OkStatus());
  EXPECT_EQ(kept_.lines, Lines{"0 to 0: a"});
  options_.load.clean_shutdown = true;
  EXPECT_EQ(MessageOf(Inspect()),
            StrCat(kDirectory,
                   "/00000000000000000005.log: broken behind offset 1, where it was "
                   "durable: the log goes on at offset 1"));
}

// Every byte under the checksum of the last batch counts.
TEST_F(LogInspectionTest, WhatWasDurableMayNotBeBroken) {
  const Slice last = DataBatch(Offset(1), 1, {"acknowledged"});
  for (size_t at = 0; at < last.size(); ++at) {
    Slice broken = Slice::CopyOf(last.span());
    broken.mutable_data()[at] ^= 0x40;
    MakeSegment(Offset(0), {DataBatch(Offset(0), 1, {"a"}), broken});
    const bool leader_epoch_at = at >= 12 && at < 16;  // the one field outside of the checksum
    if (leader_epoch_at) continue;
    options_.load = LoadOptions();
    ASSERT_EQ(Inspect(), OkStatus()) << at;
    ASSERT_EQ(kept_.lines, Lines{"0 to 0: a"}) << at;
    options_.load.clean_shutdown = true;
    ASSERT_EQ(Inspect().code(), StatusCode::kDataLoss) << at;
    options_.load.clean_shutdown = false;
    options_.load.recovery_point = Offset(2);
    ASSERT_EQ(Inspect().code(), StatusCode::kDataLoss) << at;
  }
}

TEST_F(LogInspectionTest, WhatTheSinkRefusesIsToldWithItsPlace) {
  MakeSegment(Offset(0), {DataBatch(Offset(0), 1, {"a"}), DataBatch(Offset(1), 1, {"odd"})});
  kept_.Refuse("1 to 1: odd");
  EXPECT_EQ(MessageOf(Inspect()), StrCat(kDirectory, ": batch at offset 1: no such thing"));
  MakeSnapshot({Offset(2), LeaderEpoch(1)}, {"odd"});
  EXPECT_EQ(MessageOf(Inspect()),
            StrCat(kDirectory, "/00000000000000000002-0000000001.checkpoint: no such thing"));
}

TEST_F(LogInspectionTest, AQuorumThatThisVoterCannotBeIsRefused) {
  Voter other = SelfVoter();
  other.id = NodeId(2);
  MakeSegment(Offset(0), {QuorumBatch(Offset(0), 1, {VotersControlRecord({other})})});
  EXPECT_EQ(Inspect().code(), StatusCode::kFailedPrecondition);
  MakeSegment(Offset(0), {QuorumBatch(Offset(0), 1, {KRaftVersionControlRecord(2)})});
  EXPECT_EQ(MessageOf(Inspect()), "kraft.version 2 is finalized; up to 1 is served");
}

TEST_F(LogInspectionTest, ThePastOfTheElectionsIsRead) {
  MakeFile("quorum-state", SliceChain(Slice::CopyOf(
                               R"({"clusterId":"","leaderId":1,"leaderEpoch":1,"votedId":-1,)"
                               R"("appliedOffset":0,"currentVoters":[{"voterId":1},{"voterId":2}],)"
                               R"("data_version":0})")));
  EXPECT_EQ(Inspect().code(), StatusCode::kFailedPrecondition);
  MakeFile("quorum-state", SliceChain(Slice::CopyOf("?")));
  EXPECT_TRUE(MessageOf(Inspect()).starts_with(StrCat(kDirectory, "/quorum-state: ")));
}

}  // namespace
}  // namespace penstock
