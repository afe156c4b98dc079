// A start that is refused leaves the directory as it was, to the byte.
#include "metadata/node_check.h"

#include <gtest/gtest.h>

#include "metadata/image/metadata_delta.h"
#include "raft/control_batch.h"
#include "raft/durable_file.h"
#include "raft/log_record.h"
#include "raft/snapshot.h"
#include "tests/unit/metadata/directory_content.h"
#include "tests/unit/metadata/node_fixture.h"

namespace penstock {
namespace {

constexpr std::string_view kLog = "/data/__cluster_metadata-0/00000000000000000000.log";
constexpr std::string_view kCleanShutdown = "/data/.kafka_cleanshutdown";

// A directory that a node has served and closed in good order.
class RefusedStartTest : public ::testing::Test {
 protected:
  RefusedStartTest() {
    NodeLife life(world_.runtime());
    EXPECT_EQ(world_.Run(life.OpenAndRegister()), OkStatus());
    CreateTopicsRequest request = TopicRequest("words", 3);
    const auto created = world_.Run(life.node().CreateTopics(std::move(request)));
    EXPECT_EQ(created.topics.front().error_code, ErrorCode::kNone);
    EXPECT_EQ(world_.Run(life.Stop()), OkStatus());
  }

  Files& files() { return world_.runtime().files; }
  std::map<std::string, std::string> Content() {
    return world_.Run(ContentBelow(files(), std::string(kDirectory)));
  }
  void Write(std::string_view path, uint64_t position, Slice bytes) {
    ASSERT_EQ(world_.Run(WriteInto(files(), std::string(path), position, std::move(bytes))),
              OkStatus());
  }
  void Replace(std::string_view path, SliceChain content) {
    ASSERT_EQ(world_.Run(WriteSyncedFile(files(), std::string(path), std::move(content))),
              OkStatus());
  }

  Offset EndOfLog() {
    const std::string bytes = Content().at(std::string(kLog));
    Offset end{0};
    const Status walked = ForEachBatch(Slice::CopyOf(bytes).span(), [&](const BatchView& batch) {
      end = batch.next_offset();
      return OkStatus();
    });
    EXPECT_EQ(walked, OkStatus());
    return end;
  }
  // As if a newer release had written it.
  void AppendToLog(const MetadataRecord& record) { AppendToLog(EncodeMetadataRecord(record)); }
  void AppendToLog(Slice value) {
    const std::vector<RaftRecord> records{{std::nullopt, std::move(value)}};
    const auto batch = BuildRecordBatch(EndOfLog(), LeaderEpoch(1), TimestampMs(5), records);
    ASSERT_TRUE(batch.ok()) << batch.status();
    Write(kLog, kBehindTheEnd, *batch);
  }

  // The message of a start that is refused twice over, in the same words, and changes nothing.
  std::string RefusalOf(NodeLife& life) {
    const auto before = Content();
    EXPECT_TRUE(before.contains(std::string(kCleanShutdown)) == had_clean_shutdown_);
    const Status refused = world_.Run(life.Open());
    EXPECT_FALSE(refused.ok());
    world_.Run(life.Abandon());
    EXPECT_EQ(Content(), before);
    return std::string(MessageOf(refused));
  }
  std::string Refusal() {
    NodeLife life(world_.runtime());
    const std::string first = RefusalOf(life);
    NodeLife again(world_.runtime());
    EXPECT_EQ(RefusalOf(again), first);
    return first;
  }
  Status Start() {
    NodeLife life(world_.runtime());
    RETURN_IF_ERROR(world_.Run(life.OpenAndRegister()));
    return world_.Run(life.Stop());
  }

  SimWorld world_{1};
  bool had_clean_shutdown_ = true;
};

TEST_F(RefusedStartTest, AFeatureThatIsNotServedIsNamed) {
  FeatureLevelRecord transactions;
  transactions.name = "transaction.version";
  transactions.feature_level = 2;
  AppendToLog(transactions);
  EXPECT_EQ(Refusal(),
            "/data: feature transaction.version is finalized at level 2, which is not served: only "
            "level 0 is");
}

TEST_F(RefusedStartTest, AMetadataVersionOfTheFutureIsNamed) {
  FeatureLevelRecord level;
  level.name = "metadata.version";
  level.feature_level = 31;
  AppendToLog(level);
  EXPECT_EQ(Refusal(),
            "/data: feature metadata.version is finalized at level 31, which is not served: levels "
            "7 to 30 are");
}

TEST_F(RefusedStartTest, ARecordThatIsNotServedIsNamedWithItsPlace) {
  const Offset end = EndOfLog();
  // Frame version 1, type 10, version 0.
  AppendToLog(Slice::CopyOf(std::string_view("\x01\x0a\x00", 3)));
  const std::string refusal = Refusal();
  EXPECT_NE(refusal.find(StrCat("batch at offset ", end)), std::string::npos) << refusal;
  EXPECT_NE(refusal.find("DELEGATION_TOKEN_RECORD"), std::string::npos) << refusal;
}

TEST_F(RefusedStartTest, ARecordThatCannotBeReplayedIsNamedWithItsPlace) {
  const Offset end = EndOfLog();
  RemoveTopicRecord record;
  record.topic_id = Uuid(1, 4242);
  AppendToLog(record);
  const std::string refusal = Refusal();
  EXPECT_NE(refusal.find(StrCat("batch at offset ", end)), std::string::npos) << refusal;
  EXPECT_NE(refusal.find(record.topic_id.ToString()), std::string::npos) << refusal;
}

TEST_F(RefusedStartTest, AnotherNodeIsToldWhoseDirectoryItIs) {
  NodeLife other(world_.runtime(), NodeId(7));
  EXPECT_EQ(RefusalOf(other),
            "/data/meta.properties: the directory belongs to node.id 1, this is node.id 7; start "
            "it with -X node.id=1, or choose another directory");
  EXPECT_EQ(Start(), OkStatus());
}

TEST_F(RefusedStartTest, AQuorumOfSeveralIsNotJoined) {
  VoterSet voters(2);
  voters[0].id = NodeId(1);
  voters[1].id = NodeId(2);
  const auto batch =
      BuildControlBatch(EndOfLog(), LeaderEpoch(1), TimestampMs(5), {VotersControlRecord(voters)});
  ASSERT_TRUE(batch.ok()) << batch.status();
  Write(kLog, kBehindTheEnd, *batch);
  EXPECT_EQ(Refusal(),
            "the quorum of this directory has the voters 1, 2: only a quorum of this node alone "
            "(1) can be served yet");
}

TEST_F(RefusedStartTest, AnotherMetadataDirectoryIsRefused) {
  NodeLife life(world_.runtime());
  life.options.metadata_dir = "/elsewhere";
  EXPECT_EQ(RefusalOf(life),
            "metadata.log.dir=/elsewhere is not served yet: the metadata log lies in /data");
}

TEST_F(RefusedStartTest, ABrokenQuorumStateIsNotGuessed) {
  Replace("/data/__cluster_metadata-0/quorum-state", SliceChain(Slice::CopyOf("{\"leader")));
  const std::string refusal = Refusal();
  EXPECT_TRUE(refusal.starts_with("/data/__cluster_metadata-0/quorum-state: ")) << refusal;
}

TEST_F(RefusedStartTest, ABrokenSnapshotIsNamed) {
  Replace("/data/__cluster_metadata-0/00000000000000000003-0000000001.checkpoint",
          SliceChain(Slice::CopyOf("not a snapshot")));
  const std::string refusal = Refusal();
  EXPECT_NE(refusal.find("00000000000000000003-0000000001.checkpoint: "), std::string::npos)
      << refusal;
}

TEST_F(RefusedStartTest, WhatIsBrokenAfterAnOrderlyStopIsNotCutOff) {
  const std::string bytes = Content().at(std::string(kLog));
  for (const size_t at : {bytes.size() / 3, bytes.size() - 1}) {
    const char broken = static_cast<char>(bytes[at] ^ 0x20);
    Write(kLog, at, Slice::CopyOf(std::string_view(&broken, 1)));
    const std::string refusal = Refusal();
    EXPECT_NE(refusal.find("where it was durable"), std::string::npos) << refusal;
    Write(kLog, at, Slice::CopyOf(std::string_view(&bytes[at], 1)));
  }
  EXPECT_EQ(Start(), OkStatus());
}

TEST_F(RefusedStartTest, WhatIsBrokenBelowTheRecoveryPointIsNotCutOff) {
  ASSERT_EQ(world_.Run(files().Remove(std::string(kCleanShutdown))), OkStatus());
  had_clean_shutdown_ = false;
  const std::string bytes = Content().at(std::string(kLog));
  const char broken = static_cast<char>(bytes.back() ^ 0x20);
  Write(kLog, bytes.size() - 1, Slice::CopyOf(std::string_view(&broken, 1)));
  const std::string refusal = Refusal();
  EXPECT_NE(refusal.find("where it was durable"), std::string::npos) << refusal;
}

TEST_F(RefusedStartTest, TheEndThatACrashToreOffIsNoReasonToRefuse) {
  ASSERT_EQ(world_.Run(files().Remove(std::string(kCleanShutdown))), OkStatus());
  const auto batch = BuildRecordBatch(EndOfLog(), LeaderEpoch(1), TimestampMs(5),
                                      {{std::nullopt, EncodeMetadataRecord(NoOpRecord())}});
  ASSERT_TRUE(batch.ok()) << batch.status();
  Write(kLog, kBehindTheEnd, batch->Sub(0, batch->size() - 3));
  EXPECT_EQ(Start(), OkStatus());
}

TEST_F(RefusedStartTest, AnInterruptedCompactionIsLeftToApacheKafka) {
  ASSERT_EQ(world_.Run(files().CreateDirectory("/data/words-0")), OkStatus());
  Replace("/data/words-0/00000000000000000000.log.swap", SliceChain());
  const std::string refusal = Refusal();
  EXPECT_NE(refusal.find("interrupted compaction"), std::string::npos) << refusal;
}

TEST_F(RefusedStartTest, DeletionsThatWereInterruptedWaitForAStartThatIsNotRefused) {
  const std::string half_deleted = "/data/old-0.0123456789abcdef0123456789abcdef-delete";
  ASSERT_EQ(world_.Run(files().CreateDirectory(half_deleted)), OkStatus());
  NodeLife other(world_.runtime(), NodeId(7));
  RefusalOf(other);
  EXPECT_TRUE(world_.Run(files().Describe(half_deleted)).ok());
  EXPECT_EQ(Start(), OkStatus());
  EXPECT_FALSE(world_.Run(files().Describe(half_deleted)).ok());
}

// A directory that was only formatted: its features lie in bootstrap.checkpoint.
TEST(RefusedFirstStart, FeaturesOfTheBootstrapFileAreChecked) {
  SimWorld world(1);
  Runtime& runtime = world.runtime();
  StorageOptions storage;
  storage.directory = kDirectory;
  ASSERT_TRUE(world.Run(OpenDirectory(runtime.files, runtime.clock, runtime.random, storage)).ok());
  FeatureLevelRecord groups;
  groups.name = "group.version";
  groups.feature_level = 1;
  SnapshotContent content;
  content.records.push_back({std::nullopt, EncodeMetadataRecord(groups)});
  auto bytes = EncodeSnapshot(SnapshotId(), content, TimestampMs(1));
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  ASSERT_EQ(
      world.Run(WriteSyncedFile(runtime.files, "/data/bootstrap.checkpoint", *std::move(bytes))),
      OkStatus());

  const auto before = world.Run(ContentBelow(runtime.files, std::string(kDirectory)));
  NodeLife life(runtime);
  EXPECT_EQ(MessageOf(world.Run(life.Open())),
            "/data/bootstrap.checkpoint: feature group.version is finalized at level 1, which is "
            "not served: only level 0 is");
  world.Run(life.Abandon());
  EXPECT_EQ(world.Run(ContentBelow(runtime.files, std::string(kDirectory))), before);
}

TEST(BootstrapRecords, AreOnlyForALogWithoutFeatures) {
  SimWorld world(1);
  Runtime& runtime = world.runtime();
  StorageOptions storage;
  storage.directory = kDirectory;
  ASSERT_TRUE(world.Run(OpenDirectory(runtime.files, runtime.clock, runtime.random, storage)).ok());
  const MetadataImagePtr empty = std::make_shared<const MetadataImage>();
  const auto fresh = world.Run(BootstrapRecordsFor(runtime.files, storage.directory, empty));
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  ASSERT_EQ(fresh->size(), 1u);
  MetadataDelta delta(empty);
  ASSERT_EQ(delta.Replay(fresh->front()), OkStatus());
  const MetadataImagePtr image = delta.Apply(MetadataProvenance());
  const auto later = world.Run(BootstrapRecordsFor(runtime.files, storage.directory, image));
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_TRUE(later->empty());
}

}  // namespace
}  // namespace penstock
