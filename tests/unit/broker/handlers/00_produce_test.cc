// Records come in: what is kept, what is refused, and in which order of reasons.
#include "protocol/messages/produce.h"
#include "tests/unit/broker/handlers/data_client.h"

namespace penstock::testing {
namespace {

class ProduceTest : public ::testing::Test {
 protected:
  ProduceTest() { EXPECT_EQ(client_.Create(Topic("orders", 2)).error_code, ErrorCode::kNone); }

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
}

TEST_F(ProduceTest, AnswersADuplicateWithItsFirstOffset) {
  const ProducerId producer = client_.NewProducer();
  const Slice first = MakeBatch(Idempotent(producer.value(), 0, 0, 2));
  const Slice second = MakeBatch(Idempotent(producer.value(), 0, 2, 2));
  EXPECT_EQ(client_.Produce("orders", first).base_offset, Offset(0));
  EXPECT_EQ(client_.Produce("orders", second).base_offset, Offset(2));
  const auto again = client_.Produce("orders", first);
  EXPECT_EQ(again.error_code, ErrorCode::kNone);
  EXPECT_EQ(again.base_offset, Offset(0));
  const Slice gap = MakeBatch(Idempotent(producer.value(), 0, 9));
  EXPECT_EQ(client_.Produce("orders", gap).error_code, ErrorCode::kOutOfOrderSequenceNumber);
}

}  // namespace
}  // namespace penstock::testing
