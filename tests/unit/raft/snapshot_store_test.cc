#include "raft/snapshot_store.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "raft/durable_file.h"
#include "runtime/sim/sim_world.h"

namespace penstock {
namespace {

constexpr SnapshotId kFirst{Offset(0), LeaderEpoch(0)};
constexpr SnapshotId kSecond{Offset(30), LeaderEpoch(1)};
constexpr SnapshotId kThird{Offset(200), LeaderEpoch(1)};

class SnapshotStoreTest : public ::testing::Test {
 protected:
  SnapshotStoreTest() { EXPECT_EQ(world_.Run(files_.CreateDirectory("/log")), OkStatus()); }
  SnapshotContent ContentOf(const SnapshotId& id) {
    SnapshotContent content;
    content.last_contained_log_timestamp = TimestampMs(77);
    content.records.push_back({std::nullopt, Slice::CopyOf(id.FileName())});
    return content;
  }
  void Write(const SnapshotId& id) {
    auto bytes = EncodeSnapshot(id, ContentOf(id), TimestampMs(1));
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    ASSERT_EQ(world_.Run(store_.Write(id, *std::move(bytes))), OkStatus());
  }
  std::vector<SnapshotId> Find() {
    const auto found = world_.Run(store_.Find());
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(std::vector<SnapshotId>());
  }
  std::vector<std::string> Names() { return *world_.Run(files_.List("/log")); }
  void MakeFile(std::string name) {
    const SliceChain content(Slice::CopyOf("?"));
    ASSERT_EQ(world_.Run(WriteSyncedFile(files_, StrCat("/log/", name), content)), OkStatus());
  }

  SimWorld world_{1};
  Files& files_ = world_.runtime().files;
  SnapshotStore store_{files_, "/log"};
};

TEST_F(SnapshotStoreTest, FindsWhatWasWrittenInTheOrderOfTheOffsets) {
  EXPECT_TRUE(Find().empty());
  for (const SnapshotId& id : {kThird, kFirst, kSecond}) Write(id);
  EXPECT_EQ(Find(), (std::vector{kFirst, kSecond, kThird}));
  const auto content = world_.Run(store_.Read(kSecond));
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(content->records, ContentOf(kSecond).records);
  EXPECT_EQ(content->last_contained_log_timestamp, TimestampMs(77));
}

TEST_F(SnapshotStoreTest, OtherFilesOfTheLogAreNoSnapshots) {
  for (const char* name : {"00000000000000000000.log", "quorum-state", "partition.metadata"}) {
    MakeFile(name);
  }
  EXPECT_TRUE(Find().empty());
  ASSERT_EQ(world_.Run(store_.RemoveBefore(kThird)), OkStatus());
  EXPECT_EQ(Names().size(), 3u);
}

TEST_F(SnapshotStoreTest, WhatACrashLeftIsNeverReadAndGoesOnRequest) {
  Write(kSecond);
  MakeFile(kThird.FileName() + ".part");
  MakeFile(kFirst.FileName() + ".deleted");
  EXPECT_EQ(Find(), std::vector{kSecond});
  EXPECT_EQ(Names().size(), 3u) << "finding changes nothing";
  ASSERT_EQ(world_.Run(store_.RemoveLeftovers()), OkStatus());
  EXPECT_EQ(Names(), std::vector{kSecond.FileName()});
}

TEST_F(SnapshotStoreTest, OnlyWhatIsReplacedIsRemoved) {
  for (const SnapshotId& id : {kFirst, kSecond, kThird}) Write(id);
  ASSERT_EQ(world_.Run(store_.RemoveBefore(kSecond)), OkStatus());
  EXPECT_EQ(Find(), (std::vector{kSecond, kThird}));
  ASSERT_EQ(world_.Run(store_.RemoveBefore(kSecond)), OkStatus());
  EXPECT_EQ(Find(), (std::vector{kSecond, kThird}));
}

TEST_F(SnapshotStoreTest, AFileThatIsNoSnapshotIsNamed) {
  MakeFile(kThird.FileName());
  const Status refused = world_.Run(store_.Read(kThird)).status();
  EXPECT_EQ(refused.code(), StatusCode::kDataLoss);
  EXPECT_TRUE(MessageOf(refused).starts_with("/log/" + kThird.FileName())) << refused;
  EXPECT_EQ(world_.Run(store_.Read(kSecond)).status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace penstock
