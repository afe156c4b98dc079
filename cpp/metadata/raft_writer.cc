#include "metadata/raft_writer.h"

namespace penstock {

BatchPosition ToBatchPosition(const RaftBatchPosition& position) {
  return {position.base_offset, position.last_offset, position.leader_epoch, position.timestamp};
}

StatusOr<BatchPosition> RaftWriter::Append(const std::vector<EncodedRecord>& records) {
  std::vector<RaftRecord> raft_records;
  raft_records.reserve(records.size());
  for (const EncodedRecord& record : records) raft_records.push_back({record.key, record.value});
  ASSIGN_OR_RETURN(const RaftBatchPosition position, driver_.Append(raft_records));
  return ToBatchPosition(position);
}

Task<Status> RaftWriter::Load(LoadSink& sink) {
  RaftBatchSink take = [&sink](const RaftBatchPosition& position,
                               std::vector<RaftRecord> raft_records) {
    std::vector<EncodedRecord> records;
    records.reserve(raft_records.size());
    for (RaftRecord& record : raft_records) {
      records.push_back({std::move(record.key), std::move(record.value)});
    }
    return sink.OnBatch(ToBatchPosition(position), records);
  };
  co_return co_await driver_.Load(std::move(take));
}

}  // namespace penstock
