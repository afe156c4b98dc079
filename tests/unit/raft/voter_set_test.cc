#include "raft/voter_set.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

Voter VoterWith(int32_t id, std::vector<VoterEndpoint> endpoints) {
  Voter voter;
  voter.id = NodeId(id);
  voter.directory_id = Uuid(7, static_cast<uint64_t>(id));
  voter.endpoints = std::move(endpoints);
  return voter;
}

TEST(VoterSet, ComesBackFromItsRecordAsItWas) {
  VoterSet voters{VoterWith(3, {{"CONTROLLER", "one.example", 9093}, {"BACKUP", "::1", 65535}}),
                  VoterWith(1, {})};
  voters[1].kraft_version_max = 0;
  EXPECT_EQ(FromRecord(ToRecord(voters)), voters);
}

TEST(VoterSet, TheOrderOfTheRecordIsKept) {
  const VotersRecord record = ToRecord({VoterWith(9, {}), VoterWith(2, {}), VoterWith(5, {})});
  ASSERT_EQ(record.voters.size(), 3u);
  EXPECT_EQ(record.voters[0].voter_id, NodeId(9));
  EXPECT_EQ(record.voters[1].voter_id, NodeId(2));
  EXPECT_EQ(record.voters[2].voter_id, NodeId(5));
}

TEST(VoterSet, AVoterServesTheKraftVersionsOfItsRelease) {
  const VotersRecord record = ToRecord({VoterWith(1, {})});
  EXPECT_EQ(record.voters[0].k_raft_version_feature.min_supported_version, 0);
  EXPECT_EQ(record.voters[0].k_raft_version_feature.max_supported_version, 1);
}

TEST(VoterSet, NobodyIsNobody) {
  EXPECT_TRUE(ToRecord({}).voters.empty());
  EXPECT_TRUE(FromRecord(VotersRecord()).empty());
}

}  // namespace
}  // namespace penstock
