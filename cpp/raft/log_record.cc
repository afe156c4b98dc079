#include "raft/log_record.h"

#include <utility>

#include "base/strings.h"
#include "record/batch_builder.h"
#include "record/record_iterator.h"

namespace penstock {
namespace {

RecordBytes SpanOf(const std::optional<Slice>& bytes) {
  if (!bytes.has_value()) return std::nullopt;
  return bytes->span();
}

std::optional<Slice> CopyOf(const RecordBytes& bytes) {
  if (!bytes.has_value()) return std::nullopt;
  return Slice::CopyOf(*bytes);
}

}  // namespace

StatusOr<Slice> BuildRecordBatch(Offset base_offset, LeaderEpoch epoch, TimestampMs timestamp,
                                 const std::vector<RaftRecord>& records) {
  BatchOptions options;
  options.base_offset = base_offset;
  options.leader_epoch = epoch;
  BatchBuilder batch(options);
  for (const RaftRecord& record : records) {
    batch.Append({timestamp, SpanOf(record.key), SpanOf(record.value), {}});
  }
  return batch.Build();
}

StatusOr<std::vector<RaftRecord>> ReadRecordBatch(const BatchView& batch) {
  std::vector<RaftRecord> records;
  RecordScratch scratch;
  RecordIterator iterator(batch, scratch);
  RecordView record;
  while (iterator.Next(record)) {
    records.push_back({CopyOf(record.key), CopyOf(record.value)});
  }
  RETURN_IF_ERROR(iterator.status());
  return records;
}

Status ForEachBatch(std::span<const uint8_t> bytes,
                    const std::function<Status(const BatchView&)>& visit) {
  size_t position = 0;
  while (position < bytes.size()) {
    const StatusOr<BatchView> batch = BatchView::Parse(bytes.subspan(position));
    if (!batch.ok()) {
      return DataLoss(StrCat("byte ", position, ": ", MessageOf(batch.status())));
    }
    if (!batch->CrcMatches()) {
      return DataLoss(StrCat("byte ", position, ": the checksum of a batch does not match"));
    }
    RETURN_IF_ERROR(visit(*batch));
    position += batch->size_in_bytes();
  }
  return OkStatus();
}

}  // namespace penstock
