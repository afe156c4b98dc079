// What a leader answers to the batches of idempotent producers.
#include "log/producer_state.h"

#include <gtest/gtest.h>

#include "record/control_record.h"
#include "tests/unit/log/log_testing.h"

namespace penstock {
namespace {

class ProducerStateTest : public testing::Test {
 protected:
  // Checks and, if it may be appended, applies. The base offset of the duplicate or of the append.
  StatusOr<Offset> Produce(const BatchSpec& spec) {
    const Slice bytes = MakeBatch(spec);
    const StatusOr<BatchView> batch = BatchView::Parse(bytes.span());
    StatusOr<std::optional<AppendedBatch>> found = table_.Check(*batch, AppendOrigin::kClient);
    if (!found.ok()) return found.status();
    if (found->has_value()) return (*found)->first_offset();
    const Offset base = end_;
    const Status applied = table_.Apply(*batch, base);
    if (!applied.ok()) return applied;
    end_ = base + spec.records;
    return base;
  }
  ErrorCode ErrorOf(const BatchSpec& spec) { return ErrorCodeOf(Produce(spec).status()); }
  void EndTransaction(int64_t producer_id, int16_t epoch, ControlRecordType type) {
    EndTransactionBatchOptions options;
    options.producer_id = ProducerId(producer_id);
    options.producer_epoch = ProducerEpoch(epoch);
    options.timestamp = kTime0;
    EndTransactionMarker marker;
    marker.type = type;
    marker.coordinator_epoch = 4;
    const Slice bytes = BuildEndTransactionBatch(options, marker);
    const Status applied = table_.Apply(*BatchView::Parse(bytes.span()), end_);
    EXPECT_TRUE(applied.ok()) << applied;
    end_ += 1;
  }

  ProducerStateTable table_;
  Offset end_{0};
};

TEST_F(ProducerStateTest, AnswersADuplicateOfTheLastFiveBatchesWithItsFirstOffset) {
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(Produce(Idempotent(1, 0, i * 2, 2)).ok());
  EXPECT_EQ(*Produce(Idempotent(1, 0, 2, 2)), Offset(2));
  EXPECT_EQ(*Produce(Idempotent(1, 0, 10, 2)), Offset(10));
  EXPECT_EQ(ErrorOf(Idempotent(1, 0, 0, 2)), ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(ErrorOf(Idempotent(1, 0, 10, 1)), ErrorCode::kOutOfOrderSequenceNumber);
}

TEST_F(ProducerStateTest, RefusesAGap) {
  ASSERT_TRUE(Produce(Idempotent(1, 0, 0)).ok());
  EXPECT_EQ(ErrorOf(Idempotent(1, 0, 2)), ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_TRUE(Produce(Idempotent(1, 0, 1)).ok());
}

TEST_F(ProducerStateTest, WrapsSequencesFromTheLargestToZero) {
  ASSERT_TRUE(Produce(Idempotent(1, 0, INT32_MAX - 1, 2)).ok());
  EXPECT_EQ(*Produce(Idempotent(1, 0, 0)), Offset(2));
  ASSERT_TRUE(Produce(Idempotent(2, 0, INT32_MAX, 3)).ok());
  EXPECT_EQ(*Produce(Idempotent(2, 0, 2)), Offset(6));
  EXPECT_EQ(*Produce(Idempotent(2, 0, INT32_MAX, 3)), Offset(3));
}

TEST_F(ProducerStateTest, FencesLowerEpochsAndBeginsNewOnesAtZero) {
  ASSERT_TRUE(Produce(Idempotent(1, 3, 0)).ok());
  EXPECT_EQ(ErrorOf(Idempotent(1, 2, 1)), ErrorCode::kInvalidProducerEpoch);
  EXPECT_EQ(ErrorOf(Idempotent(1, 4, 1)), ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_TRUE(Produce(Idempotent(1, 4, 0)).ok());
  EXPECT_EQ(ErrorOf(Idempotent(1, 3, 1)), ErrorCode::kInvalidProducerEpoch);
}

TEST_F(ProducerStateTest, AcceptsAnySequenceOfAnUnknownProducer) {
  EXPECT_TRUE(Produce(Idempotent(1, 0, 77)).ok());
  EXPECT_EQ(ErrorOf(Idempotent(1, 0, 77, 2)), ErrorCode::kOutOfOrderSequenceNumber);
}

TEST_F(ProducerStateTest, ForgetsProducersThatAreSilentForTooLong) {
  table_.SetExpirationMs(1000);
  ASSERT_TRUE(Produce(Idempotent(1, 0, 0)).ok());
  table_.RemoveExpired(kTime0 + 999);
  EXPECT_EQ(table_.size(), 1u);
  table_.RemoveExpired(kTime0 + 1000);
  EXPECT_EQ(table_.size(), 0u);
}

TEST_F(ProducerStateTest, RefusesTransactionalBatchesOfClientsWithoutATransaction) {
  BatchSpec spec = Idempotent(1, 0, 0);
  spec.is_transactional = true;
  EXPECT_EQ(ErrorOf(spec), ErrorCode::kInvalidTxnState);
}

TEST_F(ProducerStateTest, FollowsTransactionsThatAreInTheLog) {
  BatchSpec spec = Idempotent(1, 0, 0, 2);
  spec.is_transactional = true;
  const Slice bytes = MakeBatch(spec);
  ASSERT_TRUE(table_.Apply(*BatchView::Parse(bytes.span()), Offset(10)).ok());
  EXPECT_EQ(table_.FirstOngoingTransaction(), Offset(10));
  EXPECT_EQ(ErrorOf(Idempotent(1, 0, 2)), ErrorCode::kInvalidTxnState);
  table_.SetExpirationMs(1);
  table_.RemoveExpired(kTime0 + 5);
  EXPECT_EQ(table_.size(), 1u) << "an open transaction does not expire";
  EndTransaction(1, 1, ControlRecordType::kCommit);
  EXPECT_EQ(table_.FirstOngoingTransaction(), kNoOffset);
  const ActiveProducer producer = table_.Active().at(0);
  EXPECT_EQ(producer.producer_epoch, ProducerEpoch(1));
  EXPECT_EQ(producer.coordinator_epoch, 4);
  EXPECT_EQ(producer.last_sequence, kNoSequence);
}

TEST_F(ProducerStateTest, ComesBackFromASnapshot) {
  ASSERT_TRUE(Produce(Idempotent(5, 1, 0, 3)).ok());
  ASSERT_TRUE(Produce(Idempotent(3, 0, 0)).ok());
  const std::string bytes = table_.Encode();
  EXPECT_EQ(bytes.size(), 10u + 2 * 46);
  ProducerStateTable loaded;
  ASSERT_TRUE(loaded.Load(AsBytes(bytes), kTime0).ok());
  EXPECT_EQ(loaded.Active(), table_.Active());
  EXPECT_EQ(loaded.Active()[0].producer_id, ProducerId(3));
  EXPECT_EQ(loaded.Encode(), bytes);
  table_ = loaded;
  EXPECT_EQ(*Produce(Idempotent(5, 1, 0, 3)), Offset(0)) << "the last batch is still known";
}

TEST_F(ProducerStateTest, ASnapshotKnowsEveryBatchThatMayBeRetried) {
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(Produce(Idempotent(5, 1, 2 * i, 2)).ok());
  ASSERT_TRUE(Produce(Idempotent(6, 0, 0)).ok());
  const std::string bytes = table_.Encode();
  EXPECT_EQ(bytes.size(), 10u + (5 + 1) * 46);
  ProducerStateTable loaded;
  ASSERT_TRUE(loaded.Load(AsBytes(bytes), kTime0).ok());
  EXPECT_EQ(loaded.Active(), table_.Active());
  EXPECT_EQ(loaded.Encode(), bytes);
  table_ = loaded;
  for (int i = 2; i < 7; ++i) {
    EXPECT_EQ(*Produce(Idempotent(5, 1, 2 * i, 2)), Offset(2 * i)) << "a retry, not a gap";
  }
  EXPECT_FALSE(Produce(Idempotent(5, 1, 2, 2)).ok()) << "too long ago";
}

TEST_F(ProducerStateTest, ASnapshotsProducersExpireAsAWhole) {
  // The clients choose the timestamps: the last batch may look older than those before it.
  BatchSpec spec = Idempotent(5, 1, 0);
  spec.first_timestamp = kTime0 + 5000;
  ASSERT_TRUE(Produce(spec).ok());
  spec = Idempotent(5, 1, 1);
  spec.first_timestamp = kTime0;
  ASSERT_TRUE(Produce(spec).ok());
  spec = Idempotent(6, 0, 0);
  spec.first_timestamp = kTime0;
  ASSERT_TRUE(Produce(spec).ok());
  spec = Idempotent(6, 0, 1);
  spec.first_timestamp = kTime0 + 5000;
  ASSERT_TRUE(Produce(spec).ok());
  const std::string bytes = table_.Encode();
  ProducerStateTable loaded;
  loaded.SetExpirationMs(1000);
  ASSERT_TRUE(loaded.Load(AsBytes(bytes), kTime0 + 2000).ok());
  table_.SetExpirationMs(1000);
  table_.RemoveExpired(kTime0 + 2000);
  EXPECT_EQ(loaded.Active(), table_.Active()) << "as if it had never been away";
  table_ = loaded;
  EXPECT_EQ(*Produce(Idempotent(6, 0, 0)), Offset(2)) << "a retry, not a gap";
}

TEST_F(ProducerStateTest, RefusesEverySnapshotThatIsNotWhole) {
  ASSERT_TRUE(Produce(Idempotent(5, 1, 0, 3)).ok());
  const std::string bytes = table_.Encode();
  ProducerStateTable loaded;
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(loaded.Load(AsBytes(std::string_view(bytes).substr(0, size)), kTime0).ok());
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string broken = bytes;
    broken[i] = static_cast<char>(broken[i] ^ 0x10);
    EXPECT_FALSE(loaded.Load(AsBytes(broken), kTime0).ok()) << i;
  }
}

}  // namespace
}  // namespace penstock
