#include "raft/snapshot_id.h"

#include <gtest/gtest.h>

#include <limits>

namespace penstock {
namespace {

TEST(SnapshotId, NamesAreKafkas) {
  const SnapshotId id{Offset(4711), LeaderEpoch(12)};
  EXPECT_EQ(id.FileName(), "00000000000000004711-0000000012.checkpoint");
  EXPECT_EQ(SnapshotId::Parse(id.FileName()), id);
}

TEST(SnapshotId, TheSmallestAndTheLargestComeBack) {
  EXPECT_EQ(SnapshotId().FileName(), "00000000000000000000-0000000000.checkpoint");
  EXPECT_TRUE(SnapshotId().is_bootstrap());
  const SnapshotId last{Offset(std::numeric_limits<int64_t>::max()),
                        LeaderEpoch(std::numeric_limits<int32_t>::max())};
  EXPECT_EQ(last.FileName(), "09223372036854775807-2147483647.checkpoint");
  EXPECT_EQ(SnapshotId::Parse(last.FileName()), last);
  EXPECT_FALSE(last.is_bootstrap());
}

TEST(SnapshotId, OtherNamesAreNone) {
  for (const char* name : {
           "", ".checkpoint", "bootstrap.checkpoint", "00000000000000000000.log",
           "0000000000000004711-0000000012.checkpoint",           // 19 digits
           "000000000000000004711-0000000012.checkpoint",         // 21
           "00000000000000004711-000000012.checkpoint",           // 9
           "00000000000000004711_0000000012.checkpoint",          // another separator
           "0000000000000000471x-0000000012.checkpoint",          // a letter
           "-0000000000000004711-0000000012.checkpoint",          // a sign
           "00000000000000004711-00000000+2.checkpoint",          // another sign
           "00000000000000004711-0000000012.checkpoint.part",     // not finished
           "00000000000000004711-0000000012.checkpoint.deleted",  // as good as gone
           "99999999999999999999-0000000012.checkpoint",          // no 64-bit offset
           "00000000000000004711-9999999999.checkpoint",          // no 32-bit epoch
       }) {
    EXPECT_EQ(SnapshotId::Parse(name), std::nullopt) << name;
  }
}

TEST(SnapshotId, TheLaterOneEndsLaterAndThenHasTheHigherEpoch) {
  const SnapshotId early{Offset(9), LeaderEpoch(5)};
  EXPECT_LT(early, (SnapshotId{Offset(10), LeaderEpoch(1)}));
  EXPECT_LT(early, (SnapshotId{Offset(9), LeaderEpoch(6)}));
  // The order of the names is the order of the snapshots.
  EXPECT_LT(early.FileName(), (SnapshotId{Offset(10), LeaderEpoch(1)}.FileName()));
}

}  // namespace
}  // namespace penstock
