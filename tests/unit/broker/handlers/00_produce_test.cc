// Records come in: what is kept, what is refused, and in which order of reasons.
#include "protocol/messages/describe_producers.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/produce.h"
#include "tests/unit/broker/handlers/data_client.h"

namespace penstock::testing {
namespace {

class ProduceTest : public ::testing::Test {
 protected:
  ProduceTest() { EXPECT_EQ(client_.Create(Topic("orders", 2)).error_code, ErrorCode::kNone); }

  ProducerId NewProducer() {
    InitProducerIdRequest request;
    request.transactional_id = std::nullopt;
    const auto response = client_.host().Ask(std::move(request), 5);
    EXPECT_EQ(response.error_code, ErrorCode::kNone);
    EXPECT_EQ(response.producer_epoch, ProducerEpoch(0));
    return response.producer_id;
  }

  DataClient client_;
};

TEST_F(ProduceTest, GivesOffsetsInARow) {
  const auto first = client_.Produce("orders", MakeBatch(Records(3)));
  EXPECT_EQ(first.error_code, ErrorCode::kNone);
  EXPECT_EQ(first.base_offset, Offset(0));
  EXPECT_EQ(first.log_append_time_ms, kNoTimestamp);
  EXPECT_EQ(first.log_start_offset, Offset(0));
  EXPECT_EQ(client_.Produce("orders", MakeBatch(Records(1)), 1).base_offset, Offset(3));
}

TEST_F(ProduceTest, KeepsWhatItAcknowledgedWhenPowerIsLost) {
  client_.Produce("orders", MakeBatch(Records(5)));
  client_.host().Crash();
  const auto fetched = client_.Fetch(DataClient::FetchOf("orders", 0));
  ASSERT_TRUE(fetched.records.has_value());
  EXPECT_EQ(RecordsIn(*fetched.records).size(), 5u);
  EXPECT_EQ(fetched.high_watermark, Offset(5));
}

TEST_F(ProduceTest, LooksForTheTopicBeforeItLooksAtTheRecords) {
  const Slice two_batches = Slice::CopyOf("no batch at all");
  EXPECT_EQ(client_.Produce("none", two_batches).error_code, ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(client_.Produce("orders", MakeBatch(Records(1)), -1, 12, 7).error_code,
            ErrorCode::kUnknownTopicOrPartition);
  const auto refused = client_.Produce("orders", std::nullopt, 5);
  EXPECT_EQ(refused.error_code, ErrorCode::kInvalidRecord) << "records come before acks";
  EXPECT_EQ(refused.base_offset, kNoOffset);
  EXPECT_EQ(client_.Produce("orders", MakeBatch(Records(1)), 5).error_code,
            ErrorCode::kInvalidRequiredAcks);
}

TEST_F(ProduceTest, KnowsTopicsByIdFromVersion13On) {
  ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = 1000;
  auto& data = request.topic_data.emplace_back();
  data.topic_id = Uuid(5, 5);
  data.partition_data.emplace_back().records.emplace(MakeBatch(Records(1)));
  const auto response = client_.host().Ask(std::move(request), 13);
  EXPECT_EQ(response.responses.at(0).topic_id, Uuid(5, 5));
  EXPECT_EQ(response.responses.at(0).partition_responses.at(0).error_code,
            ErrorCode::kUnknownTopicId);
}

TEST_F(ProduceTest, TakesZstdFromVersion7On) {
  BatchSpec spec = Records(10);
  spec.codec = Codec::kZstd;
  EXPECT_EQ(client_.Produce("orders", MakeBatch(spec), -1, 6).error_code,
            ErrorCode::kUnsupportedCompressionType);
  EXPECT_EQ(client_.Produce("orders", MakeBatch(spec), -1, 7).error_code, ErrorCode::kNone);
  // And it is read from version 10 on.
  EXPECT_EQ(client_.Fetch(DataClient::FetchOf("orders", 0), 9).error_code,
            ErrorCode::kUnsupportedCompressionType);
  EXPECT_EQ(client_.Fetch(DataClient::FetchOf("orders", 0), 10).error_code, ErrorCode::kNone);
}

TEST_F(ProduceTest, RefusesTransactionsForNow) {
  BatchSpec spec = Idempotent(1, 0, 0);
  spec.is_transactional = true;
  EXPECT_EQ(client_.Produce("orders", MakeBatch(spec)).error_code, ErrorCode::kInvalidTxnState);
  InitProducerIdRequest request;
  request.transactional_id = "payments";
  request.transaction_timeout_ms = 1000;
  EXPECT_EQ(client_.host().Ask(request, 4).error_code, ErrorCode::kCoordinatorNotAvailable);
  request.transactional_id = "";
  EXPECT_EQ(client_.host().Ask(request, 4).error_code, ErrorCode::kInvalidRequest);
}

TEST_F(ProduceTest, AnswersADuplicateWithItsFirstOffset) {
  const ProducerId producer = NewProducer();
  const Slice first = MakeBatch(Idempotent(producer.value(), 0, 0, 2));
  const Slice second = MakeBatch(Idempotent(producer.value(), 0, 2, 2));
  EXPECT_EQ(client_.Produce("orders", first).base_offset, Offset(0));
  EXPECT_EQ(client_.Produce("orders", second).base_offset, Offset(2));
  const auto again = client_.Produce("orders", first);
  EXPECT_EQ(again.error_code, ErrorCode::kNone);
  EXPECT_EQ(again.base_offset, Offset(0));
  const Slice gap = MakeBatch(Idempotent(producer.value(), 0, 9));
  EXPECT_EQ(client_.Produce("orders", gap).error_code, ErrorCode::kOutOfOrderSequenceNumber);

  DescribeProducersRequest request;
  auto& asked = request.topics.emplace_back();
  asked.name = "orders";
  asked.partition_indexes = {PartitionId(0), PartitionId(1), PartitionId(2)};
  const auto described = client_.host().Ask(std::move(request), 0).topics.at(0).partitions;
  ASSERT_EQ(described.at(0).active_producers.size(), 1u);
  EXPECT_EQ(described.at(0).active_producers.at(0).producer_id, producer);
  EXPECT_EQ(described.at(0).active_producers.at(0).last_sequence, Sequence(3));
  EXPECT_TRUE(described.at(1).active_producers.empty());
  EXPECT_EQ(described.at(2).error_code, ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(ProduceTest, NeverGivesAProducerIdTwice) {
  const ProducerId before = NewProducer();
  EXPECT_EQ(NewProducer(), before + 1);
  client_.host().Crash();
  EXPECT_GT(NewProducer(), before + 1);
}

}  // namespace
}  // namespace penstock::testing
