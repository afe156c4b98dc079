#include "raft/log_state.h"

#include <utility>

#include "base/strings.h"

namespace penstock {

Status RaftLogState::TakeSnapshot(const SnapshotId& id, SnapshotContent content,
                                  const RaftBatchSink& sink) {
  if (content.kraft_version.has_value()) kraft_version_ = *content.kraft_version;
  if (content.voters.has_value()) {
    voters_ = std::move(content.voters);
    voters_are_in_log_ = !id.is_bootstrap();
  }
  last_epoch_ = id.epoch;
  if (content.records.empty()) return OkStatus();
  RaftBatchPosition position;
  position.last_offset = id.end_offset - 1;
  position.base_offset = position.last_offset;
  position.leader_epoch = id.epoch;
  position.timestamp = content.last_contained_log_timestamp;
  return sink(position, std::move(content.records));
}

Status RaftLogState::TakeBatch(const BatchView& batch, const RaftBatchSink& sink) {
  last_epoch_ = batch.leader_epoch();
  bytes_taken_ += static_cast<int64_t>(batch.size_in_bytes());
  if (batch.is_control()) {
    QuorumControlState control;
    RETURN_IF_ERROR(ReadControlBatch(batch, control));
    if (control.kraft_version.has_value()) kraft_version_ = *control.kraft_version;
    if (control.voters.has_value()) {
      voters_ = std::move(control.voters);
      voters_are_in_log_ = true;
    }
    return OkStatus();
  }
  ASSIGN_OR_RETURN(std::vector<RaftRecord> records, ReadRecordBatch(batch));
  const RaftBatchPosition position{batch.base_offset(), batch.last_offset(), batch.leader_epoch(),
                                   batch.max_timestamp()};
  const Status taken = sink(position, std::move(records));
  return Annotate(taken, StrCat("batch at offset ", batch.base_offset()));
}

QuorumStart RaftLogState::StartOf(const Voter& self, const std::optional<ElectionState>& election,
                                  Offset log_end_offset) const {
  QuorumStart start;
  start.self = self;
  start.election = election;
  start.log_end_offset = log_end_offset;
  start.last_log_epoch = last_epoch_;
  start.kraft_version = kraft_version_;
  start.voters = voters_;
  start.voters_are_in_log = voters_are_in_log_;
  return start;
}

}  // namespace penstock
