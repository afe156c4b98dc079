#include "raft/driver.h"

#include <gtest/gtest.h>

#include "log/log.h"
#include "runtime/sim/sim_world.h"
#include "tests/unit/raft/raft_testing.h"

namespace penstock {
namespace {

class LogLines final : public LogSink {
 public:
  void Write(std::string_view) override {}
};

class KeptMarks final : public RaftObserver {
 public:
  void OnHighWatermark(Offset high_watermark) override { marks.push_back(high_watermark); }
  void OnRaftFailed(const Status& why) override { failure = why; }
  std::vector<Offset> marks;
  Status failure;
};

// One life of the only voter, on the disk of a world.
class DriverLife {
 public:
  explicit DriverLife(Runtime& runtime, Voter self = SelfVoter())
      : runtime_(runtime), output_{lines_, [] { return TimestampMs(0); }} {
    options_.self = std::move(self);
  }

  Task<Status> Open() {
    Logger logger(output_, "test");
    LogPorts ports{runtime_.clock, runtime_.executor, runtime_.timers,
                   runtime_.files, runtime_.random,   logger};
    LogManagerOptions options;
    options.directory = "/data";
    CO_RETURN_IF_ERROR(co_await runtime_.files.CreateDirectory(options.directory));
    logs_ = std::make_unique<LogManager>(std::move(ports), std::move(options));
    CO_RETURN_IF_ERROR(co_await logs_->Start());
    RaftDriver::Ports driver_ports{*logs_, runtime_.files, runtime_.clock, logger};
    RaftOptions raft = options_;
    auto driver = co_await RaftDriver::Open(std::move(driver_ports), std::move(raft));
    if (!driver.ok()) co_return driver.status();
    driver_ = *std::move(driver);
    RaftBatchSink sink = kept.Sink();
    co_return co_await driver_->Load(std::move(sink));
  }
  Task<Status> OpenAndLead() {
    CO_RETURN_IF_ERROR(co_await Open());
    co_return co_await driver_->Lead();
  }
  Task<Status> WriteSnapshot(SnapshotId id, std::vector<std::string> values) {
    std::vector<RaftRecord> records = RecordsOf(values);
    co_return co_await driver_->WriteSnapshot(id, TimestampMs(5), std::move(records));
  }
  Task<Status> Stop() {
    driver_.reset();
    co_return co_await logs_->Stop(BrokerEpoch(1));
  }
  Task<> Abandon() {
    driver_.reset();
    co_await logs_->Abandon();
  }

  RaftDriver& driver() { return *driver_; }
  KeptBatches kept;

 private:
  Runtime& runtime_;
  LogLines lines_;
  LogOutput output_;
  RaftOptions options_;
  std::unique_ptr<LogManager> logs_;
  std::unique_ptr<RaftDriver> driver_;
};

RaftBatchPosition MustAppend(RaftDriver& driver, const std::vector<std::string>& values) {
  const auto position = driver.Append(RecordsOf(values));
  EXPECT_TRUE(position.ok()) << position.status();
  return position.value_or(RaftBatchPosition());
}

TEST(RaftDriver, ANewLogBeginsWithItsLeaderAndItsVoters) {
  SimWorld world(1);
  DriverLife life(world.runtime());
  ASSERT_EQ(world.Run(life.Open()), OkStatus());
  EXPECT_FALSE(life.driver().leads());
  EXPECT_EQ(life.driver().epoch(), LeaderEpoch(0));
  ASSERT_EQ(world.Run(life.driver().Lead()), OkStatus());
  EXPECT_TRUE(life.driver().leads());
  EXPECT_EQ(life.driver().epoch(), LeaderEpoch(1));
  EXPECT_EQ(life.driver().log_end_offset(), Offset(3));
  EXPECT_EQ(life.driver().voters(), VoterSet{SelfVoter()});
  EXPECT_TRUE(life.kept.lines.empty());
  EXPECT_EQ(world.Run(life.Stop()), OkStatus());
}

TEST(RaftDriver, WhatIsDurableIsCommittedAndTold) {
  SimWorld world(1);
  DriverLife life(world.runtime());
  ASSERT_EQ(world.Run(life.OpenAndLead()), OkStatus());
  KeptMarks marks;
  life.driver().SetObserver(&marks);
  const RaftBatchPosition position = MustAppend(life.driver(), {"a", "b"});
  EXPECT_EQ(position.base_offset, Offset(3));
  EXPECT_EQ(position.last_offset, Offset(4));
  EXPECT_EQ(position.leader_epoch, LeaderEpoch(1));
  EXPECT_LT(life.driver().high_watermark(), Offset(5)) << "it is not on the disk yet";
  world.RunUntilQuiet();
  EXPECT_EQ(life.driver().high_watermark(), Offset(5));
  ASSERT_FALSE(marks.marks.empty());
  EXPECT_EQ(marks.marks.back(), Offset(5));
  EXPECT_TRUE(std::is_sorted(marks.marks.begin(), marks.marks.end()));
  life.driver().SetObserver(nullptr);
  EXPECT_EQ(world.Run(life.Stop()), OkStatus());
}

TEST(RaftDriver, TheNextLifeReadsTheLogAndLeadsTheNextEpoch) {
  SimWorld world(1);
  {
    DriverLife life(world.runtime());
    ASSERT_EQ(world.Run(life.OpenAndLead()), OkStatus());
    MustAppend(life.driver(), {"a", "b"});
    MustAppend(life.driver(), {"c"});
    ASSERT_EQ(world.Run(life.Stop()), OkStatus());
  }
  DriverLife life(world.runtime());
  ASSERT_EQ(world.Run(life.OpenAndLead()), OkStatus());
  EXPECT_EQ(life.kept.lines, (Lines{"3 to 4: a b", "5 to 5: c"}));
  EXPECT_EQ(life.driver().epoch(), LeaderEpoch(2));
  // Only the change of the leader: the voters are in the log.
  EXPECT_EQ(life.driver().log_end_offset(), Offset(7));
  EXPECT_EQ(world.Run(life.Stop()), OkStatus());
}

TEST(RaftDriver, LoadingTwiceGivesTheSameTwice) {
  SimWorld world(1);
  DriverLife life(world.runtime());
  ASSERT_EQ(world.Run(life.OpenAndLead()), OkStatus());
  MustAppend(life.driver(), {"a"});
  world.RunUntilQuiet();
  const int64_t bytes = life.driver().bytes_since_snapshot();
  for (int i = 0; i < 2; ++i) {
    KeptBatches kept;
    ASSERT_EQ(world.Run(life.driver().Load(kept.Sink())), OkStatus());
    EXPECT_EQ(kept.lines, Lines{"3 to 3: a"});
    EXPECT_EQ(life.driver().bytes_since_snapshot(), bytes);
  }
  EXPECT_EQ(world.Run(life.Stop()), OkStatus());
}

TEST(RaftDriver, ASnapshotTakesThePlaceOfTheLogBelowIt) {
  SimWorld world(1);
  {
    DriverLife life(world.runtime());
    ASSERT_EQ(world.Run(life.OpenAndLead()), OkStatus());
    MustAppend(life.driver(), {"a", "b"});
    world.RunUntilQuiet();
    EXPECT_GT(life.driver().bytes_since_snapshot(), 0);
    const SnapshotId id{Offset(5), LeaderEpoch(1)};
    ASSERT_EQ(world.Run(life.WriteSnapshot(id, {"a+b"})), OkStatus());
    EXPECT_EQ(life.driver().latest_snapshot(), id);
    EXPECT_EQ(life.driver().bytes_since_snapshot(), 0);
    EXPECT_EQ(life.driver().log_start_offset(), Offset(5));
    // One that is no later changes nothing.
    ASSERT_EQ(world.Run(life.WriteSnapshot({Offset(4), LeaderEpoch(1)}, {"a"})), OkStatus());
    EXPECT_EQ(life.driver().latest_snapshot(), id);
    MustAppend(life.driver(), {"c"});
    ASSERT_EQ(world.Run(life.Stop()), OkStatus());
  }
  DriverLife life(world.runtime());
  ASSERT_EQ(world.Run(life.OpenAndLead()), OkStatus());
  EXPECT_EQ(life.kept.lines, (Lines{"4 to 4: a+b", "5 to 5: c"}));
  EXPECT_EQ(life.driver().voters(), VoterSet{SelfVoter()}) << "the snapshot has them";
  EXPECT_EQ(life.driver().log_end_offset(), Offset(7));
  EXPECT_EQ(world.Run(life.Stop()), OkStatus());
}

TEST(RaftDriver, AnotherNodeCannotLeadTheLog) {
  SimWorld world(1);
  {
    DriverLife life(world.runtime());
    ASSERT_EQ(world.Run(life.OpenAndLead()), OkStatus());
    ASSERT_EQ(world.Run(life.Stop()), OkStatus());
  }
  Voter other = SelfVoter();
  other.id = NodeId(2);
  DriverLife life(world.runtime(), other);
  const Status refused = world.Run(life.OpenAndLead());
  EXPECT_EQ(refused.code(), StatusCode::kFailedPrecondition) << refused;
  world.Run(life.Abandon());
}

Task<> LeadAndFail(SimNode& node, Runtime& runtime, Status* failure, Offset* committed) {
  DriverLife life(runtime);
  const Status opened = co_await life.OpenAndLead();
  EXPECT_EQ(opened, OkStatus());
  KeptMarks marks;
  life.driver().SetObserver(&marks);
  const Duration a_while = Milliseconds(100);
  co_await node.Pass(a_while);
  node.disk_faults().sync_error_probability = 1;
  MustAppend(life.driver(), {"never durable"});
  co_await node.Pass(a_while);
  *failure = marks.failure;
  *committed = life.driver().high_watermark();
  life.driver().SetObserver(nullptr);
  co_await life.Abandon();
}

TEST(RaftDriver, ADiskThatFailsIsToldAndCommitsNothing) {
  SimWorld world(1);
  SimNode& node = world.AddNode("node");
  Status failure;
  Offset committed;
  node.Start([&](Runtime& runtime) { return LeadAndFail(node, runtime, &failure, &committed); });
  world.RunUntilQuiet();
  EXPECT_FALSE(failure.ok());
  EXPECT_EQ(committed, Offset(3));
}

}  // namespace
}  // namespace penstock
