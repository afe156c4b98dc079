// Who is in the cluster.
#include "protocol/messages/describe_cluster.h"
#include "tests/unit/broker/handlers/data_client.h"

namespace penstock::testing {
namespace {

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

}  // namespace
}  // namespace penstock::testing
