// Partitions page by page.
#include "protocol/messages/describe_topic_partitions.h"
#include "tests/unit/broker/handlers/data_client.h"

namespace penstock::testing {
namespace {

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

}  // namespace
}  // namespace penstock::testing
