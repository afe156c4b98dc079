// A directory of logs: what is found in it, what is made and put away, and what a stop leaves.
#include "log/log_manager.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/log/log_testing.h"

namespace penstock {
namespace {

TopicPartition Partition(std::string topic, int32_t partition) {
  return {.topic = std::move(topic), .partition = PartitionId(partition)};
}

class LogManagerTest : public LogTest {
 protected:
  Log& CreateLog(const TopicPartition& name, Uuid topic_id = Uuid(1, 2)) {
    StatusOr<Log*> log = world_.Run(manager_->Create(name, topic_id, Shared(TopicConfig())));
    EXPECT_TRUE(log.ok()) << log.status();
    return **log;
  }
  StatusOr<Log*> OpenLog(const TopicPartition& name) {
    return world_.Run(manager_->Open(name, Shared(TopicConfig())));
  }
  std::vector<std::string> FoundNames() {
    std::vector<std::string> names;
    for (const FoundLog& found : manager().FoundLogs()) {
      names.push_back(found.topic_partition.ToString());
    }
    return names;
  }
  void MakeDirectory(std::string name) {
    ASSERT_TRUE(world_.Run(runtime().files.CreateDirectory("/data/" + name)).ok());
  }
  void Write(std::string name, std::string_view text) {
    const Status written =
        world_.Run(ReplaceFile(runtime().files, "/data", "/data/" + name, std::string(text)));
    ASSERT_TRUE(written.ok()) << written;
  }
  bool Has(std::string_view name) {
    const auto names = FilesOf("/data");
    return std::find(names.begin(), names.end(), name) != names.end();
  }
  void StopCleanly() {
    const Status stopped = world_.Run(manager_->Stop(BrokerEpoch(9)));
    ASSERT_TRUE(stopped.ok()) << stopped;
    manager_.reset();
  }
};

TEST_F(LogManagerTest, FindsTheLogsAndOnlyThem) {
  CreateLog(Partition("rivers", 1), Uuid(3, 4));
  CreateLog(Partition("orders", 10));
  CreateLog(Partition("orders", 2));
  Crash();
  for (const char* name : {"orders", "orders-x", "orders-02",
                           "orders-3.0123456789abcdef0123456789abcdef-stray", "kraft-notes-"}) {
    MakeDirectory(name);
  }
  MakeDirectory("old-0");  // of a Kafka that wrote no partition.metadata
  Write("old-0/00000000000000000000.log", "");
  Write("notes-7", "a file is no log");
  NewManager();
  EXPECT_EQ(FoundNames(), (std::vector<std::string>{"old-0", "orders-2", "orders-10", "rivers-1"}));
  EXPECT_EQ(manager().FoundLogs()[0].topic_id, Uuid::Zero());
  EXPECT_EQ(manager().FoundLogs()[3].topic_id, Uuid(3, 4));
  EXPECT_TRUE(manager().logs().empty()) << "finding opens nothing";
}

TEST_F(LogManagerTest, ALogThatWasMadeAndNotOpenedIsOpenedByTheNextCreation) {
  world_.driver().disk_faults().read_error_probability = 1;
  const auto config = Shared(TopicConfig());
  EXPECT_FALSE(world_.Run(manager_->Create(Partition("orders", 0), Uuid(1, 2), config)).ok());
  world_.driver().disk_faults().read_error_probability = 0;
  EXPECT_EQ(
      world_.Run(manager_->Create(Partition("orders", 0), Uuid(3, 4), config)).status().code(),
      StatusCode::kAlreadyExists);
  EXPECT_EQ(CreateLog(Partition("orders", 0), Uuid(1, 2)).topic_id(), Uuid(1, 2));
}

TEST_F(LogManagerTest, ALogIsFoundUntilItIsOpened) {
  CreateLog(Partition("orders", 0));
  CreateLog(Partition("orders", 1));
  Crash();
  NewManager();
  EXPECT_EQ(manager().Find(Partition("orders", 1)), nullptr);
  const StatusOr<Log*> opened = OpenLog(Partition("orders", 1));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(manager().Find(Partition("orders", 1)), *opened);
  EXPECT_EQ(manager().logs(), std::vector<Log*>{*opened});
  EXPECT_EQ(FoundNames(), std::vector<std::string>{"orders-0"});
}

TEST_F(LogManagerTest, WhatIsNotThereIsNotOpenedAndWhatIsThereIsNotMade) {
  EXPECT_EQ(OpenLog(Orders()).status().code(), StatusCode::kNotFound);
  CreateLog(Orders());
  const auto again = world_.Run(manager_->Create(Orders(), Uuid(5, 6), Shared(TopicConfig())));
  EXPECT_EQ(again.status().code(), StatusCode::kAlreadyExists);
  Crash();
  NewManager();
  const auto unopened = world_.Run(manager_->Create(Orders(), Uuid(5, 6), Shared(TopicConfig())));
  EXPECT_EQ(unopened.status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ((*OpenLog(Orders()))->topic_id(), Uuid(1, 2)) << "it is still the first one";
}

TEST_F(LogManagerTest, DeletingAndSettingAsideNeedALog) {
  EXPECT_EQ(world_.Run(manager().Delete(Orders())).code(), StatusCode::kNotFound);
  EXPECT_EQ(world_.Run(manager().SetAside(Orders())).code(), StatusCode::kNotFound);
  CreateLog(Orders());
  EXPECT_EQ(world_.Run(manager().SetAside(Orders())).code(), StatusCode::kNotFound)
      << "a log in use is not set aside";
}

TEST_F(LogManagerTest, ALogThatIsSetAsideKeepsItsRecordsForSomebodyElse) {
  MustAppend(CreateLog(Orders()), {});
  Crash();
  NewManager();
  ASSERT_TRUE(world_.Run(manager().SetAside(Orders())).ok());
  EXPECT_TRUE(FoundNames().empty());
  const auto names = FilesOf("/data");
  const auto stray = std::find_if(names.begin(), names.end(), [](const std::string& name) {
    return name.starts_with("orders-0.") && name.ends_with("-stray");
  });
  ASSERT_NE(stray, names.end());
  EXPECT_EQ(TextOf(StrCat("/data/", *stray, "/00000000000000000000.log")).size(),
            MakeBatch({}).size());
  Crash();
  NewManager();
  EXPECT_TRUE(FoundNames().empty());
  EXPECT_TRUE(Has(*stray)) << "no start takes it away";
  EXPECT_EQ(CreateLog(Orders()).log_end_offset(), Offset(0));
}

TEST_F(LogManagerTest, ALogThatWasFoundButNotOpenedCanBeDeleted) {
  CreateLog(Orders());
  Crash();
  NewManager();
  ASSERT_TRUE(world_.Run(manager().Delete(Orders())).ok());
  EXPECT_TRUE(FoundNames().empty());
  world_.RunUntilQuiet();
  EXPECT_FALSE(Has("orders-0"));
}

TEST_F(LogManagerTest, NoCheckpointNamesALogThatIsGone) {
  Log& log = CreateLog(Orders());
  for (int i = 0; i < 5; ++i) MustAppend(log, {});
  log.SetHighWatermark(Offset(5));
  ASSERT_TRUE(world_.Run(log.AdvanceLogStartOffset(Offset(3))).ok());
  ASSERT_TRUE(world_.Run(manager().Checkpoint()).ok());
  const std::vector<std::string> checkpoints = {"/data/recovery-point-offset-checkpoint",
                                                "/data/log-start-offset-checkpoint",
                                                "/data/replication-offset-checkpoint"};
  for (const std::string& path : checkpoints) {
    EXPECT_TRUE(TextOf(path).starts_with("0\n1\norders 0 ")) << path;
  }
  ASSERT_TRUE(world_.Run(manager().Delete(Orders())).ok());
  ASSERT_TRUE(world_.Run(manager().Checkpoint()).ok());
  for (const std::string& path : checkpoints) EXPECT_EQ(TextOf(path), "0\n0\n") << path;
}

TEST_F(LogManagerTest, ANewTopicOfTheSameNameInheritsNoOffsets) {
  Log& old = CreateLog(Orders());
  for (int i = 0; i < 5; ++i) MustAppend(old, {});
  old.SetHighWatermark(Offset(5));
  ASSERT_TRUE(world_.Run(old.AdvanceLogStartOffset(Offset(3))).ok());
  ASSERT_TRUE(world_.Run(manager().Checkpoint()).ok());
  EXPECT_EQ(TextOf("/data/log-start-offset-checkpoint"), "0\n1\norders 0 3\n");
  ASSERT_TRUE(world_.Run(manager().Delete(Orders())).ok());
  Log& fresh = CreateLog(Orders(), Uuid(7, 8));
  EXPECT_EQ(fresh.log_start_offset(), Offset(0));
  EXPECT_EQ(fresh.log_end_offset(), Offset(0));
  EXPECT_EQ(fresh.high_watermark(), Offset(0));
  ASSERT_TRUE(world_.Run(manager().Checkpoint()).ok());
  EXPECT_EQ(TextOf("/data/log-start-offset-checkpoint"), "0\n0\n");
  EXPECT_EQ(TextOf("/data/recovery-point-offset-checkpoint"), "0\n1\norders 0 0\n");
}

TEST_F(LogManagerTest, TheCleanShutdownFileIsGoneAsSoonAsADirectoryIsInUse) {
  CreateLog(Orders());
  EXPECT_FALSE(manager().had_clean_shutdown());
  StopCleanly();
  EXPECT_EQ(TextOf("/data/.kafka_cleanshutdown"), R"({"version":0,"brokerEpoch":9})");
  NewManager();
  EXPECT_TRUE(manager().had_clean_shutdown());
  EXPECT_EQ(manager().previous_broker_epoch(), BrokerEpoch(9));
  EXPECT_FALSE(Has(".kafka_cleanshutdown"));
  Crash();
  NewManager();
  EXPECT_FALSE(manager().had_clean_shutdown());
  EXPECT_EQ(manager().previous_broker_epoch(), BrokerEpoch(-1));
}

TEST_F(LogManagerTest, ALogThatWasNotOpenedStaysInNeedOfItsRecovery) {
  CreateLog(Orders());
  Crash();
  NewManager();
  StopCleanly();
  EXPECT_FALSE(Has(".kafka_cleanshutdown")) << "orders-0 has not been looked at since the crash";
  NewManager();
  ASSERT_TRUE(OpenLog(Orders()).ok());
  StopCleanly();
  EXPECT_TRUE(Has(".kafka_cleanshutdown"));
  NewManager();
  StopCleanly();
  EXPECT_TRUE(Has(".kafka_cleanshutdown")) << "what was clean and is not touched stays clean";
}

TEST_F(LogManagerTest, AFailedLogIsNoCleanShutdown) {
  Log& log = CreateLog(Orders());
  world_.driver().disk_faults().sync_error_probability = 1;
  const StatusOr<AppendResult> appended = Append(log, {});
  ASSERT_TRUE(appended.ok());
  EXPECT_FALSE(world_.Run(log.WaitDurable(appended->end_offset())).ok());
  world_.driver().disk_faults().sync_error_probability = 0;
  EXPECT_FALSE(world_.Run(manager().Stop(BrokerEpoch(9))).ok());
  manager_.reset();
  EXPECT_FALSE(Has(".kafka_cleanshutdown"));
}

TEST_F(LogManagerTest, ACheckpointThatCannotBeReadMeansARecoveryAndIsWrittenAnew) {
  MustAppend(CreateLog(Orders()), {});
  for (const char* name : {"recovery-point-offset-checkpoint", "log-start-offset-checkpoint",
                           "replication-offset-checkpoint"}) {
    SCOPED_TRACE(name);
    StopCleanly();
    Write(name, "0\n3\ntorn");
    NewManager();
    EXPECT_FALSE(manager().had_clean_shutdown());
    const StatusOr<Log*> log = OpenLog(Orders());
    ASSERT_TRUE(log.ok()) << log.status();
    EXPECT_EQ((*log)->log_end_offset(), Offset(1));
    ASSERT_TRUE(world_.Run(manager().Checkpoint()).ok());
    EXPECT_TRUE(DecodeOffsetCheckpoint(TextOf(StrCat("/data/", name))).ok());
  }
}

TEST_F(LogManagerTest, OneLogThatFailsDoesNotKeepTheOthersFromTheirCheckpoint) {
  Log& broken = CreateLog(Partition("a", 0));
  Log& good = CreateLog(Partition("b", 0));
  world_.driver().disk_faults().write_error_probability = 1;
  ASSERT_TRUE(Append(broken, {}).ok());
  EXPECT_FALSE(world_.Run(broken.WaitWritten(Offset(1))).ok());
  world_.driver().disk_faults().write_error_probability = 0;
  MustAppend(good, {});
  const Status saved = world_.Run(manager().Checkpoint());
  EXPECT_EQ(TextOf("/data/recovery-point-offset-checkpoint"), "0\n2\na 0 0\nb 0 1\n") << saved;
}

TEST_F(LogManagerTest, InspectingReadsEverythingAndChangesNothing) {
  constexpr std::string_view kHalfDeleted = "old-0.0123456789abcdef0123456789abcdef-delete";
  MustAppend(CreateLog(Orders()), {});
  StopCleanly();
  MakeDirectory(std::string(kHalfDeleted));
  manager_ = std::make_unique<LogManager>(PortsOf(runtime(), output_), options_);
  const Status inspected = world_.Run(manager().Inspect());
  ASSERT_TRUE(inspected.ok()) << inspected;
  EXPECT_TRUE(manager().had_clean_shutdown());
  EXPECT_EQ(manager().previous_broker_epoch(), BrokerEpoch(9));
  EXPECT_EQ(FoundNames(), std::vector<std::string>{"orders-0"});
  EXPECT_EQ(manager().CheckpointsOf(Orders()).recovery_point, Offset(1));
  EXPECT_TRUE(manager().CheckpointsOf(Orders()).clean_shutdown);
  EXPECT_TRUE(Has(".kafka_cleanshutdown"));
  EXPECT_TRUE(Has(kHalfDeleted));

  const Status started = world_.Run(manager().Start());
  ASSERT_TRUE(started.ok()) << started;
  EXPECT_FALSE(Has(".kafka_cleanshutdown"));
  EXPECT_FALSE(Has(kHalfDeleted));
  EXPECT_EQ(FoundNames(), std::vector<std::string>{"orders-0"}) << "found twice";
}

// Were it left there, the start after the next crash would believe it.
TEST_F(LogManagerTest, ACleanShutdownThatDoesNotCountIsForgottenAsWell) {
  CreateLog(Orders());
  StopCleanly();
  Write("recovery-point-offset-checkpoint", "0\n3\ntorn");
  NewManager();
  EXPECT_FALSE(manager().had_clean_shutdown());
  EXPECT_FALSE(Has(".kafka_cleanshutdown"));
}

TEST_F(LogManagerTest, AnInterruptedCompactionIsLeftToWhoCanFinishIt) {
  CreateLog(Orders());
  StopCleanly();
  Write("orders-0/00000000000000000000.log.swap", "half of it");
  manager_ = std::make_unique<LogManager>(PortsOf(runtime(), output_), options_);
  const Status refused = world_.Run(manager().Start());
  EXPECT_EQ(refused.code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(MessageOf(refused),
            "/data/orders-0/00000000000000000000.log.swap is left from an interrupted compaction: "
            "start Apache Kafka on the directory once, it finishes it");
  EXPECT_TRUE(Has(".kafka_cleanshutdown")) << "nothing was touched";
}

}  // namespace
}  // namespace penstock
