// DescribeQuorum (55), versions 0 to 2.
//
// The state of the metadata quorum: leader, epoch, high watermark and, of every voter, how far it
// has come.
//
// 1  timestamps of the last fetch      2  error messages, directory ids, endpoints of the nodes
#include "broker/handlers/handlers.h"
#include "broker/services.h"
#include "metadata/metadata_node.h"
#include "protocol/messages/describe_quorum.h"

namespace penstock {
namespace {

constexpr int16_t kVersionWithNodes = 2;

// Older versions carry neither the endpoints of the nodes nor the ids of their directories.
void LeaveOutNodes(DescribeQuorumResponse& response) {
  response.nodes.clear();
  for (auto& topic : response.topics) {
    for (auto& partition : topic.partitions) {
      for (auto& voter : partition.current_voters) voter.replica_directory_id = Uuid::Zero();
      for (auto& observer : partition.observers) observer.replica_directory_id = Uuid::Zero();
    }
  }
}

}  // namespace

Task<DescribeQuorumResponse> HandleDescribeQuorum(RequestContext& context,
                                                  DescribeQuorumRequest request) {
  DescribeQuorumResponse response = context.services().metadata.DescribeQuorum(request);
  if (context.api_version < kVersionWithNodes) LeaveOutNodes(response);
  co_return response;
}

}  // namespace penstock
