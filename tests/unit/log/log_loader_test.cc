// What is believed of a directory when its log is opened.
#include "log/log_loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/log/log_testing.h"

namespace penstock {
namespace {

class LogLoaderTest : public LogTest {
 protected:
  // Makes or replaces a file beside the segments, while no log is open.
  void Write(std::string_view name, std::string_view text) {
    const std::string directory = options_.directory + "/orders-0";
    const Status written =
        world_.Run(ReplaceFile(runtime().files, directory, PathOf(name), std::string(text)));
    ASSERT_TRUE(written.ok()) << written;
  }
  void WriteCheckpoint(std::string_view name, std::string_view text) {
    std::string path = StrCat(options_.directory, "/", name);
    const Status written = world_.Run(
        ReplaceFile(runtime().files, options_.directory, std::move(path), std::string(text)));
    ASSERT_TRUE(written.ok()) << written;
  }
  bool Has(std::string_view name) {
    const auto files = LogFiles();
    return std::find(files.begin(), files.end(), name) != files.end();
  }
  Status OpenError() {
    return world_.Run(manager_->Open(Orders(), Shared(TopicConfig()))).status();
  }
  void RestartProcess() {
    Crash();
    NewManager();
  }
};

TEST_F(LogLoaderTest, WhatAnInterruptedDeletionOrReplacementLeftIsRemoved) {
  MustAppend(Create(), {});
  Crash();
  const std::vector<std::string> leftovers = {
      "00000000000000000007.log.deleted", "00000000000000000007.index.deleted",
      "00000000000000000000.log.cleaned", "leader-epoch-checkpoint.tmp",
      "00000000000000000007.index",       "00000000000000000007.timeindex",
      "00000000000000000007.txnindex"};
  for (const std::string& name : leftovers) Write(name, "leftover");
  NewManager();
  EXPECT_EQ(Open().log_end_offset(), Offset(1));
  for (const std::string& name : leftovers) EXPECT_FALSE(Has(name)) << name;
}

TEST_F(LogLoaderTest, WhatIsNotUnderstoodIsLeftAlone) {
  MustAppend(Create(), {});
  Crash();
  for (const char* name : {"7.log", "notes.txt", "00000000000000000000.txnindex"}) {
    Write(name, "not ours");
  }
  NewManager();
  EXPECT_EQ(Open().log_end_offset(), Offset(1));
  for (const char* name : {"7.log", "notes.txt", "00000000000000000000.txnindex"}) {
    EXPECT_EQ(TextOf(PathOf(name)), "not ours");
  }
}

TEST_F(LogLoaderTest, ATopicIdThatCannotBeReadIsNotInvented) {
  MustAppend(Create(), {});
  Crash();
  Write("partition.metadata", "version: 1\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ\n");
  manager_ = std::make_unique<LogManager>(PortsOf(runtime(), output_), options_);
  const Status refused = world_.Run(manager_->Start());
  EXPECT_EQ(refused.code(), StatusCode::kDataLoss);
  EXPECT_NE(MessageOf(refused).find("/data/orders-0/partition.metadata"), std::string_view::npos)
      << refused;
}

TEST_F(LogLoaderTest, AnEmptyDirectoryIsAnEmptyLogThatGoesOnFromItsStart) {
  Create();
  RestartProcess();
  EXPECT_EQ(Open().log_end_offset(), Offset(0));
  Crash();
  WriteCheckpoint("log-start-offset-checkpoint", "0\n1\norders 0 500\n");
  NewManager();
  Log& log = Open();
  EXPECT_EQ(log.log_start_offset(), Offset(500));
  EXPECT_EQ(MustAppend(log, {}).base_offset, Offset(500));
  EXPECT_TRUE(Has("00000000000000000500.log"));
}

TEST_F(LogLoaderTest, AnEmptyFileIsAnEmptySegment) {
  Create();
  Crash();
  Write("00000000000000000042.log", "");
  NewManager();
  Log& log = Open();
  EXPECT_EQ(log.log_start_offset(), Offset(42));
  EXPECT_EQ(MustAppend(log, {}).base_offset, Offset(42));
  EXPECT_EQ(All(log).size(), 1u);
}

TEST_F(LogLoaderTest, TheCheckpointedStartAndHighWatermarkHold) {
  Log& log = Create();
  for (int i = 0; i < 10; ++i) MustAppend(log, {});
  Crash();
  WriteCheckpoint("log-start-offset-checkpoint", "0\n1\norders 0 3\n");
  const std::vector<std::pair<int64_t, int64_t>> high_watermarks = {{0, 3}, {7, 7}, {99, 10}};
  for (const auto& [saved, kept] : high_watermarks) {
    WriteCheckpoint("replication-offset-checkpoint", StrCat("0\n1\norders 0 ", saved, "\n"));
    NewManager();
    Log& again = Open();
    EXPECT_EQ(again.log_start_offset(), Offset(3));
    EXPECT_EQ(again.high_watermark(), Offset(kept)) << "inside the log";
    EXPECT_EQ(All(again).size(), 7u);
    Crash();
  }
}

TEST_F(LogLoaderTest, RecordsThatWereDeletedDoNotComeBackWhenTheRestIsLost) {
  Log& log = Create();
  for (int i = 0; i < 10; ++i) MustAppend(log, {});
  Crash();
  WriteCheckpoint("log-start-offset-checkpoint", "0\n1\norders 0 15\n");
  NewManager();
  Log& again = Open();
  EXPECT_EQ(again.log_start_offset(), Offset(15));
  EXPECT_EQ(again.log_end_offset(), Offset(15));
  EXPECT_FALSE(Has("00000000000000000000.log"));
  EXPECT_EQ(MustAppend(again, {}).base_offset, Offset(15));
}

TEST_F(LogLoaderTest, TornAtAnyByteALogKeepsItsWholeBatches) {
  Log& log = Create();
  for (int i = 0; i < 3; ++i) MustAppend(log, {.records = 2, .label = StrCat("batch ", i, " ")});
  const auto before = All(log);
  const std::string bytes = TextOf(PathOf("00000000000000000000.log"));
  const size_t batch = bytes.size() / 3;
  for (size_t size = 0; size <= bytes.size(); ++size) {
    Crash();
    Write("00000000000000000000.log", std::string_view(bytes).substr(0, size));
    NewManager();
    Log& again = Open();
    const size_t whole = size / batch;
    ASSERT_EQ(again.log_end_offset(), Offset(static_cast<int64_t>(2 * whole))) << size;
    ASSERT_EQ(TextOf(PathOf("00000000000000000000.log")).size(), whole * batch) << size;
    auto kept = before;
    kept.resize(2 * whole);
    ASSERT_EQ(All(again), kept) << size;
  }
}

TEST_F(LogLoaderTest, WhateverByteOfABatchIsWrongTheLogEndsBeforeIt) {
  Log& log = Create();
  for (int i = 0; i < 3; ++i) MustAppend(log, {.records = 2, .label = StrCat("batch ", i, " ")});
  const auto before = All(log);
  const std::string bytes = TextOf(PathOf("00000000000000000000.log"));
  const size_t batch = bytes.size() / 3;
  for (size_t at = 0; at < batch; ++at) {
    for (const int wrong : {0x01, 0xff}) {
      Crash();
      std::string broken = bytes;
      broken[batch + at] = static_cast<char>(broken[batch + at] ^ wrong);
      Write("00000000000000000000.log", broken);
      NewManager();
      Log& again = Open();
      // The checksum does not cover the leader epoch, which every broker sets anew.
      const bool is_epoch =
          at >= batch_format::kPartitionLeaderEpochAt && at < batch_format::kMagicAt;
      ASSERT_EQ(again.log_end_offset(), Offset(is_epoch ? 6 : 2)) << at << ' ' << wrong;
      auto kept = before;
      kept.resize(static_cast<size_t>(again.log_end_offset().value()));
      ASSERT_EQ(All(again), kept) << at << ' ' << wrong;
    }
  }
}

// A log of one segment with some index entries.
class IndexedLogTest : public LogLoaderTest {
 protected:
  IndexedLogTest() {
    config_.index_interval_bytes = 150;
    AppendTwelve(Create(config_));
  }
  void AppendTwelve(Log& log) {
    for (int i = 0; i < 12; ++i) {
      MustAppend(log, {.first_timestamp = kTime0 + 10 * i, .label = StrCat("record ", i, " ")});
    }
    before_ = All(log);
  }
  void ExpectEverything(Log& log, std::string_view what) {
    ASSERT_EQ(log.log_end_offset(), Offset(12)) << what;
    ASSERT_EQ(All(log), before_) << what;
    for (int record = 0; record < 12; ++record) {
      const auto read = world_.Run(log.Read(Offset(record), {.bytes_max = 1}));
      ASSERT_TRUE(read.ok()) << what << read.status();
      ASSERT_EQ(RecordsIn(read->records).at(0), before_[static_cast<size_t>(record)]) << what;
    }
    for (const int record : {0, 5, 11}) {
      const auto found = world_.Run(log.OffsetForTimestamp(kTime0 + 10 * record, kEndOfOffsets));
      ASSERT_TRUE(found.ok()) << what << found.status();
      ASSERT_EQ(found->offset, Offset(record)) << what;
    }
  }

  // Every byte of the file is wrong once: nothing protects an index against that.
  void ExpectEverythingWhateverByteIsWrong(std::string_view name) {
    const std::string index = TextOf(PathOf(name));
    ASSERT_GE(index.size(), 24u);
    for (size_t at = 0; at < index.size(); ++at) {
      for (const int wrong : {0x01, 0x80, 0xff}) {
        Crash();
        std::string broken = index;
        broken[at] = static_cast<char>(broken[at] ^ wrong);
        Write(name, broken);
        NewManager();
        ExpectEverything(Open(config_), StrCat(name, " byte ", at, " by ", wrong, " "));
        ASSERT_FALSE(HasFatalFailure());
      }
    }
  }

  TopicConfig config_;
  std::vector<SeenRecord> before_;
};

TEST_F(IndexedLogTest, WhateverByteOfTheLastIndexIsWrongNothingIsMissing) {
  ASSERT_TRUE(world_.Run(manager().Checkpoint()).ok());
  ExpectEverythingWhateverByteIsWrong("00000000000000000000.index");
}

TEST_F(IndexedLogTest, WhateverByteOfASealedIndexIsWrongNothingIsMissing) {
  ASSERT_TRUE(world_.Run(manager().Delete(Orders())).ok());
  config_.segment_bytes = 900;
  Log& log = Create(config_);
  AppendTwelve(log);
  ASSERT_EQ(log.segment_count(), 2u);
  ASSERT_TRUE(world_.Run(manager().Checkpoint()).ok());
  ExpectEverythingWhateverByteIsWrong("00000000000000000000.index");
}

TEST_F(IndexedLogTest, ZerosBehindTheIndexEntriesAreNoHarm) {
  ASSERT_TRUE(world_.Run(manager().Stop(BrokerEpoch(1))).ok());
  manager_.reset();
  for (const char* name : {"00000000000000000000.index", "00000000000000000000.timeindex"}) {
    Write(name, TextOf(PathOf(name)) + std::string(1200, '\0'));
  }
  NewManager();
  ASSERT_TRUE(manager().had_clean_shutdown());
  ExpectEverything(Open(config_), "as Kafka leaves it after a crash");
}

TEST_F(IndexedLogTest, IndexesThatRunAheadOfTheBatchesAreCut) {
  const std::string log = TextOf(PathOf("00000000000000000000.log"));
  ASSERT_TRUE(world_.Run(manager().Checkpoint()).ok());
  Crash();
  const size_t batch = log.size() / 12;
  Write("00000000000000000000.log", std::string_view(log).substr(0, batch));
  NewManager();
  Log& again = Open(config_);
  EXPECT_EQ(again.log_end_offset(), Offset(1));
  EXPECT_EQ(TextOf(PathOf("00000000000000000000.index")), "");
  EXPECT_EQ(TextOf(PathOf("00000000000000000000.timeindex")), "");
}

TEST_F(LogLoaderTest, AHoleBetweenSegmentsEndsTheLogUnlessItIsCompacted) {
  TopicConfig config;
  config.segment_bytes = 1000;
  Log& log = Create(config);
  for (int i = 0; i < 8; ++i) MustAppend(log, {.value_bytes = 400});
  ASSERT_EQ(log.segment_count(), 4u);
  Crash();
  for (const char* name : {"00000000000000000002.log", "00000000000000000002.index",
                           "00000000000000000002.timeindex"}) {
    ASSERT_TRUE(world_.Run(runtime().files.Remove(PathOf(name))).ok());
  }
  TopicConfig compacted = config;
  compacted.cleanup_compact = true;
  NewManager();
  Log& with_hole = Open(compacted);
  EXPECT_EQ(with_hole.log_end_offset(), Offset(8));
  EXPECT_EQ(All(with_hole).size(), 6u);
  Crash();
  NewManager();
  Log& cut = Open(config);
  EXPECT_EQ(cut.log_end_offset(), Offset(2));
  EXPECT_EQ(All(cut).size(), 2u);
  EXPECT_FALSE(Has("00000000000000000004.log"));
}

TEST_F(LogLoaderTest, ADirectoryThatCannotBeReadIsAnErrorThatNamesIt) {
  MustAppend(Create(), {});
  RestartProcess();
  world_.driver().disk_faults().read_error_probability = 1;
  const Status refused = OpenError();
  EXPECT_FALSE(refused.ok());
  EXPECT_NE(MessageOf(refused).find("opening orders-0"), std::string_view::npos) << refused;
  world_.driver().disk_faults().read_error_probability = 0;
  EXPECT_EQ(Open().log_end_offset(), Offset(1)) << "nothing was changed by the attempt";
}

}  // namespace
}  // namespace penstock
