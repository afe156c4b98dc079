// Records are deleted, and stay so.
#include "protocol/messages/delete_records.h"
#include "tests/unit/broker/handlers/data_client.h"

namespace penstock::testing {
namespace {

class DeleteRecordsTest : public ::testing::Test {
 protected:
  ErrorCode DeleteBefore(int64_t offset, int64_t& low_watermark) {
    DeleteRecordsRequest request;
    request.timeout_ms = 1000;
    auto& topic = request.topics.emplace_back();
    topic.name = "orders";
    topic.partitions.emplace_back().offset = Offset(offset);
    const auto answer = client_.host().Ask(std::move(request), 2).topics.at(0).partitions.at(0);
    low_watermark = answer.low_watermark.value();
    return answer.error_code;
  }

  DataClient client_;
};

TEST_F(DeleteRecordsTest, ForgetsThemForGood) {
  client_.Create(Topic("orders"));
  client_.Produce("orders", MakeBatch(Records(10)));
  int64_t low_watermark = 0;
  EXPECT_EQ(DeleteBefore(11, low_watermark), ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(low_watermark, -1);
  EXPECT_EQ(DeleteBefore(6, low_watermark), ErrorCode::kNone);
  EXPECT_EQ(low_watermark, 6);
  EXPECT_EQ(client_.Fetch(DataClient::FetchOf("orders", 5)).error_code,
            ErrorCode::kOffsetOutOfRange);
  client_.host().Crash();
  EXPECT_EQ(client_.Find("orders", -2).offset, Offset(6)) << "deleted records never come back";
}

}  // namespace
}  // namespace penstock::testing
