#include "metadata/controller/producer_id_manager.h"

#include <limits>
#include <utility>

#include "base/strings.h"

namespace penstock {

ControllerResult<StatusOr<ProducerIdBlock>> AllocateProducerIds(const MetadataImage& image,
                                                                NodeId broker, BrokerEpoch epoch) {
  const BrokerImage* registered = image.cluster().Broker(broker);
  if (registered == nullptr || registered->epoch != epoch) {
    return {{},
            KafkaError(ErrorCode::kStaleBrokerEpoch,
                       StrCat("broker ", broker, " is not registered with epoch ", epoch))};
  }
  const ProducerId first = image.producer_ids.next_producer_id;
  if (first.value() > std::numeric_limits<int64_t>::max() - ProducerIdBlock::kSize) {
    return {{},
            KafkaError(ErrorCode::kUnknownServerError, "all producer ids have been handed out")};
  }
  ProducerIdsRecord record;
  record.broker_id = broker;
  record.broker_epoch = epoch;
  record.next_producer_id = first + ProducerIdBlock::kSize;
  ProducerIdBlock block;
  block.first = first;
  return {{MetadataRecord(std::move(record))}, block};
}

}  // namespace penstock
