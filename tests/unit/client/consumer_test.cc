#include "client/consumer.h"

#include "client/connect_step.h"
#include "tests/unit/client/consumer_world.h"

namespace penstock {
namespace {

class ConsumerTest : public ConsumerWorld {};
using Results = ConsumerWorld::Results;

TEST_F(ConsumerTest, ReadsItsPartitionsInOrderFromTheBeginning) {
  for (const int partition : {0, 1}) {
    Append(partition, 3);
    Append(partition, 2);
  }
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(2));
      EXPECT_EQ(test.consumer->assignment(), All(2));
      Results results = co_await test.ReadFor(100);
      EXPECT_EQ(results, (Results{"0:0-2", "0:3-4", "1:0-2", "1:3-4"}));
      EXPECT_EQ(test.consumer->Position(P(0)), Offset(5));
      EXPECT_EQ(test.consumer->Ends(P(1))->high_watermark, Offset(5));
      test.Append(1, 4);
      results = co_await test.ReadFor(100);
      EXPECT_EQ(results, (Results{"1:5-8"}));
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, TheDefaultBeginsAtTheEnd) {
  config.auto_offset_reset.kind = OffsetReset::Kind::kLatest;
  Append(0, 3);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      EXPECT_EQ(test.consumer->Position(P(0)), std::nullopt);
      const auto position = co_await test.consumer->AwaitPosition(P(0), test.In(1'000));
      EXPECT_EQ(*position, Offset(3));
      test.Append(0, 1);
      const std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:3-3");
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, ByDurationBeginsAtARecordThatIsNotOlder) {
  Append(0, 9);
  const int64_t now = runtime.clock.WallNow().value();
  config.auto_offset_reset.kind = OffsetReset::Kind::kByDuration;
  config.auto_offset_reset.age = Milliseconds(now - 4'500);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      const std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:5-8");
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, WithoutAPolicyAPartitionWithoutAPositionIsAnError) {
  config.auto_offset_reset.kind = OffsetReset::Kind::kNone;
  Append(0, 3);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "OFFSET_OUT_OF_RANGE");
      EXPECT_NE(test.last_error.find("rivers-0"), std::string::npos) << test.last_error;
      const auto position = co_await test.consumer->AwaitPosition(P(0), test.In(1'000));
      EXPECT_EQ(ErrorCodeOf(position.status()), ErrorCode::kOffsetOutOfRange);
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(1)).ok());
      next = co_await test.Next();
      EXPECT_EQ(next, "0:1-2");
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, WhoSeeksAtOnceNeedsNoPolicy) {
  config.auto_offset_reset.kind = OffsetReset::Kind::kNone;
  Append(0, 3);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(2)).ok());
      EXPECT_EQ(test.consumer->Position(P(0)), Offset(2));
      const Results results = co_await test.ReadFor(100);
      EXPECT_EQ(results, (Results{"0:2-2"}));
      EXPECT_TRUE(test.offsets_asked.empty());
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, SeekGoesBackAndForth) {
  for (int i = 0; i < 4; ++i) Append(0, 5);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-4");
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(17)).ok());
      next = co_await test.Next();
      EXPECT_EQ(next, "0:17-19");
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(4)).ok());
      const Results results = co_await test.ReadFor(100);
      EXPECT_EQ(results, (Results{"0:4-4", "0:5-9", "0:10-14", "0:15-19"}));
      EXPECT_FALSE(test.consumer->Seek(P(0), Offset(-1)).ok());
      EXPECT_FALSE(test.consumer->Seek(P(7), Offset(0)).ok());
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, SeekToATimeToTheEndAndToTheBeginning) {
  for (const int partition : {0, 1}) Append(partition, 10);
  logs[PartitionId(1)].start = Offset(4);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(2));
      Status sought =
          co_await test.consumer->SeekToTime(All(2), TimestampMs(2'001), test.In(1'000));
      EXPECT_TRUE(sought.ok()) << sought;
      EXPECT_EQ(test.consumer->Position(P(0)), Offset(3));
      EXPECT_EQ(test.consumer->Position(P(1)), Offset(4));
      sought = co_await test.consumer->SeekToEnd(All(1), test.In(1'000));
      EXPECT_EQ(test.consumer->Position(P(0)), Offset(10));
      EXPECT_EQ(test.consumer->Position(P(1)), Offset(4));
      sought = co_await test.consumer->SeekToBeginning(All(2), test.In(1'000));
      EXPECT_EQ(test.consumer->Position(P(0)), Offset(0));
      EXPECT_EQ(test.consumer->Position(P(1)), Offset(4));
      sought = co_await test.consumer->SeekToTime(All(1), TimestampMs(99'000), test.In(1'000));
      EXPECT_EQ(test.consumer->Position(P(0)), Offset(10));  // no record is as late
      sought = co_await test.consumer->SeekToEnd(All(3), test.In(1'000));
      EXPECT_EQ(sought.code(), StatusCode::kFailedPrecondition);
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, AfterTheCallOfASeekNothingOldIsHandedOut) {
  for (int i = 0; i < 4; ++i) Append(0, 5);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      co_await test.Sleep(50);
      EXPECT_TRUE(test.consumer->StartSeekToTime(All(1), kLatestOffset).ok());
      EXPECT_FALSE(test.consumer->TryNext().has_value());
      const Results results = co_await test.ReadFor(100);
      EXPECT_EQ(results, Results());
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, ASeekThatFindsNobodyEndsAtItsDeadlineAndGoesOn) {
  Append(0, 3);
  offset_errors.assign(50, ErrorCode::kLeaderNotAvailable);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      const Status sought = co_await test.consumer->SeekToEnd(All(1), test.In(200));
      EXPECT_EQ(ErrorCodeOf(sought), ErrorCode::kRequestTimedOut);
      EXPECT_NE(MessageOf(sought).find("rivers-0"), std::string_view::npos) << sought;
      test.offset_errors.clear();
      co_await test.Sleep(1'500);
      EXPECT_EQ(test.consumer->Position(P(0)), Offset(3));
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, WhoWaitsForAPositionIsToldWhatKeepsThePartition) {
  topic_exists = false;
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      auto position = co_await test.consumer->AwaitPosition(P(0), test.In(2'000));
      EXPECT_EQ(ErrorCodeOf(position.status()), ErrorCode::kRequestTimedOut);
      EXPECT_NE(MessageOf(position.status()).find("does not host"), std::string_view::npos)
          << position.status();
      test.first.Kill();
      test.second.Kill();
      position = co_await test.consumer->AwaitPosition(P(0), test.In(2'000));
      EXPECT_EQ(ErrorCodeOf(position.status()), ErrorCode::kRequestTimedOut);
      EXPECT_EQ(FailedStepOf(position.status()), ConnectStep::kConnect) << position.status();
      position = co_await test.consumer->AwaitPosition(P(9), test.In(2'000));
      EXPECT_EQ(position.status().code(), StatusCode::kFailedPrecondition);
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, APausedPartitionWaitsWithWhatWasReadAhead) {
  for (const int partition : {0, 1}) {
    for (int i = 0; i < 2; ++i) Append(partition, 2);
  }
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(2));
      const std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-1");
      EXPECT_TRUE(test.consumer->Pause(All(1)).ok());
      EXPECT_EQ(test.consumer->paused(), All(1));
      Results results = co_await test.ReadFor(100);
      EXPECT_EQ(results, (Results{"1:0-1", "1:2-3"}));
      test.Append(0, 5);
      test.Append(1, 1);
      results = co_await test.ReadFor(100);
      EXPECT_EQ(results, (Results{"1:4-4"}));
      EXPECT_TRUE(test.consumer->Resume(All(1)).ok());
      results = co_await test.ReadFor(100);
      EXPECT_EQ(results, (Results{"0:2-3", "0:4-8"}));
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, AnotherAssignmentKeepsThePositionsOfWhatStays) {
  for (const int partition : {0, 1, 2}) {
    for (int i = 0; i < 2; ++i) Append(partition, 2);
  }
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(2));
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-1");
      std::vector<TopicPartitionName> other{P(2), P(0)};
      test.consumer->Assign(other);
      Results results = co_await test.ReadFor(200);
      EXPECT_EQ(results, (Results{"0:2-3", "2:0-1", "2:2-3"}));
      test.consumer->Assign(All(2));
      results = co_await test.ReadFor(200);
      EXPECT_EQ(results, (Results{"1:0-1", "1:2-3"}));
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, WhoGivesUpWaitingLosesNothing) {
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      Results results;
      for (int i = 0; i < 60; ++i) {
        test.Append(0, 1);
        auto next = test.consumer->Next();
        const Instant soon = test.runtime.clock.Now() + Microseconds(3'000 + 137 * i);
        const auto batch = co_await Before(test.runtime.timers, soon, std::move(next));
        if (batch.has_value()) results.push_back(test.Describe(*batch));
      }
      const Results rest = co_await test.ReadFor(200);
      EXPECT_GT(results.size(), 5u);
      EXPECT_LT(results.size(), 60u);
      results.insert(results.end(), rest.begin(), rest.end());
      for (size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i], StrCat("0:", i, "-", i));
      EXPECT_EQ(results.size(), 60u);
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, PollTakesWhatIsThereUpToALimit) {
  for (int i = 0; i < 4; ++i) Append(0, 5);
  struct Story {
    static Task<Results> Poll(ConsumerWorld& test, size_t bytes_max) {
      Results results;
      const auto batches = co_await test.consumer->Poll(bytes_max, test.In(50));
      EXPECT_TRUE(batches.ok()) << batches.status();
      for (const FetchedBatch& batch : *batches) results.push_back(test.Describe(batch));
      co_return results;
    }
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      Results results = co_await Poll(test, 1);
      EXPECT_EQ(results, (Results{"0:0-4"}));
      results = co_await Poll(test, 200);
      EXPECT_EQ(results, (Results{"0:5-9", "0:10-14"}));
      results = co_await Poll(test, 1'000'000);
      EXPECT_EQ(results, (Results{"0:15-19"}));
      const Instant begin = test.runtime.clock.Now();
      results = co_await Poll(test, 1'000'000);
      EXPECT_EQ(results, Results());
      EXPECT_EQ(test.runtime.clock.Now() - begin, Milliseconds(50));
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, OffsetsAreToldWithoutMoving) {
  Append(0, 10);
  logs[PartitionId(0)].start = Offset(2);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      const auto begins = co_await test.consumer->BeginningOffsets(All(1), test.In(1'000));
      EXPECT_EQ(begins[0].offset, Offset(2));
      const auto ends = co_await test.consumer->EndOffsets(All(1), test.In(1'000));
      EXPECT_EQ(ends[0].offset, Offset(10));
      std::vector<OffsetQuery> queries(1);
      queries[0].partition = P(0);
      queries[0].timestamp = TimestampMs(4'500);
      const auto at = co_await test.consumer->OffsetsForTimes(std::move(queries), test.In(1'000));
      EXPECT_EQ(at[0].offset, Offset(5));
      EXPECT_TRUE(test.consumer->assignment().empty());
    }
  };
  Run(Story::Tell);
}

TEST_F(ConsumerTest, CloseEndsWhoeverWaitsAndTheSession) {
  Append(0, 1);
  struct Story {
    static Task<> Wait(ConsumerWorld& test, Results& results) {
      const auto batch = co_await test.consumer->Next();
      results.push_back(test.Describe(batch));
      EXPECT_EQ(batch.status().code(), StatusCode::kCancelled);
    }
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      const std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-0");
      Results results;
      TaskGroup waiting(test.runtime.executor, [](const Status&) {});
      waiting.Start(Wait(test, results));
      co_await test.Sleep(10);
      co_await test.consumer->Close();
      test.closed = true;
      co_await waiting.Join();
      EXPECT_EQ(results.size(), 1u);
      co_await test.Sleep(50);
      EXPECT_EQ(test.closed_sessions, 1);
    }
  };
  Run(Story::Tell);
}

}  // namespace
}  // namespace penstock
