#include "client/fetcher.h"

#include "record/control_record.h"
#include "tests/unit/client/consumer_world.h"

namespace penstock {
namespace {

// What a consumer does when brokers say no, move, or fall silent.
class FetcherTest : public ConsumerWorld {};
using Results = ConsumerWorld::Results;

TEST_F(FetcherTest, ALeaderThatMovedIsFollowedToWhereTheAnswerPoints) {
  Append(0, 2);
  logs[PartitionId(0)].names_leader = true;
  options.metadata_age_max = std::chrono::hours(1);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-1");
      test.MoveLeader(0, NodeId(2));
      test.Append(0, 3);
      const size_t asked = test.first.CountOf(ApiKey::kMetadata);
      next = co_await test.Next();
      EXPECT_EQ(next, "0:2-4");
      EXPECT_EQ(test.first.CountOf(ApiKey::kMetadata), asked);
      EXPECT_EQ(test.validations, 1);
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, ALeaderThatMovedIsLookedForWhereTheAnswerDoesNotSay) {
  Append(0, 2);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-1");
      test.MoveLeader(0, NodeId(2));
      test.Append(0, 3);
      next = co_await test.Next();
      EXPECT_EQ(next, "0:2-4");
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, ALeaderThatIsStillTheSameInANewEpochIsValidatedToo) {
  Append(0, 2);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-1");
      test.MoveLeader(0, NodeId(1));  // FENCED_LEADER_EPOCH
      test.Append(0, 1);
      next = co_await test.Next();
      EXPECT_EQ(next, "0:2-2");
      EXPECT_EQ(test.validations, 1);
    }
  };
  Run(Story::Tell);
}

// The new leader has other records from offset 3 on.
void Truncate(ConsumerWorld& test) {
  ConsumerWorld::Log& log = test.logs[PartitionId(0)];
  test.MoveLeader(0, NodeId(2));
  log.epoch_ends[LeaderEpoch(0)] = Offset(3);
  log.batches = {ConsumerWorld::BatchOf(Offset(0), 3, LeaderEpoch(0)),
                 ConsumerWorld::BatchOf(Offset(3), 7, LeaderEpoch(1))};
  log.end = Offset(10);
}

TEST_F(FetcherTest, ATruncatedLogIsReadFromWhereItParts) {
  Append(0, 5);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-4");
      Truncate(test);
      next = co_await test.Next();
      EXPECT_EQ(next, "0:3-9");
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, WithoutAPolicyATruncatedLogIsAnError) {
  Append(0, 5);
  config.auto_offset_reset.kind = OffsetReset::Kind::kNone;
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(0)).ok());
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-4");
      Truncate(test);
      next = co_await test.Next();
      EXPECT_EQ(next, "OFFSET_OUT_OF_RANGE");
      EXPECT_NE(test.last_error.find("rivers-0 was truncated below position 5"), std::string::npos)
          << test.last_error;
      EXPECT_NE(test.last_error.find("up to offset 3"), std::string::npos) << test.last_error;
      next = co_await test.Next();  // and again, until somebody decides
      EXPECT_EQ(next, "OFFSET_OUT_OF_RANGE");
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(3)).ok());
      const Results results = co_await test.ReadFor(200);
      EXPECT_EQ(results, (Results{"0:3-9"}));
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, ASeekWithAnEpochIsValidated) {
  Append(0, 5);
  MoveLeader(0, NodeId(1));
  logs[PartitionId(0)].epoch_ends[LeaderEpoch(0)] = Offset(5);
  Append(0, 5);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(7), LeaderEpoch(0)).ok());
      const std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:5-9");
      EXPECT_EQ(test.validations, 1);
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, ABrokerThatTellsNothingOfEpochsIsBelieved) {
  Append(0, 2);
  first.serves.erase(ApiKey::kOffsetForLeaderEpoch);
  second.serves[ApiKey::kOffsetForLeaderEpoch] = {0, 2};
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(1), LeaderEpoch(0)).ok());
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:1-1");
      test.MoveLeader(0, NodeId(2));
      test.Append(0, 1);
      next = co_await test.Next();
      EXPECT_EQ(next, "0:2-2");
      EXPECT_EQ(test.validations, 0);
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, APositionOutOfTheLogIsResetByThePolicy) {
  Append(0, 5);
  Append(0, 5);
  logs[PartitionId(0)].start = Offset(5);
  logs[PartitionId(0)].batches.erase(logs[PartitionId(0)].batches.begin());
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(2)).ok());
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:5-9");
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(99)).ok());
      next = co_await test.Next();
      EXPECT_EQ(next, "0:5-9");
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, WithoutAPolicyAPositionOutOfTheLogIsAnErrorThatNamesIt) {
  Append(0, 5);
  config.auto_offset_reset.kind = OffsetReset::Kind::kNone;
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(99)).ok());
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "OFFSET_OUT_OF_RANGE");
      EXPECT_NE(test.last_error.find("position 99 of rivers-0"), std::string::npos)
          << test.last_error;
      EXPECT_EQ(test.consumer->Position(P(0)), Offset(99));
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(4)).ok());
      next = co_await test.Next();
      EXPECT_EQ(next, "0:4-4");
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, AnErrorOfOnePartitionDoesNotStopTheOthers) {
  for (const int partition : {0, 1}) Append(partition, 2);
  logs[PartitionId(0)].errors.assign(2, ErrorCode::kTopicAuthorizationFailed);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(2));
      const Results results = co_await test.ReadFor(500);
      const Results expected{"TOPIC_AUTHORIZATION_FAILED", "1:0-1", "TOPIC_AUTHORIZATION_FAILED",
                             "0:0-1"};
      EXPECT_EQ(results, expected);  // told each time that it is met, and gone when it is over
      EXPECT_NE(test.last_error.find("rivers-0"), std::string::npos) << test.last_error;
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, ErrorsThatPassAreNotTold) {
  Append(0, 2);
  Log& log = logs[PartitionId(0)];
  log.errors = {ErrorCode::kUnknownTopicOrPartition, ErrorCode::kUnknownTopicId,
                ErrorCode::kInconsistentTopicId,     ErrorCode::kUnknownLeaderEpoch,
                ErrorCode::kOffsetNotAvailable,      ErrorCode::kKafkaStorageError,
                ErrorCode::kUnknownServerError,      ErrorCode::kReplicaNotAvailable};
  offset_errors = {ErrorCode::kLeaderNotAvailable, ErrorCode::kUnknownServerError};
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      const Results results = co_await test.ReadFor(10'000);
      EXPECT_EQ(results, (Results{"0:0-1"}));
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, ABrokenBatchIsToldUntilSomebodySeeksPastIt) {
  Append(0, 2);
  Append(0, 2);
  Append(0, 2);
  Slice& broken = logs[PartitionId(0)].batches[1];
  broken.mutable_data()[broken.size() - 1] ^= 1;
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      Results results = co_await test.ReadFor(50);
      EXPECT_GE(results.size(), 3u);
      EXPECT_EQ(results[0], "0:0-1");
      EXPECT_EQ(results[1], "CORRUPT_MESSAGE");
      EXPECT_EQ(results[2], "CORRUPT_MESSAGE");
      EXPECT_EQ(test.consumer->Position(P(0)), Offset(2));
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(4)).ok());
      results = co_await test.ReadFor(100);
      EXPECT_EQ(results, (Results{"0:4-5"}));
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, ABrokerThatComesBackIsReadFurther) {
  Append(0, 2);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-1");
      test.first.Kill();
      co_await test.Sleep(300);
      test.sessions.clear();
      test.Append(0, 2);
      test.first.Start();
      next = co_await test.Next();
      EXPECT_EQ(next, "0:2-3");
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, ASessionThatTheBrokerForgotIsMadeAnewAtOnce) {
  Append(0, 2);
  config.retry_backoff = Milliseconds(5'000);
  config.retry_backoff_max = Milliseconds(5'000);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-1");
      test.sessions.clear();
      test.Append(0, 2);
      next = co_await test.Next();
      EXPECT_EQ(next, "0:2-3");
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, AfterALostRequestNobodyKnowsWhatTheBrokerKnows) {
  Append(0, 2);
  config.request_timeout = Milliseconds(50);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-1");
      test.lost_fetches = 1;
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(1)).ok());
      next = co_await test.Next();
      EXPECT_EQ(next, "0:1-1");
      EXPECT_EQ(test.full_fetches, (Results{"broker 1: 0@0", "broker 1: 0@1"}));
    }
  };
  Run(Story::Tell);
}

// A fetch of one partition alone may take long; the others would have to wait for its end.
TEST_F(FetcherTest, TheFirstFetchWaitsForThePositionsThatAreBeingLookedUp) {
  for (const int partition : {0, 1}) Append(partition, 2);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(2));
      EXPECT_TRUE(test.consumer->Seek(P(0), Offset(1)).ok());
      const Results results = co_await test.ReadFor(100);
      EXPECT_EQ(results, (Results{"0:1-1", "1:0-1"}));
      EXPECT_EQ(test.full_fetches, (Results{"broker 1: 0@1 1@0"}));
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, AnErrorThatNobodyHasHeardIsNotSaidAgain) {
  config.auto_offset_reset.kind = OffsetReset::Kind::kNone;
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      co_await test.Sleep(2'000);
      EXPECT_EQ(test.Describe(*test.consumer->TryNext()), "OFFSET_OUT_OF_RANGE");
      EXPECT_FALSE(test.consumer->TryNext().has_value());
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, ATopicWithoutAnIdIsFetchedByName) {
  for (ScriptedBroker* broker : {&first, &second}) broker->serves[ApiKey::kMetadata] = {4, 9};
  Append(0, 2);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      const std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-1");
      int16_t version = -1;
      for (const ScriptedBroker::Seen& seen : test.first.seen) {
        if (seen.api == ApiKey::kFetch) version = seen.version;
      }
      EXPECT_EQ(version, 12);
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, ATopicThatIsMadeLaterIsRead) {
  topic_exists = false;
  Append(0, 2);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      Results results = co_await test.ReadFor(500);
      EXPECT_EQ(results, Results());
      test.topic_exists = true;
      const std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-1");
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, OldBrokersAreAskedByName) {
  for (ScriptedBroker* broker : {&first, &second}) broker->serves[ApiKey::kFetch] = {4, 11};
  Append(0, 2);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      const std::string next = co_await test.Next();
      EXPECT_EQ(next, "0:0-1");
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, WhileOneAnswerIsReadTheNextOneIsFetched) {
  for (int i = 0; i < 10; ++i) Append(0, 5);
  config.partition_fetch_bytes_max = 400;  // two batches
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      co_await test.Sleep(100);
      const int ahead = test.fetches;
      EXPECT_EQ(ahead, 2);  // and no more, while nobody takes anything
      EXPECT_TRUE(test.consumer->TryNext().has_value());
      EXPECT_TRUE(test.consumer->TryNext().has_value());
      co_await test.Sleep(100);
      EXPECT_EQ(test.fetches, ahead + 1);
      const Results rest = co_await test.ReadFor(100);
      EXPECT_EQ(rest.size(), 8u);
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, WhatIsReadAheadOfABrokerIsBounded) {
  for (int partition = 0; partition < 20; ++partition) {
    for (int i = 0; i < 20; ++i) Append(partition, 20);
  }
  config.fetch_bytes_max = 20'000;
  config.partition_fetch_bytes_max = 10'000;
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(20));
      co_await test.Sleep(2'000);
      EXPECT_GT(test.fetched_bytes, 8'000u);
      EXPECT_LT(test.fetched_bytes, 21'000u);
      EXPECT_EQ(test.fetches, 1);  // the little room that is left is not worth a request
      const Results results = co_await test.ReadFor(5'000);
      EXPECT_EQ(results.size(), 400u);
      // No partition waits for the end of another one.
      std::set<std::string> early;
      for (size_t i = 0; i < 200; ++i) early.insert(results[i].substr(0, results[i].find(':')));
      EXPECT_GT(early.size(), 10u);
    }
  };
  Run(Story::Tell);
}

TEST_F(FetcherTest, ABatchLargerThanAllLimitsComesAllTheSame) {
  Append(0, 500);
  Append(0, 1);
  config.fetch_bytes_max = 100;
  config.partition_fetch_bytes_max = 50;
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      const Results results = co_await test.ReadFor(200);
      EXPECT_EQ(results, (Results{"0:0-499", "0:500-500"}));
    }
  };
  Run(Story::Tell);
}

Slice MarkerAt(Offset offset) {
  EndTransactionBatchOptions marker;
  marker.base_offset = offset;
  marker.producer_id = ProducerId(9);
  marker.producer_epoch = ProducerEpoch(0);
  marker.timestamp = TimestampMs(0);
  return BuildEndTransactionBatch(marker, {});
}

TEST_F(FetcherTest, ReadCommittedPassesAbortedTransactionsAndTheirEnds) {
  config.read_committed = true;
  Log& log = logs[PartitionId(0)];
  Append(0, 1);
  BatchOptions lost;
  lost.base_offset = Offset(1);
  lost.producer_id = ProducerId(9);
  lost.producer_epoch = ProducerEpoch(0);
  lost.base_sequence = Sequence(0);
  lost.is_transactional = true;
  BatchBuilder builder(lost);
  builder.Append({.timestamp = TimestampMs(0), .value = AsBytes("lost")});
  log.batches.push_back(*builder.Build());
  log.batches.push_back(MarkerAt(Offset(2)));
  log.end = Offset(3);
  log.aborted = {{ProducerId(9), Offset(1), {}}};
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.consumer->Assign(All(1));
      const Results results = co_await test.ReadFor(100);
      EXPECT_EQ(results, (Results{"0:0-0"}));
      EXPECT_EQ(test.consumer->Position(P(0)), Offset(3));
      EXPECT_EQ(test.isolation_level, 1);
      test.logs[PartitionId(0)].batches.push_back(MarkerAt(Offset(3)));
      test.logs[PartitionId(0)].end = Offset(4);
      const Instant deadline = test.In(10'000);
      const auto none = co_await test.consumer->Poll(1'000, deadline);
      EXPECT_TRUE(none.ok() && none->empty()) << none.status();
      EXPECT_LT(test.runtime.clock.Now(), deadline);  // the position moved, which may be the end
      EXPECT_EQ(test.consumer->Position(P(0)), Offset(4));
    }
  };
  Run(Story::Tell);
}

}  // namespace
}  // namespace penstock
