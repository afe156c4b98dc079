// What becomes of a record that a producer has taken.
#pragma once

#include "absl/functional/any_invocable.h"
#include "base/ids.h"
#include "base/status.h"

namespace penstock {

struct RecordMetadata {
  PartitionId partition{-1};
  // kNoOffset where the broker did not say: with acks=0, and for a batch that was sent again so
  // late that the broker only knew that it has it.
  Offset offset = kNoOffset;
  TimestampMs timestamp = kNoTimestamp;  // the one that the log has

  bool operator==(const RecordMetadata&) const = default;
};

// Called once for each record that was taken, on the shard of the producer: where the record is, or
// why it is not known to be anywhere. It may append further records; it must not destroy the
// producer. The records of a partition are answered in their order, as long as none fails.
using DeliveryHandler = absl::AnyInvocable<void(const StatusOr<RecordMetadata>&)>;

}  // namespace penstock
