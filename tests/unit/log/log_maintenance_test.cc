// When the background work of a log directory runs, and that it rests where there is none.
#include <gtest/gtest.h>

#include "tests/unit/log/log_testing.h"

namespace penstock {
namespace {

constexpr const char* kHighWatermarks = "/data/replication-offset-checkpoint";
constexpr const char* kLogStartOffsets = "/data/log-start-offset-checkpoint";
constexpr const char* kRecoveryPoints = "/data/recovery-point-offset-checkpoint";

class LogMaintenanceTest : public LogTest {
 protected:
  void Restart() {
    manager_.reset();
    NewManager();
    manager().StartMaintenance();
  }
  bool Exists(std::string path) {
    return world_.Run(runtime().files.Describe(std::move(path))).ok();
  }
  void Remove(std::string path) {
    ASSERT_TRUE(world_.Run(runtime().files.Remove(std::move(path))).ok());
  }
  void RunFor(int64_t milliseconds) { world_.RunFor(Milliseconds(milliseconds)); }
};

TEST_F(LogMaintenanceTest, SavesHighWatermarksSomeTimeAfterTheyMove) {
  options_.high_watermark_checkpoint_interval_ms = 2000;
  Restart();
  Log& log = Create();
  MustAppend(log, {});
  RunFor(10'000);
  EXPECT_EQ(TextOf(kHighWatermarks), "0\n1\norders 0 0\n") << "the append alone moves none";
  log.SetHighWatermark(Offset(1));
  RunFor(1900);
  EXPECT_EQ(TextOf(kHighWatermarks), "0\n1\norders 0 0\n");
  RunFor(200);
  EXPECT_EQ(TextOf(kHighWatermarks), "0\n1\norders 0 1\n");
}

TEST_F(LogMaintenanceTest, WritesNoHighWatermarksWhileNoneMoves) {
  options_.high_watermark_checkpoint_interval_ms = 2000;
  Restart();
  Log& log = Create();
  MustAppend(log, {});
  log.SetHighWatermark(Offset(1));
  RunFor(10'000);
  Remove(kHighWatermarks);
  RunFor(3'600'000);
  EXPECT_FALSE(Exists(kHighWatermarks));
  MustAppend(log, {});
  log.SetHighWatermark(Offset(2));
  RunFor(3000);
  EXPECT_EQ(TextOf(kHighWatermarks), "0\n1\norders 0 2\n");
}

TEST_F(LogMaintenanceTest, TriesAgainWhereHighWatermarksCouldNotBeSaved) {
  options_.high_watermark_checkpoint_interval_ms = 2000;
  Restart();
  Log& log = Create();
  MustAppend(log, {});
  log.SetHighWatermark(Offset(1));
  world_.driver().disk_faults().open_error_probability = 1;
  RunFor(5000);
  EXPECT_FALSE(Exists(kHighWatermarks));
  world_.driver().disk_faults().open_error_probability = 0;
  RunFor(3000);
  EXPECT_EQ(TextOf(kHighWatermarks), "0\n1\norders 0 1\n");
}

TEST_F(LogMaintenanceTest, TheOtherCheckpointsHaveATimeOfTheirOwn) {
  options_.initial_task_delay_ms = 500;
  options_.flush_offset_checkpoint_interval_ms = 3000;
  options_.flush_start_offset_checkpoint_interval_ms = 1000;
  Restart();
  Log& log = Create();
  RunFor(400);
  EXPECT_FALSE(Exists(kRecoveryPoints));
  EXPECT_FALSE(Exists(kLogStartOffsets));
  RunFor(200);
  EXPECT_EQ(TextOf(kRecoveryPoints), "0\n1\norders 0 0\n");
  EXPECT_EQ(TextOf(kLogStartOffsets), "0\n0\n");

  for (int i = 0; i < 3; ++i) MustAppend(log, {});
  ASSERT_TRUE(world_.Run(log.AdvanceLogStartOffset(Offset(2))).ok());
  EXPECT_EQ(TextOf(kLogStartOffsets), "0\n1\norders 0 2\n") << "this one at once";
  ASSERT_TRUE(world_.Run(manager().Delete(Orders())).ok());
  RunFor(1100);
  EXPECT_EQ(TextOf(kLogStartOffsets), "0\n0\n");
  EXPECT_EQ(TextOf(kRecoveryPoints), "0\n1\norders 0 0\n") << "not its turn yet";
  RunFor(3000);
  EXPECT_EQ(TextOf(kRecoveryPoints), "0\n0\n");
}

TEST_F(LogMaintenanceTest, RetentionRunsFirstAfterTheInitialDelay) {
  options_.initial_task_delay_ms = 500;
  options_.retention_check_interval_ms = 60'000;
  Restart();
  TopicConfig config;
  config.segment_bytes = 1000;
  config.retention_ms = -1;
  config.retention_bytes = 1500;
  Log& log = Create(config);
  const auto fill = [&] {
    for (int i = 0; i < 8; ++i) MustAppend(log, {.value_bytes = 400});
    log.SetHighWatermark(log.log_end_offset());
  };
  fill();
  const Offset before = log.log_start_offset();
  RunFor(600);
  const Offset after = log.log_start_offset();
  EXPECT_GT(after, before);
  fill();
  RunFor(59'000);
  EXPECT_EQ(log.log_start_offset(), after);
  RunFor(2000);
  EXPECT_GT(log.log_start_offset(), after);
}

}  // namespace
}  // namespace penstock
