// Retention, DeleteRecords, truncation, and the deletion of whole logs.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/log/log_testing.h"

namespace penstock {
namespace {

class LogRetentionTest : public LogTest {
 protected:
  LogRetentionTest() {
    config_.segment_bytes = 1000;
    config_.retention_ms = -1;
  }
  // Two batches of one record per segment, one second apart.
  Log& Fill(int records) {
    Log& log = Create(config_);
    for (int i = 0; i < records; ++i) {
      MustAppend(log, {.first_timestamp = kTime0 + i * 1000, .value_bytes = 400});
    }
    log.SetHighWatermark(log.log_end_offset());
    return log;
  }
  int DeleteOld(Log& log) {
    auto deleted = world_.Run(log.DeleteOldSegments());
    EXPECT_TRUE(deleted.ok()) << deleted.status();
    return deleted.value_or(-1);
  }
  bool HasFile(std::string_view name) {
    const auto files = LogFiles();
    return std::find(files.begin(), files.end(), name) != files.end();
  }

  TopicConfig config_;
};

TEST_F(LogRetentionTest, DeletesTheOldestSegmentsBeyondRetentionBytes) {
  config_.retention_bytes = 2500;
  Log& log = Fill(8);
  const int64_t size = log.size_in_bytes();
  const int64_t segment = size / 4;
  const int expected = static_cast<int>((size - 2500) / segment);
  EXPECT_EQ(DeleteOld(log), expected);
  EXPECT_EQ(log.log_start_offset(), Offset(2 * expected));
  EXPECT_GE(log.size_in_bytes(), 2500);
}

TEST_F(LogRetentionTest, DeletesByTheLargestTimestampAndRollsTheActiveSegmentWhenItIsOld) {
  const TimestampMs now = runtime().clock.WallNow();
  Log& log = Create(config_);
  for (int i = 0; i < 6; ++i) {
    MustAppend(log, {.first_timestamp = now - (6 - i) * 1000, .value_bytes = 400});
  }
  log.SetHighWatermark(log.log_end_offset());
  config_.retention_ms = 3500;
  log.SetConfig(Shared(config_));
  EXPECT_EQ(DeleteOld(log), 1) << "only the segment of the records 0 and 1 is old as a whole";
  EXPECT_EQ(log.log_start_offset(), Offset(2));
  config_.retention_ms = 500;
  log.SetConfig(Shared(config_));
  EXPECT_EQ(DeleteOld(log), 2) << "the active segment is rolled and goes, too";
  EXPECT_EQ(log.log_start_offset(), Offset(6));
  EXPECT_EQ(log.segment_count(), 1u);
  EXPECT_EQ(MustAppend(log, {.value_bytes = 400}).base_offset, Offset(6));
  Log& again = CrashAndOpen(config_);
  EXPECT_EQ(again.log_start_offset(), Offset(6));
  EXPECT_EQ(again.log_end_offset(), Offset(7));
}

TEST_F(LogRetentionTest, NeverPassesTheHighWatermarkNorDeletesACompactedTopic) {
  config_.retention_bytes = 0;
  Log& log = Create(config_);
  for (int i = 0; i < 8; ++i) MustAppend(log, {.value_bytes = 400});
  log.SetHighWatermark(Offset(3));
  EXPECT_EQ(DeleteOld(log), 1);
  EXPECT_EQ(log.log_start_offset(), Offset(2));
  config_.cleanup_delete = false;
  config_.cleanup_compact = true;
  log.SetConfig(Shared(config_));
  log.SetHighWatermark(Offset(8));
  EXPECT_EQ(DeleteOld(log), 0);
}

TEST_F(LogRetentionTest, RemovesTheFilesAfterTheDelayAndAtTheNextStart) {
  config_.retention_bytes = 1000;
  config_.file_delete_delay_ms = 5000;
  Log& log = Fill(8);
  ASSERT_GT(DeleteOld(log), 0);
  EXPECT_TRUE(HasFile("00000000000000000000.log.deleted"));
  EXPECT_FALSE(HasFile("00000000000000000000.log"));
  world_.RunFor(Milliseconds(6000));
  EXPECT_FALSE(HasFile("00000000000000000000.log.deleted"));
}

TEST_F(LogRetentionTest, DeleteRecordsIsDurableWhenItIsAnswered) {
  Log& log = Fill(6);
  ASSERT_TRUE(world_.Run(log.AdvanceLogStartOffset(Offset(3))).ok());
  EXPECT_EQ(log.log_start_offset(), Offset(3));
  EXPECT_EQ(ErrorCodeOf(world_.Run(log.AdvanceLogStartOffset(Offset(7)))),
            ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(ErrorCodeOf(world_.Run(log.Read(Offset(2), ReadOptions())).status()),
            ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(TextOf("/data/log-start-offset-checkpoint"), "0\n1\norders 0 3\n");
  Log& again = CrashAndOpen(config_);
  EXPECT_EQ(again.log_start_offset(), Offset(3));
  again.SetHighWatermark(Offset(6));
  EXPECT_EQ(DeleteOld(again), 1);
  EXPECT_EQ(All(again).size(), 3u);
}

TEST_F(LogRetentionTest, DeleteRecordsUpToTheEndLeavesAnEmptyLogThatGoesOn) {
  Log& log = Fill(6);
  ASSERT_TRUE(world_.Run(log.AdvanceLogStartOffset(Offset(6))).ok());
  Log& again = CrashAndOpen(config_);
  EXPECT_EQ(again.log_start_offset(), Offset(6));
  EXPECT_EQ(again.log_end_offset(), Offset(6));
  EXPECT_EQ(MustAppend(again, {}).base_offset, Offset(6));
}

TEST_F(LogRetentionTest, TruncationDropsWholeBatchesStateAndEpochs) {
  Log& log = Create(config_);
  for (int i = 0; i < 10; ++i) MustAppend(log, Idempotent(7, 0, i * 3, 3), i < 5 ? 1 : 2);
  ASSERT_TRUE(world_.Run(log.TruncateTo(Offset(13))).ok());
  EXPECT_EQ(log.log_end_offset(), Offset(12)) << "the batch of 12 to 14 goes whole";
  EXPECT_EQ(log.EndOffsetForEpoch(LeaderEpoch(2)), EpochEndOffset());
  EXPECT_EQ(log.ActiveProducers().at(0).last_sequence, Sequence(11));
  EXPECT_EQ(MustAppend(log, Idempotent(7, 0, 12, 3), 3).base_offset, Offset(12));
  Log& again = CrashAndOpen(config_);
  EXPECT_EQ(again.log_end_offset(), Offset(15));
  EXPECT_EQ(again.ActiveProducers().at(0).last_sequence, Sequence(14));
  EXPECT_EQ(again.EndOffsetForEpoch(LeaderEpoch(1)).end_offset, Offset(12));
  EXPECT_EQ(All(again).size(), 15u);
}

TEST_F(LogRetentionTest, TruncationAnswersThoseWhoWaitedForWhatIsGone) {
  Log& log = Fill(3);
  ASSERT_TRUE(Append(log, {}).ok());
  Task<Status> waiting = log.WaitDurable(Offset(9));
  RootTask<Status> root(std::move(waiting));
  root.Start();
  ASSERT_TRUE(world_.Run(log.TruncateTo(Offset(2))).ok());
  while (!root.done() && world_.Step()) {
  }
  EXPECT_EQ(ErrorCodeOf(root.TakeResult()), ErrorCode::kNotLeaderOrFollower);
}

TEST_F(LogRetentionTest, StartsAnewAtAnyOffset) {
  Log& log = Fill(6);
  ASSERT_TRUE(world_.Run(log.TruncateFullyAndStartAt(Offset(100))).ok());
  EXPECT_EQ(log.log_start_offset(), Offset(100));
  EXPECT_EQ(MustAppend(log, {}).base_offset, Offset(100));
  EXPECT_EQ(LogFiles().front(), "00000000000000000100.index");
  Log& again = CrashAndOpen(config_);
  EXPECT_EQ(again.log_start_offset(), Offset(100));
  EXPECT_EQ(again.log_end_offset(), Offset(101));
}

TEST_F(LogRetentionTest, ADeletedLogIsRenamedAtOnceAndRemovedLater) {
  Fill(4);
  ASSERT_TRUE(world_.Run(manager().Delete(Orders())).ok());
  EXPECT_EQ(manager().Find(Orders()), nullptr);
  const auto count_deleted = [&] {
    const auto names = FilesOf("/data");
    return std::count_if(names.begin(), names.end(), [](const std::string& name) {
      return name.starts_with("orders-0.") && name.ends_with("-delete") && name.size() == 48;
    });
  };
  EXPECT_EQ(count_deleted(), 1);
  Log& fresh = Create(config_);
  EXPECT_EQ(fresh.log_end_offset(), Offset(0));
  world_.RunFor(Milliseconds(61'000));
  EXPECT_EQ(count_deleted(), 0);
  EXPECT_EQ(MustAppend(fresh, {}).base_offset, Offset(0));
}

TEST_F(LogRetentionTest, TheNextStartFinishesADeletion) {
  Fill(4);
  ASSERT_TRUE(world_.Run(manager().Delete(Orders())).ok());
  Crash();
  NewManager();
  EXPECT_TRUE(manager().FoundLogs().empty());
  for (const std::string& name : FilesOf("/data")) EXPECT_FALSE(name.ends_with("-delete")) << name;
}

TEST_F(LogRetentionTest, SavesKafkasCheckpointFiles) {
  Fill(6);
  RestartAndOpen(config_);
  EXPECT_EQ(TextOf("/data/recovery-point-offset-checkpoint"), "0\n1\norders 0 6\n");
  EXPECT_EQ(TextOf("/data/replication-offset-checkpoint"), "0\n1\norders 0 6\n");
  EXPECT_EQ(TextOf("/data/log-start-offset-checkpoint"), "0\n0\n");
  EXPECT_EQ(manager().Find(Orders())->high_watermark(), Offset(6));
  EXPECT_EQ(TextOf(PathOf("partition.metadata")),
            StrCat("version: 0\ntopic_id: ", Uuid(1, 2).ToString(), "\n"));
}

}  // namespace
}  // namespace penstock
