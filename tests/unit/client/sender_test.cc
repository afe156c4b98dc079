// What the sender does with what brokers say, told through a producer.
#include "client/sender.h"

#include <gtest/gtest.h>

#include "tests/unit/client/producer_world.h"

namespace penstock {
namespace {

class SenderTest : public ProducerWorld {
 public:
  // Appends records "a", "b", "c" ..., each of which is a batch of its own where batch.size is 0.
  static Task<> Append(ProducerWorld& test, int count) {
    for (int i = 0; i < count; ++i) {
      const std::string value(1, static_cast<char>('a' + i));
      const ProducerRecord record = Record(value);
      DeliveryHandler handler = test.Note(value);
      const Status taken = co_await test.producer->Append(record, std::move(handler));
      EXPECT_TRUE(taken.ok()) << taken;
    }
  }
  static Task<> AppendThreeAndFlush(ProducerWorld& test) {
    co_await Append(test, 3);
    co_await test.producer->Flush();
  }
};

TEST_F(SenderTest, DeliversABatchOnce) {
  Run(AppendThreeAndFlush);
  EXPECT_EQ(results, (Results{"a@0", "b@1", "c@2"}));
  EXPECT_EQ(acks_seen, -1);
  ASSERT_FALSE(batches.empty());
  EXPECT_EQ(batches.front().producer_id, ProducerId(77));
  EXPECT_EQ(batches.front().base_sequence, Sequence(0));
}

TEST_F(SenderTest, SendsAgainInOrderWhatFailedForATime) {
  config.batch_bytes = 0;
  refusals = {nullptr, Error(ErrorCode::kNotEnoughReplicas),
              Error(ErrorCode::kOutOfOrderSequenceNumber)};
  Run(AppendThreeAndFlush);
  EXPECT_EQ(results, (Results{"a@0", "b@1", "c@2"}));
  ASSERT_EQ(batches.size(), 5U);
  const int32_t sequences[] = {0, 1, 2, 1, 2};
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(batches[i].base_sequence, Sequence(sequences[i]));
    EXPECT_EQ(batches[i].epoch, ProducerEpoch(0));
  }
}

TEST_F(SenderTest, NothingOvertakesTheFirstBatchOfAPartition) {
  config.batch_bytes = 0;
  refusals = {Error(ErrorCode::kUnknownTopicOrPartition)};  // its leader is not there yet
  Run(AppendThreeAndFlush);
  EXPECT_EQ(results, (Results{"a@0", "b@1", "c@2"}));
  ASSERT_EQ(batches.size(), 4U);
  EXPECT_EQ(batches[1].base_sequence, Sequence(0)) << "a broker that knows no sequence takes any";
}

TEST_F(SenderTest, TakesTheNextEpochWhenTheBrokerForgotTheProducer) {
  config.batch_bytes = 0;
  const Refusal forgotten = [](PartitionAnswer& answer) {
    answer.error_code = ErrorCode::kUnknownProducerId;
    answer.log_start_offset = Offset(5);
  };
  refusals = {nullptr, forgotten, forgotten};
  Run(AppendThreeAndFlush);
  EXPECT_EQ(results, (Results{"a@0", "b@1", "c@2"}));
  EXPECT_EQ(batches.back().epoch, ProducerEpoch(1));
  EXPECT_EQ(batches.back().base_sequence, Sequence(1));
}

TEST_F(SenderTest, GoesToTheNewLeader) {
  const Refusal moved = [this](PartitionAnswer& answer) {
    answer.error_code = ErrorCode::kNotLeaderOrFollower;
    leader = NodeId(2);
    leader_epoch = LeaderEpoch(1);
  };
  refusals = {moved};
  Run(AppendThreeAndFlush);
  EXPECT_EQ(results, (Results{"a@0", "b@1", "c@2"}));
  EXPECT_EQ(batches.front().broker, NodeId(1));
  EXPECT_EQ(batches.back().broker, NodeId(2));
}

TEST_F(SenderTest, SplitsABatchThatTheTopicDoesNotTake) {
  config.linger = Milliseconds(5);
  refusals = {Error(ErrorCode::kMessageTooLarge)};
  Run(AppendThreeAndFlush);
  EXPECT_EQ(results, (Results{"a@0", "b@1", "c@2"}));
  EXPECT_EQ(batches.front().values, (Results{"a", "b", "c"}));
  EXPECT_GT(batches.size(), 2U);
  EXPECT_EQ(batches.back().values.back(), "c");
}

TEST_F(SenderTest, FailsARecordThatIsTooLargeAlone) {
  config.batch_bytes = 0;
  refusals = {Error(ErrorCode::kMessageTooLarge)};
  Run(AppendThreeAndFlush);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results[0], "a:MESSAGE_TOO_LARGE");
  // Its place in the sequence stays empty, and the others are written all the same.
  EXPECT_EQ(results[1], "b@0");
  EXPECT_EQ(results[2], "c@1");
}

TEST_F(SenderTest, TellsWhichRecordOfABatchIsWrong) {
  config.linger = Milliseconds(5);
  refusals = {[](PartitionAnswer& answer) {
    answer.error_code = ErrorCode::kInvalidTimestamp;
    auto& wrong = answer.record_errors.emplace_back();
    wrong.batch_index = 1;
    wrong.batch_index_error_message = "too far in the future";
  }};
  Run(AppendThreeAndFlush);
  EXPECT_EQ(results,
            (Results{"a:INVALID_TIMESTAMP", "b:INVALID_TIMESTAMP", "c:INVALID_TIMESTAMP"}));
  EXPECT_NE(last_error.find("another record of the same batch was refused"), std::string::npos);
  EXPECT_NE(last_error.find("too far in the future"), std::string::npos);
}

TEST_F(SenderTest, ADuplicateIsDelivered) {
  refusals = {Error(ErrorCode::kDuplicateSequenceNumber)};
  config.linger = Milliseconds(5);
  Run(AppendThreeAndFlush);
  EXPECT_EQ(results, (Results{"a@-1", "b@-1", "c@-1"}));
}

TEST_F(SenderTest, AsksNobodyWithAcksZero) {
  config.acks = Acks::kNone;
  config.enable_idempotence = false;
  Run(AppendThreeAndFlush);
  EXPECT_EQ(results, (Results{"a@-1", "b@-1", "c@-1"}));
  EXPECT_EQ(acks_seen, 0);
  EXPECT_EQ(batches.front().producer_id, kNoProducerId);
}

TEST_F(SenderTest, SaysWhyARecordExpired) {
  config.delivery_timeout = Milliseconds(300);
  config.request_timeout = Milliseconds(100);
  for (int i = 0; i < 200; ++i) refusals.push_back(Error(ErrorCode::kNotEnoughReplicas));
  Run(AppendThreeAndFlush);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results.front(), "a:REQUEST_TIMED_OUT");
  EXPECT_NE(last_error.find("of rivers-0 were not delivered within delivery.timeout.ms=300"),
            std::string::npos)
      << last_error;
  EXPECT_NE(last_error.find("Fewer replicas are in sync"), std::string::npos) << last_error;
}

// Also when those behind it expire in the same moment.
TEST_F(SenderTest, RecordsExpireInTheirOrder) {
  config.delivery_timeout = Milliseconds(300);
  config.request_timeout = Milliseconds(10'000);
  config.batch_bytes = 0;
  config.max_in_flight = 1;
  silent = true;
  Run(AppendThreeAndFlush);
  EXPECT_EQ(results,
            (Results{"a:REQUEST_TIMED_OUT", "b:REQUEST_TIMED_OUT", "c:REQUEST_TIMED_OUT"}));
}

TEST_F(SenderTest, ATopicThatIsTakenAwayFailsWhatWaitsForIt) {
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      test.refusals = {[&test](PartitionAnswer& answer) {
        answer.error_code = ErrorCode::kNotLeaderOrFollower;
        test.leader = NodeId(2);
        test.topic_error = ErrorCode::kTopicAuthorizationFailed;
      }};
      co_await AppendThreeAndFlush(test);
      EXPECT_LT(test.runtime.clock.Now(), Instant{.since_start = Milliseconds(5'000)});
    }
  };
  Run(Story::Tell);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results.front(), "a:TOPIC_AUTHORIZATION_FAILED");
}

TEST_F(SenderTest, ARecordOnTheWireExpiresToo) {
  config.delivery_timeout = Milliseconds(300);
  config.request_timeout = Milliseconds(10'000);
  silent = true;
  Run(AppendThreeAndFlush);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results.front(), "a:REQUEST_TIMED_OUT");
}

TEST_F(SenderTest, StopsAfterItsRetries) {
  config.retries = 2;
  config.batch_bytes = 0;
  config.max_in_flight = 1;
  for (int i = 0; i < 3; ++i) refusals.push_back(Error(ErrorCode::kNotEnoughReplicas));
  Run(AppendThreeAndFlush);
  EXPECT_EQ(results, (Results{"a:NOT_ENOUGH_REPLICAS", "b@0", "c@1"}));
}

TEST_F(SenderTest, AProducerThatMayNotWriteFailsItsRecords) {
  identity_error = ErrorCode::kClusterAuthorizationFailed;
  Run(AppendThreeAndFlush);
  EXPECT_EQ(results, (Results{"a:CLUSTER_AUTHORIZATION_FAILED", "b:CLUSTER_AUTHORIZATION_FAILED",
                              "c:CLUSTER_AUTHORIZATION_FAILED"}));
  EXPECT_EQ(requests, 0);
}

TEST_F(SenderTest, SurvivesABrokerThatGoesAndComesBack) {
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      co_await Append(test, 1);
      co_await test.producer->Flush();
      test.first.Kill();
      co_await Append(test, 2);
      co_await test.Sleep(200);
      EXPECT_EQ(test.results, Results{"a@0"});
      test.first.Start();
      co_await test.producer->Flush();
    }
  };
  Run(Story::Tell);
  EXPECT_EQ(results, (Results{"a@0", "a@1", "b@2"}));
}

}  // namespace
}  // namespace penstock
