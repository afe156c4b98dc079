// What a metadata log adds up to: the quorum's own records are kept here, all others handed on.
// Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "raft/log_record.h"
#include "raft/quorum.h"
#include "raft/snapshot.h"
#include "record/batch_view.h"

namespace penstock {

// Where a batch lies.
struct RaftBatchPosition {
  Offset base_offset{0};
  Offset last_offset{0};
  LeaderEpoch leader_epoch{0};
  TimestampMs timestamp{0};
};

// Called with every data batch, in order. The records of a snapshot come as batches that end before
// its offset.
using RaftBatchSink =
    std::function<Status(const RaftBatchPosition&, std::vector<RaftRecord> records)>;

class RaftLogState {
 public:
  // A snapshot comes first or not at all, then the batches behind it in their order. Errors of
  // `sink` are passed on.
  Status TakeSnapshot(const SnapshotId& id, SnapshotContent content, const RaftBatchSink& sink);
  Status TakeBatch(const BatchView& batch, const RaftBatchSink& sink);

  // How the voter `self` starts on this log.
  QuorumStart StartOf(const Voter& self, const std::optional<ElectionState>& election,
                      Offset log_end_offset) const;

  // Of the batches, without the snapshot.
  int64_t bytes_taken() const { return bytes_taken_; }

 private:
  int16_t kraft_version_ = 0;
  std::optional<VoterSet> voters_;
  bool voters_are_in_log_ = false;
  LeaderEpoch last_epoch_{0};
  int64_t bytes_taken_ = 0;
};

}  // namespace penstock
