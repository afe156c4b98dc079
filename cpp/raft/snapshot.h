// A snapshot of the metadata log as bytes: a header, what the records below its offset add up to, a
// footer. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"
#include "raft/log_record.h"
#include "raft/snapshot_id.h"
#include "raft/voter_set.h"

namespace penstock {

struct SnapshotContent {
  TimestampMs last_contained_log_timestamp{0};
  std::optional<int16_t> kraft_version;
  std::optional<VoterSet> voters;
  std::vector<RaftRecord> records;
};

// Batches of a limited size, offsets from 0, all in the snapshot's epoch; `now` is their timestamp.
StatusOr<SliceChain> EncodeSnapshot(const SnapshotId& id, const SnapshotContent& content,
                                    TimestampMs now);

// DataLoss for a snapshot that is cut off, has a broken batch, or lacks header or footer.
StatusOr<SnapshotContent> DecodeSnapshot(const Slice& bytes);

}  // namespace penstock
