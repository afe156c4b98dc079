// Records go out: limits, sessions, and the offsets that are none.
#include "protocol/messages/fetch.h"
#include "tests/unit/broker/handlers/data_client.h"

namespace penstock::testing {
namespace {

class FetchTest : public ::testing::Test {
 protected:
  FetchTest() { EXPECT_EQ(client_.Create(Topic("orders", 2)).error_code, ErrorCode::kNone); }

  static size_t CountOf(const FetchedPartition& partition) {
    return partition.records.has_value() ? RecordsIn(*partition.records).size() : 0;
  }
  static BatchSpec Large(size_t bytes) {
    BatchSpec spec = Records(1);
    spec.value_bytes = bytes;
    return spec;
  }

  DataClient client_;
};

TEST_F(FetchTest, GivesTheBatchThatHoldsTheOffset) {
  client_.Produce("orders", MakeBatch(Records(3, "a")));
  client_.Produce("orders", MakeBatch(Records(3, "b")));
  const auto fetched = client_.Fetch(DataClient::FetchOf("orders", 4));
  ASSERT_EQ(CountOf(fetched), 3u);
  EXPECT_EQ(RecordsIn(*fetched.records).front().offset, Offset(3));
  EXPECT_EQ(fetched.high_watermark, Offset(6));
  EXPECT_EQ(fetched.last_stable_offset, Offset(6));
  EXPECT_EQ(fetched.log_start_offset, Offset(0));
  EXPECT_FALSE(fetched.aborted_transactions.has_value());
}

TEST_F(FetchTest, TellsReadersOfCommittedRecordsThatNothingWasAborted) {
  client_.Produce("orders", MakeBatch(Records(1)));
  FetchRequest request = DataClient::FetchOf("orders", 0);
  request.isolation_level = 1;
  const auto fetched = client_.Fetch(std::move(request));
  ASSERT_TRUE(fetched.aborted_transactions.has_value());
  EXPECT_TRUE(fetched.aborted_transactions->empty());
}

TEST_F(FetchTest, HasNoListOfAbortedTransactionsWhereNothingWasRead) {
  client_.Produce("orders", MakeBatch(Large(5000)));
  client_.Produce("orders", MakeBatch(Large(5000)), -1, 12, 1);
  const auto committed = [](std::string topic, int64_t offset, int32_t partitions = 1) {
    FetchRequest request = DataClient::FetchOf(std::move(topic), offset, partitions);
    request.isolation_level = 1;
    return request;
  };
  const auto beyond = client_.Fetch(committed("orders", 9));
  EXPECT_EQ(beyond.error_code, ErrorCode::kOffsetOutOfRange);
  EXPECT_FALSE(beyond.aborted_transactions.has_value());
  FetchRequest fenced = committed("orders", 0);
  fenced.topics.at(0).partitions.at(0).current_leader_epoch = LeaderEpoch(1000);
  EXPECT_FALSE(client_.Fetch(std::move(fenced)).aborted_transactions.has_value());
  FetchRequest small = committed("orders", 0, 2);
  small.topics.at(0).partitions.at(1).partition_max_bytes = 100;
  const auto response = client_.host().Ask(std::move(small), 12);
  const auto& dropped = response.responses.at(0).partitions.at(1);
  EXPECT_EQ(dropped.error_code, ErrorCode::kNone);
  EXPECT_EQ(CountOf(dropped), 0u);
  EXPECT_FALSE(dropped.aborted_transactions.has_value());
}

// As Apache Kafka 4.3.1 does, also for readers that take uncommitted records.
TEST_F(FetchTest, ListsNoAbortedTransactionOfATopicThatIsUnknown) {
  const auto unknown = client_.Fetch(DataClient::FetchOf("none", 0));
  EXPECT_EQ(unknown.error_code, ErrorCode::kUnknownTopicOrPartition);
  ASSERT_TRUE(unknown.aborted_transactions.has_value());
  EXPECT_TRUE(unknown.aborted_transactions->empty());
}

TEST_F(FetchTest, HasAnEmptyAnswerAtTheEndAndAnErrorBeyondIt) {
  client_.Produce("orders", MakeBatch(Records(2)));
  const auto at_end = client_.Fetch(DataClient::FetchOf("orders", 2));
  EXPECT_EQ(at_end.error_code, ErrorCode::kNone);
  ASSERT_TRUE(at_end.records.has_value()) << "records are never null";
  EXPECT_TRUE(at_end.records->empty());
  const auto beyond = client_.Fetch(DataClient::FetchOf("orders", 3));
  EXPECT_EQ(beyond.error_code, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(beyond.high_watermark, kNoOffset);
  EXPECT_EQ(beyond.log_start_offset, kNoOffset);
  const auto empty = client_.Fetch(DataClient::FetchOf("orders", 1, 1));
  EXPECT_EQ(empty.error_code, ErrorCode::kNone);
}

TEST_F(FetchTest, GivesOneBatchHoweverLargeItIs) {
  client_.Produce("orders", MakeBatch(Large(5000)));
  client_.Produce("orders", MakeBatch(Large(5000)));
  client_.Produce("orders", MakeBatch(Large(5000)), -1, 12, 1);
  FetchRequest request = DataClient::FetchOf("orders", 0, 2);
  request.max_bytes = 100;
  const auto response = client_.host().Ask(std::move(request), 12);
  ASSERT_EQ(response.responses.at(0).partitions.size(), 2u);
  EXPECT_EQ(CountOf(response.responses.at(0).partitions.at(0)), 1u);
  EXPECT_EQ(CountOf(response.responses.at(0).partitions.at(1)), 0u) << "no room is left";
}

TEST_F(FetchTest, KeepsToTheLimitOfThePartition) {
  for (int i = 0; i < 4; ++i) client_.Produce("orders", MakeBatch(Large(1000)));
  FetchRequest request = DataClient::FetchOf("orders", 0);
  request.topics.at(0).partitions.at(0).partition_max_bytes = 2500;
  EXPECT_EQ(CountOf(client_.Fetch(std::move(request))), 2u);
}

TEST_F(FetchTest, AsksForTheRightEpoch) {
  client_.Produce("orders", MakeBatch(Records(1)));
  FetchRequest newer = DataClient::FetchOf("orders", 0);
  newer.topics.at(0).partitions.at(0).current_leader_epoch = LeaderEpoch(1000);
  EXPECT_EQ(client_.Fetch(std::move(newer)).error_code, ErrorCode::kUnknownLeaderEpoch);
}

TEST_F(FetchTest, RemembersInASessionWhatIsAskedFor) {
  client_.Produce("orders", MakeBatch(Records(1)));
  FetchRequest first = DataClient::FetchOf("orders", 0, 2);
  first.session_epoch = 0;
  const auto opened = client_.host().Ask(std::move(first), 12);
  ASSERT_NE(opened.session_id, 0);
  ASSERT_EQ(opened.responses.at(0).partitions.size(), 2u);

  FetchRequest next;
  next.session_id = opened.session_id;
  next.session_epoch = 1;
  next.max_bytes = 1 << 20;
  auto& moved = next.topics.emplace_back();
  moved.topic = "orders";
  auto& position = moved.partitions.emplace_back();
  position.fetch_offset = Offset(1);
  position.partition_max_bytes = 1 << 20;
  const auto quiet = client_.host().Ask(next, 12);
  EXPECT_EQ(quiet.error_code, ErrorCode::kNone);
  EXPECT_TRUE(quiet.responses.empty()) << "nothing is new";
  EXPECT_EQ(client_.host().Ask(next, 12).error_code, ErrorCode::kInvalidFetchSessionEpoch);
  next.session_id = opened.session_id + 1;
  EXPECT_EQ(client_.host().Ask(next, 12).error_code, ErrorCode::kFetchSessionIdNotFound);
}

TEST_F(FetchTest, SaysOfATopicThatIsGoneThatItIsUnknown) {
  EXPECT_EQ(client_.Fetch(DataClient::FetchOf("none", 0)).error_code,
            ErrorCode::kUnknownTopicOrPartition);
  FetchRequest by_id = DataClient::FetchOf("", 0);
  by_id.topics.at(0).topic_id = Uuid(7, 7);
  EXPECT_EQ(client_.Fetch(std::move(by_id), 13).error_code, ErrorCode::kUnknownTopicId);
}

}  // namespace
}  // namespace penstock::testing
