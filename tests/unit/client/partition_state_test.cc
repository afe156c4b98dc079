#include "client/partition_state.h"

#include <gtest/gtest.h>

#include "client/admin_types.h"

namespace penstock {
namespace {

using Phase = PartitionState::Phase;
using Verdict = PartitionState::Verdict;

class PartitionStateTest : public testing::Test {
 public:
  PartitionStateTest() {
    state.Reset(kEarliestOffset);
    state.SeeLeader(LeaderEpoch(4));
  }

  PartitionState state{1};
};

TEST_F(PartitionStateTest, APartitionIsReadFromTheOffsetThatIsFound) {
  EXPECT_EQ(state.phase(), Phase::kNeedsOffset);
  EXPECT_EQ(state.target(), kEarliestOffset);
  EXPECT_EQ(state.position(), std::nullopt);
  EXPECT_EQ(state.fetch_offset(), std::nullopt);
  state.Found(Offset(12));
  EXPECT_EQ(state.phase(), Phase::kReady);
  EXPECT_EQ(state.position(), Offset(12));
  EXPECT_EQ(state.fetch_offset(), Offset(12));
}

TEST_F(PartitionStateTest, FetchesGoAheadOfTheReader) {
  state.Found(Offset(12));
  state.ReadAhead(Offset(30));
  EXPECT_EQ(state.fetch_offset(), Offset(30));
  EXPECT_EQ(state.position(), Offset(12));
  state.MoveTo({Offset(20), LeaderEpoch(4)});
  EXPECT_EQ(state.position(), Offset(20));
  state.ReadAhead(std::nullopt);
  EXPECT_EQ(state.fetch_offset(), std::nullopt);
  state.DropReadAhead();
  EXPECT_EQ(state.fetch_offset(), Offset(20));
}

TEST_F(PartitionStateTest, ASeekMakesOldAnswersWorthless) {
  state.Found(Offset(12));
  const uint64_t before = state.version();
  state.asking = true;
  state.buffered = 2;
  state.Failed(Internal("broken"), Instant{Milliseconds(9)});
  state.Seek({Offset(3)});
  EXPECT_NE(state.version(), before);
  EXPECT_FALSE(state.asking);
  EXPECT_EQ(state.buffered, 0);
  EXPECT_TRUE(state.failure().ok());
  EXPECT_EQ(state.fetch_offset(), Offset(3));
}

TEST_F(PartitionStateTest, APositionWithoutAnEpochNeedsNoValidation) {
  state.Found(Offset(12));
  state.SeeLeader(LeaderEpoch(5));
  EXPECT_EQ(state.phase(), Phase::kReady);
}

TEST_F(PartitionStateTest, ANewLeaderIsAskedWhetherItHasWhatWasRead) {
  state.Found(Offset(12));
  state.MoveTo({Offset(20), LeaderEpoch(4)});
  state.ReadAhead(Offset(30));
  state.SeeLeader(LeaderEpoch(4));
  EXPECT_EQ(state.phase(), Phase::kReady);
  const uint64_t before = state.version();
  state.SeeLeader(LeaderEpoch(6));
  EXPECT_EQ(state.phase(), Phase::kNeedsValidation);
  EXPECT_NE(state.version(), before);  // what was read ahead came from the old leader
  EXPECT_EQ(state.position(), Offset(20));
  EXPECT_EQ(state.fetch_offset(), std::nullopt);
  EXPECT_EQ(state.Validate(LeaderEpoch(4), Offset(25), true), Verdict::kValid);
  EXPECT_EQ(state.phase(), Phase::kReady);
  EXPECT_EQ(state.fetch_offset(), Offset(20));
}

TEST_F(PartitionStateTest, ATruncatedLogMovesThePositionIfItMay) {
  state.Seek({Offset(20), LeaderEpoch(4)});
  EXPECT_EQ(state.phase(), Phase::kNeedsValidation);
  EXPECT_EQ(state.Validate(LeaderEpoch(3), Offset(15), false), Verdict::kTruncated);
  EXPECT_EQ(state.phase(), Phase::kNeedsValidation);
  EXPECT_EQ(state.Validate(LeaderEpoch(3), Offset(15), true), Verdict::kMoved);
  EXPECT_EQ(state.position(), Offset(15));
  EXPECT_EQ(state.position_epoch(), LeaderEpoch(3));
}

TEST_F(PartitionStateTest, ALeaderThatKnowsNoSuchEpochCannotSayWhereToGoOn) {
  state.Seek({Offset(20), LeaderEpoch(4)});
  EXPECT_EQ(state.Validate(kNoLeaderEpoch, kNoOffset, true), Verdict::kTruncated);
  state.SkipValidation();
  EXPECT_EQ(state.phase(), Phase::kReady);
}

TEST_F(PartitionStateTest, TheEpochIsKeptOverBatchesThatHaveNone) {
  state.Found(Offset(0));
  state.MoveTo({Offset(5), LeaderEpoch(4)});
  state.MoveTo({Offset(9), kNoLeaderEpoch});
  EXPECT_EQ(state.position_epoch(), LeaderEpoch(4));
}

TEST_F(PartitionStateTest, FailuresCountUntilASuccess) {
  state.Failed(Internal("once"), Instant{Milliseconds(5)});
  state.Failed(Internal("twice"), Instant{Milliseconds(9)});
  EXPECT_EQ(state.failures(), 2);
  EXPECT_EQ(state.retry_at(), Instant{Milliseconds(9)});
  state.Succeeded();
  EXPECT_EQ(state.failures(), 0);
  EXPECT_TRUE(state.failure().ok());
}

}  // namespace
}  // namespace penstock
