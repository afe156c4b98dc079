// What lies in the log directory.
#include "protocol/messages/describe_log_dirs.h"
#include "tests/unit/broker/handlers/data_client.h"

namespace penstock::testing {
namespace {

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
