// What clients learn of brokers and topics, and the topics that they make by asking.
#include "protocol/messages/metadata.h"
#include "tests/unit/broker/handlers/data_client.h"

namespace penstock::testing {
namespace {

MetadataRequest AskFor(std::string topic, bool may_create = true) {
  MetadataRequest request;
  request.allow_auto_topic_creation = may_create;
  request.topics.emplace().emplace_back().name = std::move(topic);
  return request;
}

TEST(MetadataTest, MakesATopicThatAClientAsksForAndTellsItToComeBack) {
  AdminClient client;
  EXPECT_EQ(client.host().Ask(AskFor("orders", false), 12).topics.at(0).error_code,
            ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(client.Partitions("orders"), -1) << "the request did not allow it";
  const auto first = client.host().Ask(AskFor("orders"), 12).topics.at(0);
  EXPECT_EQ(first.error_code, ErrorCode::kUnknownTopicOrPartition);
  const auto second = client.host().Ask(AskFor("orders"), 12).topics.at(0);
  EXPECT_EQ(second.error_code, ErrorCode::kNone);
  ASSERT_EQ(second.partitions.size(), 1u);
  EXPECT_EQ(second.partitions.at(0).leader_id, NodeId(1));
  EXPECT_TRUE(second.partitions.at(0).offline_replicas.empty());
  EXPECT_EQ(client.host().Ask(AskFor("no/name"), 12).topics.at(0).error_code,
            ErrorCode::kInvalidTopicException);
}

TEST(MetadataTest, MakesNoTopicWhereTheBrokerForbidsIt) {
  const ConfigMap forbidding = {{"auto.create.topics.enable", "false"}};
  AdminClient client(forbidding);
  client.host().Ask(AskFor("orders"), 12);
  EXPECT_EQ(client.Partitions("orders"), -1);
}

TEST(MetadataTest, ListsAllTopicsForNullAndInVersion0ForNone) {
  AdminClient client;
  client.Create(Topic("b"));
  client.Create(Topic("a", 2));
  MetadataRequest all;
  all.topics = std::nullopt;
  const auto response = client.host().Ask(all, 12);
  ASSERT_EQ(response.topics.size(), 2u);
  EXPECT_EQ(response.topics.at(0).name, "a");
  EXPECT_EQ(response.controller_id, NodeId(1));
  ASSERT_EQ(response.brokers.size(), 1u);
  EXPECT_NE(response.brokers.at(0).port, 0);
  MetadataRequest none;
  EXPECT_EQ(client.host().Ask(none, 12).topics.size(), 0u);
  EXPECT_EQ(client.host().Ask(none, 0).topics.size(), 2u);
}

TEST(MetadataTest, KnowsTopicsByIdFromVersion12On) {
  AdminClient client;
  const Uuid id = client.Create(Topic("orders")).topic_id;
  MetadataRequest request;
  request.topics.emplace().emplace_back().topic_id = id;
  request.topics->back().name = std::nullopt;
  request.topics->emplace_back().topic_id = Uuid(9, 9);
  request.topics->back().name = std::nullopt;
  const auto topics = client.host().Ask(request, 12).topics;
  ASSERT_EQ(topics.size(), 2u);
  EXPECT_EQ(topics.at(0).name, "orders");
  EXPECT_EQ(topics.at(1).name, std::nullopt);
  EXPECT_EQ(topics.at(1).error_code, ErrorCode::kUnknownTopicId);
  EXPECT_EQ(client.host().Ask(request, 10).topics.at(0).error_code, ErrorCode::kInvalidRequest);
}

}  // namespace
}  // namespace penstock::testing
