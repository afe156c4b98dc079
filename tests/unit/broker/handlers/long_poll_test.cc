// A fetch that finds too little waits for more, and for nothing longer than it must; a produce that
// wants no answer gets none.
#include <optional>

#include "runtime/root_task.h"
#include "tests/unit/broker/handlers/handler_bench.h"

namespace penstock {
namespace {

class LongPollTest : public HandlerBench {
 protected:
  LongPollTest() : context_(connection_, &services_, *this) {
    context_.api_version = kFetchVersion;
  }

  void Start(FetchRequest request, int32_t max_wait_ms) {
    request.max_wait_ms = max_wait_ms;
    poll_.emplace(HandleFetch(context_, std::move(request)));
    poll_->Start();
    node_.world().RunFor(Milliseconds(1));
  }
  FetchResponse::PartitionData Result() {
    return poll_->TakeResult().responses.at(0).partitions.at(0);
  }

  RequestContext context_;
  std::optional<RootTask<FetchResponse>> poll_;
};

TEST_F(LongPollTest, EndsWithTheFirstRecord) {
  Start(FetchFrom(0), 60'000);
  EXPECT_FALSE(poll_->done());
  EXPECT_TRUE(context_.waiting()) << "a broker that stops need not wait for it";
  Produce(MakeBatch(RecentBatch(1)));
  node_.world().RunFor(Milliseconds(1));
  ASSERT_TRUE(poll_->done());
  EXPECT_FALSE(context_.waiting());
  EXPECT_EQ(RecordsIn(*Result().records).size(), 1u);
}

TEST_F(LongPollTest, EndsWhenTheTimeIsOver) {
  Start(FetchFrom(0), 500);
  node_.world().RunFor(Milliseconds(498));
  EXPECT_FALSE(poll_->done());
  node_.world().RunFor(Milliseconds(2));
  ASSERT_TRUE(poll_->done());
  const auto partition = Result();
  EXPECT_EQ(partition.error_code, ErrorCode::kNone);
  EXPECT_TRUE(partition.records->empty());
}

TEST_F(LongPollTest, WaitsForAsManyBytesAsItWants) {
  const auto batch_bytes = static_cast<int32_t>(MakeBatch(RecentBatch(1)).size());
  Produce(MakeBatch(RecentBatch(1)));
  FetchRequest request = FetchFrom(0);
  request.min_bytes = 3 * batch_bytes;
  Start(std::move(request), 60'000);
  Produce(MakeBatch(RecentBatch(1)));
  node_.world().RunFor(Milliseconds(1));
  EXPECT_FALSE(poll_->done()) << "two of three";
  Produce(MakeBatch(RecentBatch(1)));
  node_.world().RunFor(Milliseconds(1));
  ASSERT_TRUE(poll_->done());
  EXPECT_EQ(RecordsIn(*Result().records).size(), 3u);
}

TEST_F(LongPollTest, EndsWhenTheTopicGoes) {
  Start(FetchFrom(0), 60'000);
  node_.DeleteTopic(kOrdersId);
  node_.world().RunFor(Milliseconds(1));
  ASSERT_TRUE(poll_->done());
  EXPECT_EQ(Result().error_code, ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(LongPollTest, IsNotHurriedByAPartitionThatIsNotHere) {
  FetchRequest request = FetchFrom(0);
  auto& gone = request.topics.emplace_back();
  gone.topic = "gone";
  gone.partitions.emplace_back();
  Start(std::move(request), 500);
  EXPECT_FALSE(poll_->done()) << "else a client with one deleted topic would spin";
  node_.world().RunFor(Milliseconds(500));
  ASSERT_TRUE(poll_->done());
  const FetchResponse response = poll_->TakeResult();
  EXPECT_EQ(response.responses.at(1).partitions.at(0).error_code,
            ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(LongPollTest, CanBeDroppedAtAnyTime) {
  Start(FetchFrom(0), 60'000);
  poll_.reset();
  Produce(MakeBatch(RecentBatch(1)));
  EXPECT_EQ(RecordsIn(*Fetch().responses.at(0).partitions.at(0).records).size(), 1u);
}

TEST_F(LongPollTest, AProduceWithoutAcksIsNotAnsweredAndEndsTheConnectionOnAnError) {
  RequestContext fine(connection_, &services_, *this);
  Produce(MakeBatch(RecentBatch(1)), 0, "orders", fine);
  EXPECT_FALSE(fine.answers());
  EXPECT_TRUE(fine.dispatched());
  EXPECT_FALSE(fine.close_cause().has_value());
  RequestContext failed(connection_, &services_, *this);
  Produce(MakeBatch(RecentBatch(1)), 0, "none", failed);
  EXPECT_TRUE(failed.close_cause().has_value());
}

TEST_F(LongPollTest, AcksOfAllTimeOutAndTheRecordsStay) {
  node_.world().driver().disk_faults().delay_min = std::chrono::seconds(30);
  RequestContext context(connection_, &services_, *this);
  const auto answer = Produce(MakeBatch(RecentBatch(1)), -1, "orders", context)
                          .responses.at(0)
                          .partition_responses.at(0);
  EXPECT_EQ(answer.error_code, ErrorCode::kRequestTimedOut);
  EXPECT_EQ(answer.base_offset, kNoOffset);
  node_.world().driver().disk_faults().delay_min = Duration(0);
  node_.world().RunFor(std::chrono::minutes(5));
  EXPECT_EQ(RecordsIn(*Fetch().responses.at(0).partitions.at(0).records).size(), 1u);
}

}  // namespace
}  // namespace penstock
