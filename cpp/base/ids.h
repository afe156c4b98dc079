// Kafka's numbers, each with a type of its own.
#pragma once

#include <cstdint>

#include "base/strong_int.h"

namespace penstock {

using Offset = StrongInt<struct OffsetTag, int64_t>;  // position of a record in a partition
using LeaderEpoch =
    StrongInt<struct LeaderEpochTag, int32_t>;  // term of a partition's (or the quorum's) leader
using PartitionId = StrongInt<struct PartitionIdTag, int32_t>;  // index of a partition in its topic
using NodeId = StrongInt<struct NodeIdTag, int32_t>;            // broker or controller
using BrokerEpoch =
    StrongInt<struct BrokerEpochTag, int64_t>;  // metadata offset of the broker's registration
using ProducerId = StrongInt<struct ProducerIdTag, int64_t>;
using ProducerEpoch = StrongInt<struct ProducerEpochTag, int16_t>;
using Sequence = StrongInt<struct SequenceTag, int32_t>;  // of a producer's records, wraps at 2^31
using TimestampMs =
    StrongInt<struct TimestampMsTag, int64_t>;  // wall clock, milliseconds since 1970 (UTC)

inline constexpr Offset kNoOffset{-1};
inline constexpr LeaderEpoch kNoLeaderEpoch{-1};
inline constexpr NodeId kNoNode{-1};
inline constexpr ProducerId kNoProducerId{-1};
inline constexpr ProducerEpoch kNoProducerEpoch{-1};
inline constexpr Sequence kNoSequence{-1};
inline constexpr TimestampMs kNoTimestamp{-1};

}  // namespace penstock
