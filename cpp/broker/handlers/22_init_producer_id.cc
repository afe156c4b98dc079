// InitProducerId (22), versions 0 to 6 (6 is unstable).
//
// Gives an idempotent producer an id that nobody had before, with epoch 0. A transactional id is
// answered like one whose coordinator cannot be had: there is none yet.
//
// 2  flexible    3  producer_id and producer_epoch of a producer that goes on    6  two-phase
// commit
#include "broker/handlers/handlers.h"
#include "broker/producer_ids.h"
#include "broker/services.h"
#include "protocol/messages/init_producer_id.h"

namespace penstock {
namespace {

InitProducerIdResponse Refuse(ErrorCode error) {
  InitProducerIdResponse refused;
  refused.error_code = error;
  refused.producer_id = kNoProducerId;
  refused.producer_epoch = kNoProducerEpoch;
  return refused;
}

}  // namespace

Task<InitProducerIdResponse> HandleInitProducerId(RequestContext& context,
                                                  InitProducerIdRequest request) {
  const bool has_id = request.producer_id != kNoProducerId;
  const bool has_epoch = request.producer_epoch != kNoProducerEpoch;
  if (has_id != has_epoch) co_return Refuse(ErrorCode::kInvalidRequest);
  if (request.transactional_id.has_value()) {
    co_return Refuse(request.transactional_id->empty() ? ErrorCode::kInvalidRequest
                                                       : ErrorCode::kCoordinatorNotAvailable);
  }
  const StatusOr<ProducerId> id = co_await context.services().producer_ids.Next();
  if (!id.ok()) co_return Refuse(ErrorCodeOf(id.status()));
  InitProducerIdResponse response;
  response.producer_id = *id;
  response.producer_epoch = ProducerEpoch(0);
  co_return response;
}

}  // namespace penstock
