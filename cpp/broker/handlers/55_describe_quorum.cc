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

Task<DescribeQuorumResponse> HandleDescribeQuorum(RequestContext& context,
                                                  DescribeQuorumRequest request) {
  co_return context.services().metadata.DescribeQuorum(request);
}

}  // namespace penstock
