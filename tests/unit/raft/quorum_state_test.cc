#include "raft/quorum_state.h"

#include <gtest/gtest.h>

#include "raft/durable_file.h"
#include "runtime/sim/sim_world.h"

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

TEST(QuorumState, RefusesNumbersThatDoNotFit) {
  for (const char* line : {
           R"({"leaderId":2147483648,"leaderEpoch":1,"votedId":-1,"data_version":1})",
           R"({"leaderId":"1","leaderEpoch":1,"votedId":-1,"data_version":1})",
           R"({"leaderId":1,"leaderEpoch":1,"votedId":-1,"data_version":65536})",
           R"({"leaderId":1,"leaderEpoch":1,"votedId":-1,"data_version":-1})",
           R"({"leaderId":1,"leaderEpoch":1,"votedId":-1,"votedDirectoryId":"x","data_version":1})",
           R"({"leaderId":1,"leaderEpoch":1,"votedId":-1,"data_version":0})",
           R"({"leaderId":1,"leaderEpoch":1,"votedId":-1,"currentVoters":[1],"data_version":0})",
       }) {
    EXPECT_FALSE(ParseElectionState(line).ok()) << line;
  }
}

TEST(QuorumState, ThereIsNoneInANewDirectory) {
  SimWorld world(1);
  Files& files = world.runtime().files;
  ASSERT_EQ(world.Run(files.CreateDirectory("/log")), OkStatus());
  const auto none = world.Run(ReadElectionState(files, "/log"));
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(*none, std::nullopt);
}

TEST(QuorumState, WhatWasWrittenIsReadInTheNextLife) {
  SimWorld world(1);
  Files& files = world.runtime().files;
  ASSERT_EQ(world.Run(files.CreateDirectory("/log")), OkStatus());
  ElectionState state;
  for (int32_t epoch = 1; epoch <= 3; ++epoch) {
    state.leader_epoch = LeaderEpoch(epoch);
    state.voted_id = NodeId(1);
    state.voted_directory_id = Uuid(5, 6);
    ASSERT_EQ(world.Run(WriteElectionState(files, "/log", state)), OkStatus());
    const auto read = world.Run(ReadElectionState(files, "/log"));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, state);
  }
}

TEST(QuorumState, ABrokenFileIsNamed) {
  SimWorld world(1);
  Files& files = world.runtime().files;
  ASSERT_EQ(world.Run(files.CreateDirectory("/log")), OkStatus());
  SliceChain broken(Slice::CopyOf("{\"leaderId\":"));
  ASSERT_EQ(world.Run(WriteSyncedFile(files, "/log/quorum-state", std::move(broken))), OkStatus());
  const Status refused = world.Run(ReadElectionState(files, "/log")).status();
  EXPECT_TRUE(MessageOf(refused).starts_with("/log/quorum-state: ")) << refused;
}

}  // namespace
}  // namespace penstock
