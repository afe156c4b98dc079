// What clients learn of the cluster: brokers, topics, directories, page by page.
#include "protocol/messages/describe_cluster.h"
#include "protocol/messages/describe_log_dirs.h"
#include "protocol/messages/describe_topic_partitions.h"
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

TEST(DescribeClusterTest, SpeaksForBrokersOnly) {
  AdminClient client;
  DescribeClusterRequest request;
  request.include_cluster_authorized_operations = true;
  const auto described = client.host().Ask(request, 2);
  EXPECT_EQ(described.error_code, ErrorCode::kNone);
  EXPECT_FALSE(described.cluster_id.empty());
  EXPECT_EQ(described.brokers.size(), 1u);
  EXPECT_EQ(described.cluster_authorized_operations, 8096);
  request.endpoint_type = 2;
  EXPECT_EQ(client.host().Ask(request, 2).error_code, ErrorCode::kMismatchedEndpointType);
  request.endpoint_type = 3;
  EXPECT_EQ(client.host().Ask(request, 2).error_code, ErrorCode::kUnsupportedEndpointType);
}

TEST(DescribeTopicPartitionsTest, GoesThroughTopicsPageByPage) {
  AdminClient client;
  client.Create(Topic("a", 3));
  client.Create(Topic("b", 2));
  DescribeTopicPartitionsRequest request;
  request.response_partition_limit = 2;
  std::vector<std::string> seen;
  while (true) {
    const auto page = client.host().Ask(request, 0);
    for (const auto& topic : page.topics) {
      EXPECT_EQ(topic.error_code, ErrorCode::kNone);
      for (const auto& partition : topic.partitions)
        seen.push_back(*topic.name + std::to_string(partition.partition_index.value()));
    }
    if (!page.next_cursor.has_value()) break;
    auto& cursor = request.cursor.emplace();
    cursor.topic_name = page.next_cursor->topic_name;
    cursor.partition_index = page.next_cursor->partition_index;
    ASSERT_LE(seen.size(), 5u);
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"a0", "a1", "a2", "b0", "b1"}));
  DescribeTopicPartitionsRequest missing;
  missing.topics.emplace_back().name = "none";
  EXPECT_EQ(client.host().Ask(missing, 0).topics.at(0).error_code,
            ErrorCode::kUnknownTopicOrPartition);
}

TEST(DescribeLogDirsTest, ListsPartitionsWithTheirSizes) {
  DataClient client;
  client.Create(Topic("orders", 2));
  client.Produce("orders", MakeBatch(Records(100)));
  DescribeLogDirsRequest request;
  request.topics = std::nullopt;
  const auto dirs = client.host().Ask(request, 4).results;
  ASSERT_EQ(dirs.size(), 1u);
  EXPECT_GT(dirs.at(0).total_bytes, 0);
  ASSERT_EQ(dirs.at(0).topics.size(), 1u);
  ASSERT_EQ(dirs.at(0).topics.at(0).partitions.size(), 2u);
  EXPECT_GT(dirs.at(0).topics.at(0).partitions.at(0).partition_size, 1000);
  EXPECT_EQ(dirs.at(0).topics.at(0).partitions.at(1).partition_size, 0);
  request.topics.emplace();
  EXPECT_TRUE(client.host().Ask(request, 4).results.at(0).topics.empty()) << "nothing was asked";
}

}  // namespace
}  // namespace penstock::testing
