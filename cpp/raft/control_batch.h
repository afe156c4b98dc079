// The control records of the metadata log and its snapshots (types 2 to 6): made, put into batches,
// read back.
#pragma once

#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"
#include "raft/voter_set.h"
#include "record/batch_view.h"
#include "record/control_record.h"

namespace penstock {

struct KRaftControlRecord {
  ControlRecordType type = ControlRecordType::kUnknown;
  Slice value;
};

// `leader` was elected by itself, the only voter.
KRaftControlRecord LeaderChangeRecord(NodeId leader, const VoterSet& voters);
KRaftControlRecord KRaftVersionControlRecord(int16_t level);
KRaftControlRecord VotersControlRecord(const VoterSet& voters);
KRaftControlRecord SnapshotHeaderControlRecord(TimestampMs last_contained_log_timestamp);
KRaftControlRecord SnapshotFooterControlRecord();

// One control batch of `records`, at least one.
StatusOr<Slice> BuildControlBatch(Offset base_offset, LeaderEpoch epoch, TimestampMs timestamp,
                                  const std::vector<KRaftControlRecord>& records);

// What the control records of a log say about the quorum; the last word of each counts.
struct QuorumControlState {
  std::optional<int16_t> kraft_version;
  std::optional<VoterSet> voters;
  std::optional<TimestampMs> snapshot_timestamp;  // of a snapshot header
  bool has_snapshot_footer = false;
};

// Takes in the records of a control batch. Unknown types are passed over. InvalidArgument for
// values that cannot be read.
Status ReadControlBatch(const BatchView& batch, QuorumControlState& into);

}  // namespace penstock
