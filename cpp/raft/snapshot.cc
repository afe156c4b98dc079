#include "raft/snapshot.h"

#include <utility>

#include "base/strings.h"
#include "raft/control_batch.h"

namespace penstock {
namespace {

// A batch is closed when it has this many bytes of values.
constexpr size_t kBatchBytes = 1 << 20;

// The batches of a snapshot one after the other, with offsets from 0.
class SnapshotEncoder {
 public:
  SnapshotEncoder(const SnapshotId& id, TimestampMs now) : id_(id), now_(now) {}

  Status AddControl(const std::vector<KRaftControlRecord>& records) {
    ASSIGN_OR_RETURN(Slice batch, BuildControlBatch(next_, id_.epoch, now_, records));
    chain_.Append(std::move(batch));
    next_ += static_cast<int64_t>(records.size());
    return OkStatus();
  }
  Status AddRecords(const std::vector<RaftRecord>& records) {
    ASSIGN_OR_RETURN(Slice batch, BuildRecordBatch(next_, id_.epoch, now_, records));
    chain_.Append(std::move(batch));
    next_ += static_cast<int64_t>(records.size());
    return OkStatus();
  }
  SliceChain Take() { return std::move(chain_); }

 private:
  SnapshotId id_;
  TimestampMs now_;
  Offset next_{0};
  SliceChain chain_;
};

Status AddData(SnapshotEncoder& encoder, const std::vector<RaftRecord>& records) {
  std::vector<RaftRecord> batch;
  size_t bytes = 0;
  for (const RaftRecord& record : records) {
    batch.push_back(record);
    bytes += record.value.has_value() ? record.value->size() : 0;
    if (bytes < kBatchBytes) continue;
    RETURN_IF_ERROR(encoder.AddRecords(batch));
    batch.clear();
    bytes = 0;
  }
  return batch.empty() ? OkStatus() : encoder.AddRecords(batch);
}

}  // namespace

StatusOr<SliceChain> EncodeSnapshot(const SnapshotId& id, const SnapshotContent& content,
                                    TimestampMs now) {
  SnapshotEncoder encoder(id, now);
  std::vector<KRaftControlRecord> header = {
      SnapshotHeaderControlRecord(content.last_contained_log_timestamp)};
  if (content.kraft_version.has_value()) {
    header.push_back(KRaftVersionControlRecord(*content.kraft_version));
  }
  if (content.voters.has_value()) header.push_back(VotersControlRecord(*content.voters));
  RETURN_IF_ERROR(encoder.AddControl(header));
  RETURN_IF_ERROR(AddData(encoder, content.records));
  RETURN_IF_ERROR(encoder.AddControl({SnapshotFooterControlRecord()}));
  return encoder.Take();
}

StatusOr<SnapshotContent> DecodeSnapshot(const Slice& bytes) {
  SnapshotContent content;
  QuorumControlState control;
  RETURN_IF_ERROR(ForEachBatch(bytes.span(), [&](const BatchView& batch) -> Status {
    if (control.has_snapshot_footer) return DataLoss("batches follow the snapshot's footer");
    if (batch.is_control()) return ReadControlBatch(batch, control);
    if (!control.snapshot_timestamp.has_value()) {
      return DataLoss("the snapshot does not begin with a header");
    }
    ASSIGN_OR_RETURN(std::vector<RaftRecord> records, ReadRecordBatch(batch));
    for (RaftRecord& record : records) content.records.push_back(std::move(record));
    return OkStatus();
  }));
  if (!control.snapshot_timestamp.has_value()) return DataLoss("the snapshot has no header");
  if (!control.has_snapshot_footer) return DataLoss("the snapshot has no footer: it is cut off");
  content.last_contained_log_timestamp = *control.snapshot_timestamp;
  content.kraft_version = control.kraft_version;
  content.voters = std::move(control.voters);
  return content;
}

}  // namespace penstock
