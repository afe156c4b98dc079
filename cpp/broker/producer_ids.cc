#include "broker/producer_ids.h"

#include "base/check.h"

namespace penstock {

Task<StatusOr<ProducerId>> ProducerIds::Next() {
  if (left_ > 0) co_return Take();
  const Semaphore::Permit permit = co_await block_lock_.Acquire(1);
  // Those who waited for the same block find it here.
  if (left_ == 0) {
    const StatusOr<ProducerIdBlock> block = co_await metadata_.AllocateProducerIds();
    if (!block.ok()) co_return block.status();
    next_ = block->first;
    left_ = block->count;
  }
  co_return Take();
}

ProducerId ProducerIds::Take() {
  CHECK(left_ > 0);
  --left_;
  const ProducerId taken = next_;
  ++next_;
  return taken;
}

}  // namespace penstock
