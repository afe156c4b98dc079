// DescribeCluster (60), versions 0 to 2.
//
// The cluster id, the brokers, and one of them to send admin requests to.
//
// 1  endpoint_type    2  include_fenced_brokers
#include <utility>

#include "base/strings.h"
#include "broker/handlers/find_partition.h"
#include "broker/handlers/handlers.h"
#include "broker/handlers/node_endpoints.h"
#include "broker/services.h"
#include "metadata/metadata_node.h"
#include "protocol/messages/describe_cluster.h"

namespace penstock {
namespace {

constexpr int8_t kBrokers = 1;
constexpr int8_t kControllers = 2;

DescribeClusterResponse Refuse(ErrorCode error, std::string message) {
  DescribeClusterResponse refused;
  refused.error_code = error;
  refused.error_message = std::move(message);
  return refused;
}

}  // namespace

Task<DescribeClusterResponse> HandleDescribeCluster(RequestContext& context,
                                                    DescribeClusterRequest request) {
  if (request.endpoint_type == kControllers) {
    co_return Refuse(ErrorCode::kMismatchedEndpointType,
                     "this is a broker, and the request asks for a controller");
  }
  if (request.endpoint_type != kBrokers) {
    co_return Refuse(ErrorCode::kUnsupportedEndpointType,
                     StrCat("no such endpoint type: ", int{request.endpoint_type}));
  }
  const MetadataNode& metadata = context.services().metadata;
  const MetadataImagePtr image = metadata.image();
  DescribeClusterResponse response;
  response.cluster_id = metadata.cluster_id();
  response.controller_id = ControllerFor(*image, metadata.node_id());
  for (ReachableBroker& broker : BrokersFor(context, *image)) {
    if (broker.fenced && !request.include_fenced_brokers) continue;
    auto& answered = response.brokers.emplace_back();
    answered.broker_id = broker.id;
    answered.host = std::move(broker.host);
    answered.port = broker.port;
    answered.rack = std::move(broker.rack);
    answered.is_fenced = broker.fenced;
  }
  if (request.include_cluster_authorized_operations)
    response.cluster_authorized_operations = kAllClusterOperations;
  co_return response;
}

}  // namespace penstock
