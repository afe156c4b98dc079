// Keys of control records, and the marker that ends a transaction. The values of the KRaft types (2
// to 6) are protocol messages and are not read here.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"

namespace penstock {

enum class ControlRecordType : int16_t {
  kUnknown = -1,  // of a later release; readers pass over it
  kAbort = 0,
  kCommit = 1,
  kLeaderChange = 2,
  kSnapshotHeader = 3,
  kSnapshotFooter = 4,
  kKRaftVersion = 5,
  kKRaftVoters = 6,
};

using ControlRecordKey = std::array<uint8_t, 4>;

// `type` must not be kUnknown.
ControlRecordKey EncodeControlRecordKey(ControlRecordType type);
// INVALID_RECORD for a short key or a negative version.
StatusOr<ControlRecordType> ParseControlRecordKey(std::span<const uint8_t> key);

// The end of a transaction in a partition.
struct EndTransactionMarker {
  ControlRecordType type = ControlRecordType::kAbort;  // or kCommit
  int32_t coordinator_epoch = 0;

  friend bool operator==(const EndTransactionMarker&, const EndTransactionMarker&) = default;
};

using EndTransactionValue = std::array<uint8_t, 6>;
EndTransactionValue EncodeEndTransactionValue(const EndTransactionMarker& marker);
// INVALID_RECORD when it is not a marker or is too short.
StatusOr<EndTransactionMarker> ParseEndTransactionMarker(std::span<const uint8_t> key,
                                                         std::span<const uint8_t> value);

struct EndTransactionBatchOptions {
  Offset base_offset{0};
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  TimestampMs timestamp = kNoTimestamp;
};
// The control batch that holds `marker`.
Slice BuildEndTransactionBatch(const EndTransactionBatchOptions& options,
                               const EndTransactionMarker& marker);

}  // namespace penstock
