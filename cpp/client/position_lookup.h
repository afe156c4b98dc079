// What the leader of partitions is asked before they can be read: offsets by time or place, and
// whether its log still has what was read. One request each, to one broker, without retries.
#pragma once

#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "base/time.h"
#include "client/admin_types.h"
#include "client/connection_pool.h"
#include "runtime/network.h"
#include "runtime/task.h"

namespace penstock {

struct OffsetAsked {
  TopicPartitionName partition;
  TimestampMs target = kLatestOffset;  // a timestamp, or a place
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
};

// The first offset whose record is not older than the target; the end of the partition where there
// is none. The end is asked for between two looks for the record, so that none is passed over. One
// result for each of `asked`, in order; what keeps all from being answered is the outer status.
// `pool` outlives the Task.
Task<StatusOr<std::vector<StatusOr<Offset>>>> LookUpOffsets(ConnectionPool& pool, Address leader,
                                                            std::vector<OffsetAsked> asked,
                                                            bool read_committed);

struct EpochAsked {
  TopicPartitionName partition;
  LeaderEpoch epoch;
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
};

// The largest epoch at or below the one asked for, and where it ended; kNoLeaderEpoch and kNoOffset
// where the leader knows none.
struct EpochFound {
  LeaderEpoch epoch = kNoLeaderEpoch;
  Offset end_offset = kNoOffset;
};

// One result for each of `asked`, in order. UNSUPPORTED_VERSION where the broker does not answer
// that to consumers (before Kafka 2.3). `pool` outlives the Task.
Task<StatusOr<std::vector<StatusOr<EpochFound>>>> LookUpEpochs(ConnectionPool& pool, Address leader,
                                                               std::vector<EpochAsked> asked);

}  // namespace penstock
