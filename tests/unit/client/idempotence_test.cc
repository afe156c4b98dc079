#include "client/idempotence.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace penstock {
namespace {

constexpr ProducerId kId{500};

class IdempotenceTest : public ::testing::Test {
 protected:
  IdempotenceTest() {
    idempotence_.SetIdentity(ProducerIdentity{.id = kId, .epoch = ProducerEpoch(0)});
  }
  ~IdempotenceTest() override {
    for (const auto& batch : batches_) batch->Fail(Cancelled("the test is over"));
  }

  ProducerBatch& Batch(int records) {
    batches_.push_back(std::make_unique<ProducerBatch>(
        batches_.size() + 1, PartitionId(0), Compression(), Instant(), Semaphore::Permit()));
    for (int i = 0; i < records; ++i) {
      batches_.back()->Append(NewRecord{.timestamp = TimestampMs(1)},
                              [](const StatusOr<RecordMetadata>&) {});
    }
    return *batches_.back();
  }
  ProducerBatch& Sent(PartitionSequences& partition, int records) {
    ProducerBatch& batch = Batch(records);
    EXPECT_TRUE(idempotence_.MaySend(partition, batch));
    idempotence_.Send(partition, batch);
    EXPECT_TRUE(batch.Close().ok());
    return batch;
  }
  bool Refused(PartitionSequences& partition, ProducerBatch& batch, ErrorCode error) {
    return idempotence_.MayRetry(partition, batch, error, Offset(0));
  }

  Idempotence idempotence_;
  PartitionSequences rivers_;
  PartitionSequences lakes_;
  std::vector<std::unique_ptr<ProducerBatch>> batches_;
};

constexpr ErrorCode kGap = ErrorCode::kOutOfOrderSequenceNumber;

TEST_F(IdempotenceTest, GivesBatchesTheirPlacesInOrder) {
  EXPECT_EQ(Sent(rivers_, 3).base_sequence(), Sequence(0));
  EXPECT_EQ(Sent(rivers_, 2).base_sequence(), Sequence(3));
  EXPECT_EQ(Sent(lakes_, 1).base_sequence(), Sequence(0));
  EXPECT_EQ(Sent(rivers_, 1).base_sequence(), Sequence(5));
}

TEST_F(IdempotenceTest, SendsNothingWithoutAnIdentity) {
  idempotence_.ForgetIdentity();
  EXPECT_FALSE(idempotence_.MaySend(rivers_, Batch(1)));
}

TEST_F(IdempotenceTest, KeepsNoMoreBatchesPendingThanBrokersRemember) {
  for (int i = 0; i < 5; ++i) Sent(rivers_, 1);
  EXPECT_FALSE(idempotence_.MaySend(rivers_, Batch(1)));
  idempotence_.Delivered(rivers_, *batches_[0]);
  EXPECT_TRUE(idempotence_.MaySend(rivers_, Batch(1)));
}

TEST_F(IdempotenceTest, SendsAgainOneByOneWithTheSamePlaces) {
  ProducerBatch& first = Sent(rivers_, 1);
  ProducerBatch& second = Sent(rivers_, 1);
  EXPECT_TRUE(Refused(rivers_, first, ErrorCode::kNotLeaderOrFollower));
  // It follows a batch that is not there yet: no hole.
  EXPECT_TRUE(Refused(rivers_, second, kGap));
  idempotence_.Settle();
  EXPECT_FALSE(idempotence_.MaySend(rivers_, second));
  EXPECT_TRUE(idempotence_.MaySend(rivers_, first));
  idempotence_.Send(rivers_, first);
  EXPECT_EQ(first.base_sequence(), Sequence(0));
  idempotence_.Delivered(rivers_, first);
  EXPECT_TRUE(idempotence_.MaySend(rivers_, second));
  EXPECT_EQ(second.base_sequence(), Sequence(1));
  EXPECT_EQ(idempotence_.identity().epoch, ProducerEpoch(0));
}

TEST_F(IdempotenceTest, BeginsAnewInTheNextEpochWhenThereIsAHole) {
  ProducerBatch& first = Sent(rivers_, 2);
  ProducerBatch& second = Sent(rivers_, 3);
  ProducerBatch& third = Sent(rivers_, 1);
  idempotence_.Delivered(rivers_, first);
  EXPECT_TRUE(Refused(rivers_, second, kGap));
  rivers_.on_wire = true;
  idempotence_.Settle();
  // The third one is on its way with its old numbers.
  EXPECT_FALSE(idempotence_.MaySend(rivers_, second));
  EXPECT_EQ(second.base_sequence(), Sequence(2));
  EXPECT_TRUE(Refused(rivers_, third, kGap));
  rivers_.on_wire = false;
  idempotence_.Settle();
  const ProducerIdentity next{.id = kId, .epoch = ProducerEpoch(1)};
  EXPECT_EQ(idempotence_.identity(), next);
  EXPECT_EQ(second.identity(), next);
  EXPECT_EQ(second.base_sequence(), Sequence(0));
  EXPECT_EQ(third.base_sequence(), Sequence(3));
  EXPECT_TRUE(idempotence_.MaySend(rivers_, second));
  EXPECT_FALSE(idempotence_.MaySend(rivers_, third));
}

TEST_F(IdempotenceTest, OtherPartitionsGoOverToTheNextEpochWhenNothingOfThemIsPending) {
  ProducerBatch& old = Sent(lakes_, 4);
  ProducerBatch& refused = Sent(rivers_, 1);
  EXPECT_TRUE(Refused(rivers_, refused, kGap));
  idempotence_.Settle();
  EXPECT_EQ(old.identity().epoch, ProducerEpoch(0));
  ProducerBatch& later = Batch(1);
  EXPECT_FALSE(idempotence_.MaySend(lakes_, later));
  idempotence_.Delivered(lakes_, old);
  EXPECT_TRUE(idempotence_.MaySend(lakes_, later));
  idempotence_.Send(lakes_, later);
  EXPECT_EQ(later.identity().epoch, ProducerEpoch(1));
  EXPECT_EQ(later.base_sequence(), Sequence(0));
}

TEST_F(IdempotenceTest, ABrokerThatForgotTheProducerGetsTheNextEpoch) {
  ProducerBatch& batch = Sent(rivers_, 1);
  // Without a log start offset the leader has moved: nothing is known yet.
  EXPECT_TRUE(idempotence_.MayRetry(rivers_, batch, ErrorCode::kUnknownProducerId, kNoOffset));
  idempotence_.Settle();
  EXPECT_EQ(idempotence_.identity().epoch, ProducerEpoch(0));
  EXPECT_TRUE(Refused(rivers_, batch, ErrorCode::kUnknownProducerId));
  idempotence_.Settle();
  EXPECT_EQ(idempotence_.identity().epoch, ProducerEpoch(1));
  EXPECT_EQ(batch.base_sequence(), Sequence(0));
}

TEST_F(IdempotenceTest, WaitsForWhatIsPendingWhenABatchWasGivenUp) {
  ProducerBatch& given_up = Sent(rivers_, 1);
  ProducerBatch& behind = Sent(rivers_, 2);
  idempotence_.GaveUp(rivers_, given_up);
  idempotence_.Settle();
  EXPECT_FALSE(idempotence_.MaySend(rivers_, Batch(1)));
  // What came behind it was written, so it was too: the sequence goes on.
  idempotence_.Delivered(rivers_, behind);
  idempotence_.Settle();
  EXPECT_EQ(Sent(rivers_, 1).base_sequence(), Sequence(3));
  EXPECT_EQ(idempotence_.identity().epoch, ProducerEpoch(0));
}

TEST_F(IdempotenceTest, BeginsAnewWhenTheLastBatchWasGivenUp) {
  ProducerBatch& given_up = Sent(rivers_, 1);
  idempotence_.GaveUp(rivers_, given_up);
  rivers_.on_wire = true;  // the broker may still answer
  idempotence_.Settle();
  EXPECT_FALSE(idempotence_.MaySend(rivers_, Batch(1)));
  rivers_.on_wire = false;
  idempotence_.Settle();
  ProducerBatch& next = Sent(rivers_, 1);
  EXPECT_EQ(next.base_sequence(), Sequence(0));
  EXPECT_EQ(next.identity().epoch, ProducerEpoch(1));
}

TEST_F(IdempotenceTest, ALateAnswerFillsTheHole) {
  ProducerBatch& given_up = Sent(rivers_, 4);
  rivers_.on_wire = true;
  idempotence_.GaveUp(rivers_, given_up);
  idempotence_.Settle();
  idempotence_.Delivered(rivers_, given_up);
  rivers_.on_wire = false;
  idempotence_.Settle();
  EXPECT_EQ(Sent(rivers_, 1).base_sequence(), Sequence(4));
  EXPECT_EQ(idempotence_.identity().epoch, ProducerEpoch(0));
}

TEST_F(IdempotenceTest, ABatchThatWasNeverSentLeavesNoHole) {
  idempotence_.GaveUp(rivers_, Batch(1));
  idempotence_.Settle();
  EXPECT_EQ(Sent(rivers_, 1).base_sequence(), Sequence(0));
}

TEST_F(IdempotenceTest, AsksForAnotherIdAfterTheLastEpoch) {
  idempotence_.SetIdentity(ProducerIdentity{.id = kId, .epoch = ProducerEpoch(INT16_MAX)});
  ProducerBatch& batch = Sent(rivers_, 1);
  EXPECT_TRUE(Refused(rivers_, batch, kGap));
  idempotence_.Settle();
  EXPECT_FALSE(idempotence_.known());
  EXPECT_FALSE(idempotence_.MaySend(rivers_, batch));
  const ProducerIdentity other{.id = ProducerId(501), .epoch = ProducerEpoch(0)};
  idempotence_.SetIdentity(other);
  idempotence_.Settle();
  EXPECT_EQ(batch.identity(), other);
  EXPECT_TRUE(idempotence_.MaySend(rivers_, batch));
}

TEST_F(IdempotenceTest, PartsOfABatchTakeItsPlace) {
  ProducerBatch& first = Sent(rivers_, 4);
  ProducerBatch& last = Sent(rivers_, 1);
  const auto parts = first.Split(1);
  std::vector<ProducerBatch*> pending;
  for (const auto& part : parts) pending.push_back(part.get());
  idempotence_.Split(rivers_, first, pending);
  ASSERT_EQ(rivers_.pending.size(), 5U);
  EXPECT_TRUE(idempotence_.MaySend(rivers_, *parts[0]));
  EXPECT_FALSE(idempotence_.MaySend(rivers_, *parts[1]));
  for (const auto& part : parts) {
    idempotence_.Delivered(rivers_, *part);
    part->Deliver(Offset(0), kNoTimestamp);
  }
  EXPECT_TRUE(idempotence_.MaySend(rivers_, last));
}

TEST_F(IdempotenceTest, OtherErrorsAreRetriedAsTheirTableSays) {
  ProducerBatch& batch = Sent(rivers_, 1);
  EXPECT_TRUE(Refused(rivers_, batch, ErrorCode::kNotEnoughReplicas));
  EXPECT_FALSE(Refused(rivers_, batch, ErrorCode::kInvalidRecord));
}

}  // namespace
}  // namespace penstock
