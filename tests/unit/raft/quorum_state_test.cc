#include "raft/quorum_state.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

// Both lines were written by Apache Kafka 4.3.1.
constexpr std::string_view kStatic =
    R"({"clusterId":"","leaderId":1,"leaderEpoch":1,"votedId":-1,"appliedOffset":0,)"
    R"("currentVoters":[{"voterId":1}],"data_version":0})";
constexpr std::string_view kDynamic =
    R"({"leaderId":1,"leaderEpoch":1,"votedId":-1,)"
    R"("votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1})";

TEST(QuorumState, ReadsAndWritesKafkasLines) {
  for (const std::string_view line : {kStatic, kDynamic}) {
    const StatusOr<ElectionState> state = ParseElectionState(line);
    ASSERT_TRUE(state.ok()) << state.status();
    EXPECT_EQ(state->leader_id, NodeId(1));
    EXPECT_EQ(state->leader_epoch, LeaderEpoch(1));
    EXPECT_EQ(FormatElectionState(*state), line);
  }
}

TEST(QuorumState, RefusesEveryLineThatIsCutOff) {
  for (const std::string_view line : {kStatic, kDynamic}) {
    for (size_t size = 0; size < line.size(); ++size) {
      EXPECT_FALSE(ParseElectionState(line.substr(0, size)).ok()) << size;
    }
  }
}

TEST(QuorumState, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(ParseElectionState(R"({"data_version":2})").status().code(),
            StatusCode::kUnimplemented);
  EXPECT_FALSE(ParseElectionState(R"({"data_version":1,"leaderId":1})").ok());
  EXPECT_FALSE(ParseElectionState("[[[[[[[[[[[[1]]]]]]]]]]]]").ok());
  EXPECT_FALSE(
      ParseElectionState(R"({"leaderId":1,"leaderEpoch":-5,"votedId":-1,"data_version":1})").ok());
}

}  // namespace
}  // namespace penstock
