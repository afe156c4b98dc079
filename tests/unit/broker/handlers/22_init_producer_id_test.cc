// Producers get their ids.
#include "protocol/messages/init_producer_id.h"
#include "tests/unit/broker/handlers/data_client.h"

namespace penstock::testing {
namespace {

TEST(InitProducerIdTest, NeverGivesAnIdTwice) {
  DataClient client;
  const ProducerId before = client.NewProducer();
  EXPECT_EQ(client.NewProducer(), before + 1);
  client.host().Crash();
  EXPECT_GT(client.NewProducer(), before + 1);
}

TEST(InitProducerIdTest, HasNoCoordinatorForTransactions) {
  DataClient client;
  InitProducerIdRequest request;
  request.transactional_id = "payments";
  request.transaction_timeout_ms = 1000;
  EXPECT_EQ(client.host().Ask(request, 4).error_code, ErrorCode::kCoordinatorNotAvailable);
  request.transactional_id = "";
  EXPECT_EQ(client.host().Ask(request, 4).error_code, ErrorCode::kInvalidRequest);
}

TEST(InitProducerIdTest, WantsIdAndEpochTogether) {
  DataClient client;
  InitProducerIdRequest request;
  request.transactional_id = std::nullopt;
  request.producer_id = ProducerId(5);
  request.producer_epoch = kNoProducerEpoch;
  EXPECT_EQ(client.host().Ask(request, 4).error_code, ErrorCode::kInvalidRequest);
}

}  // namespace
}  // namespace penstock::testing
