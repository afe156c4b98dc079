#include "client/accumulator.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "record/batch_view.h"

namespace penstock {
namespace {

constexpr NodeId kNear{1};
constexpr NodeId kFar{2};

Instant At(int64_t ms) { return Instant{.since_start = Milliseconds(ms)}; }

// Partition 9 of any topic is led by kFar, partition 7 by nobody, the others by kNear.
class TwoNodes final : public ClusterView {
 public:
  std::optional<LeaderOfPartition> LeaderOf(const PartitionQueue& queue) const override {
    if (queue.partition == PartitionId(7)) return std::nullopt;
    return LeaderOfPartition{.node = queue.partition == PartitionId(9) ? kFar : kNear,
                             .epoch = epoch};
  }
  bool Accepts(NodeId node) const override { return accepting.contains(node); }

  std::set<NodeId> accepting = {kNear, kFar};
  LeaderEpoch epoch{4};
};

class AccumulatorTest : public ::testing::Test {
 protected:
  AccumulatorTest() {
    config_.batch_bytes = 1000;
    config_.linger = Milliseconds(10);
    config_.delivery_timeout = Milliseconds(60'000);
    config_.enable_idempotence = false;
  }
  ~AccumulatorTest() override {
    for (DrainedBatch& drained : accumulator_.TakeAll()) drained.batch->Fail(Cancelled("over"));
  }

  PartitionQueue& Rivers(int partition) {
    return accumulator_.QueueOf("rivers", PartitionId(partition));
  }
  // A record of about `bytes`, in the open batch if it has room.
  void Add(PartitionQueue& queue, size_t bytes, int64_t now_ms = 0) {
    const std::string value(bytes, 'v');
    const NewRecord record{.timestamp = TimestampMs(1), .value = AsBytes(value)};
    ProducerBatch* batch = queue.OpenBatch(BatchSizeMaxOf(record), 1000);
    if (batch == nullptr) {
      batch = &accumulator_.StartBatch(queue, At(now_ms), Semaphore::Permit());
    }
    batch->Append(record, [this](const StatusOr<RecordMetadata>&) { ++answered_; });
  }
  Drained Drain(int64_t now_ms) { return accumulator_.Drain(cluster_, At(now_ms)); }
  // The numbers of the batches that go to the node.
  static std::vector<uint64_t> NumbersOf(const Drained& drained, NodeId node) {
    std::vector<uint64_t> numbers;
    const auto found = drained.requests.find(node);
    if (found == drained.requests.end()) return numbers;
    for (const DrainedBatch& one : found->second) numbers.push_back(one.batch->number());
    return numbers;
  }
  void Deliver(Drained& drained) {
    for (auto& [node, batches] : drained.requests) {
      for (DrainedBatch& one : batches) {
        accumulator_.Ended(*one.queue);
        accumulator_.Finished(*one.batch);
        one.batch->Deliver(Offset(0), kNoTimestamp);
      }
    }
  }
  DrainedBatch TakeOnly(Drained& drained, NodeId node) {
    EXPECT_EQ(drained.requests[node].size(), 1U);
    DrainedBatch one = std::move(drained.requests[node].front());
    accumulator_.Ended(*one.queue);
    return one;
  }

  using Numbers = std::vector<uint64_t>;

  ProducerConfig config_;
  Accumulator accumulator_{config_, nullptr};
  TwoNodes cluster_;
  int answered_ = 0;
};

TEST_F(AccumulatorTest, ABatchLingersForFurtherRecords) {
  Add(Rivers(0), 100, 5);
  Drained early = Drain(14);
  EXPECT_TRUE(early.requests.empty());
  EXPECT_EQ(early.look_again, At(15));
  Add(Rivers(0), 100, 14);
  Drained drained = Drain(15);
  ASSERT_EQ(NumbersOf(drained, kNear), Numbers{1});
  EXPECT_EQ(drained.requests[kNear].front().batch->records_count(), 2);
  EXPECT_FALSE(accumulator_.waiting());
  Deliver(drained);
  EXPECT_EQ(answered_, 2);
}

TEST_F(AccumulatorTest, AFullBatchDoesNotLinger) {
  Add(Rivers(0), 600);
  Add(Rivers(0), 600);
  Drained drained = Drain(0);
  EXPECT_EQ(NumbersOf(drained, kNear), Numbers{1});
  EXPECT_TRUE(accumulator_.waiting());
  EXPECT_EQ(Drain(9).look_again, At(10));
  Deliver(drained);
}

TEST_F(AccumulatorTest, ARecordLargerThanABatchGoesAlone) {
  Add(Rivers(0), 5000);
  Add(Rivers(0), 10);
  Drained drained = Drain(0);
  ASSERT_EQ(NumbersOf(drained, kNear), Numbers{1});
  EXPECT_EQ(drained.requests[kNear].front().batch->records_count(), 1);
  Deliver(drained);
}

TEST_F(AccumulatorTest, ARequestHasOneBatchOfEachPartitionOfANode) {
  for (const int partition : {0, 9, 1}) {
    Add(Rivers(partition), 700);
    Add(Rivers(partition), 700);
  }
  Drained first = Drain(0);
  EXPECT_EQ(NumbersOf(first, kNear), (Numbers{1, 5}));
  EXPECT_EQ(NumbersOf(first, kFar), Numbers{3});
  Drained second = Drain(10);
  EXPECT_EQ(NumbersOf(second, kNear), (Numbers{2, 6}));
  Deliver(first);
  Deliver(second);
}

TEST_F(AccumulatorTest, ARequestEndsAtItsMaximumAndNoPartitionStarves) {
  config_.request_bytes_max = 2000;
  for (const int partition : {0, 1, 2}) {
    for (int i = 0; i < 3; ++i) Add(Rivers(partition), 900);
  }
  Numbers order;
  std::vector<Drained> all;
  for (Drained drained = Drain(10); !drained.requests.empty(); drained = Drain(10)) {
    for (const uint64_t number : NumbersOf(drained, kNear)) order.push_back(number);
    all.push_back(std::move(drained));
  }
  EXPECT_EQ(order, (Numbers{1, 4, 7, 2, 5, 8, 3, 6, 9}));
  for (Drained& drained : all) Deliver(drained);
}

TEST_F(AccumulatorTest, NamesWhoIsWaitedFor) {
  cluster_.accepting = {kNear};
  Add(Rivers(9), 100);
  Add(Rivers(7), 100);
  const Drained drained = Drain(10);
  EXPECT_TRUE(drained.requests.empty());
  EXPECT_EQ(drained.not_accepting, std::set<NodeId>{kFar});
  EXPECT_EQ(drained.leaderless, (std::map<std::string, PartitionId>{{"rivers", PartitionId(7)}}));
  EXPECT_EQ(drained.look_again, At(60'000));
}

TEST_F(AccumulatorTest, ATryAgainWaitsForItsBackoffOrANewerLeader) {
  Add(Rivers(0), 100);
  Drained first = Drain(10);
  DrainedBatch failed = TakeOnly(first, kNear);
  failed.batch->attempts = 1;
  failed.batch->retry_at = At(200);
  accumulator_.PutBack(std::move(failed));
  EXPECT_TRUE(Drain(199).requests.empty());
  EXPECT_EQ(Drain(199).look_again, At(200));
  cluster_.epoch = LeaderEpoch(5);
  Drained again = Drain(199);
  EXPECT_EQ(NumbersOf(again, kNear), Numbers{1});
  Deliver(again);
}

TEST_F(AccumulatorTest, ABatchGoesBackInFrontOfLaterOnes) {
  for (int i = 0; i < 3; ++i) Add(Rivers(0), 900);
  Drained first = Drain(0);
  DrainedBatch failed = TakeOnly(first, kNear);
  accumulator_.PutBack(std::move(failed));
  Drained again = Drain(0);
  EXPECT_EQ(NumbersOf(again, kNear), Numbers{1});
  Deliver(again);
}

TEST_F(AccumulatorTest, OneInFlightKeepsTheOrderWithoutIdempotence) {
  config_.max_in_flight = 1;
  for (int i = 0; i < 3; ++i) Add(Rivers(0), 900);
  Drained first = Drain(0);
  EXPECT_EQ(NumbersOf(first, kNear), Numbers{1});
  EXPECT_TRUE(Drain(0).requests.empty());
  Deliver(first);
  Drained second = Drain(0);
  EXPECT_EQ(NumbersOf(second, kNear), Numbers{2});
  Deliver(second);
}

TEST_F(AccumulatorTest, BatchesExpireFromTheFront) {
  Add(Rivers(0), 900, 0);
  Add(Rivers(0), 900, 10);
  Add(Rivers(1), 900, 20);
  EXPECT_TRUE(accumulator_.TakeExpired(At(59'999)).empty());
  auto expired = accumulator_.TakeExpired(At(60'010));
  ASSERT_EQ(expired.size(), 2U);
  for (const DrainedBatch& one : expired) {
    accumulator_.Finished(*one.batch);
    one.batch->Fail(Unavailable("expired"));
  }
  EXPECT_FALSE(accumulator_.AllFinishedUpTo(3));
  EXPECT_TRUE(accumulator_.AllFinishedUpTo(2));
}

TEST_F(AccumulatorTest, HurryEndsTheLingerOfWhatIsThere) {
  Add(Rivers(0), 100, 0);
  accumulator_.Hurry(accumulator_.last_number());
  Add(Rivers(1), 100, 0);
  Drained drained = Drain(0);
  EXPECT_EQ(NumbersOf(drained, kNear), Numbers{1});
  Drained hurried;
  {
    const Accumulator::Hurrying hurrying(accumulator_);
    hurried = Drain(0);
  }
  EXPECT_EQ(NumbersOf(hurried, kNear), Numbers{2});
  Add(Rivers(2), 100, 0);
  EXPECT_TRUE(Drain(0).requests.empty());
  Deliver(drained);
  Deliver(hurried);
}

TEST_F(AccumulatorTest, PartsOfABatchAreFlushedWithIt) {
  Add(Rivers(0), 400);
  Add(Rivers(0), 400);
  Drained drained = Drain(10);
  DrainedBatch large = TakeOnly(drained, kNear);
  accumulator_.PutBackSplit(std::move(large));
  EXPECT_FALSE(accumulator_.AllFinishedUpTo(1));
  Drained first = Drain(10);
  Drained second = Drain(10);
  Deliver(first);
  EXPECT_EQ(answered_, 1);
  EXPECT_FALSE(accumulator_.AllFinishedUpTo(1));
  Deliver(second);
  EXPECT_TRUE(accumulator_.AllFinishedUpTo(1));
}

// With idempotence batches go back to their place in the sequence, whatever comes back first.
TEST(IdempotentAccumulatorTest, BatchesGoBackToTheirPlaceInTheSequence) {
  ProducerConfig config;
  config.batch_bytes = 0;
  Idempotence idempotence;
  idempotence.SetIdentity(ProducerIdentity{.id = ProducerId(1), .epoch = ProducerEpoch(0)});
  Accumulator accumulator(config, &idempotence);
  const TwoNodes cluster;
  PartitionQueue& queue = accumulator.QueueOf("rivers", PartitionId(0));
  queue.sequences.identity = idempotence.identity();
  queue.sequences.next = queue.sequences.delivered = Sequence(7);  // the broker knows the producer
  std::vector<int> order;
  for (int i = 0; i < 4; ++i) {
    ProducerBatch& batch = accumulator.StartBatch(queue, At(0), Semaphore::Permit());
    batch.Append(NewRecord{.timestamp = TimestampMs(1)},
                 [&order, i](const StatusOr<RecordMetadata>&) { order.push_back(i); });
  }
  std::vector<DrainedBatch> on_wire;
  for (int i = 0; i < 3; ++i) {
    Drained drained = accumulator.Drain(cluster, At(0));
    ASSERT_EQ(drained.requests[kNear].size(), 1U);
    on_wire.push_back(std::move(drained.requests[kNear].front()));
  }
  for (const size_t i : {size_t{1}, size_t{2}, size_t{0}}) {
    accumulator.Ended(queue);
    accumulator.PutBack(std::move(on_wire[i]));
  }
  for (int i = 0; i < 4; ++i) {
    Drained drained = accumulator.Drain(cluster, At(0));
    ASSERT_EQ(drained.requests[kNear].size(), 1U);
    DrainedBatch& one = drained.requests[kNear].front();
    EXPECT_EQ(one.batch->base_sequence(), Sequence(7 + i));
    // Those that go again go one by one; a new one may follow.
    if (i < 2) {
      EXPECT_TRUE(accumulator.Drain(cluster, At(0)).requests.empty());
    }
    accumulator.Ended(queue);
    idempotence.Delivered(queue.sequences, *one.batch);
    accumulator.Finished(*one.batch);
    one.batch->Deliver(Offset(i), kNoTimestamp);
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
}

}  // namespace
}  // namespace penstock
