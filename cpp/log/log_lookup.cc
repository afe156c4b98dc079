// Log: look-ups by timestamp and by epoch.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "log/batch_reader.h"
#include "log/log.h"
#include "log/small_file.h"
#include "record/record_iterator.h"

namespace penstock {

namespace {

constexpr uint64_t kTimeIndexBytesMax = uint64_t{1} << 31;

// The first record of the batch in [start, end) with at least `target`; offset kNoOffset if there
// is none.
StatusOr<TimestampOffset> FindInBatch(const BatchView& batch, TimestampMs target, Offset start,
                                      Offset end) {
  if (!batch.CrcMatches()) {
    return KafkaError(
        ErrorCode::kCorruptMessage,
        StrCat("the batch at offset ", batch.base_offset(), " does not match its checksum"));
  }
  RecordScratch scratch;
  RecordIterator records(batch, scratch);
  RecordView record;
  while (records.Next(record)) {
    const Offset offset = records.OffsetOf(record);
    if (offset >= end) break;
    if (offset < start || records.TimestampOf(record) < target) continue;
    return TimestampOffset{.timestamp = records.TimestampOf(record),
                           .offset = offset,
                           .leader_epoch = batch.leader_epoch()};
  }
  RETURN_IF_ERROR(records.status());
  return TimestampOffset();
}

}  // namespace

TimestampOffset Log::Earliest() const {
  TimestampOffset earliest;
  earliest.offset = log_start_offset_;
  const auto& entries = epochs_.entries();
  if (!entries.empty() && entries.front().start_offset <= log_start_offset_) {
    earliest.leader_epoch = epochs_.EpochOf(log_start_offset_).value_or(kNoLeaderEpoch);
  }
  return earliest;
}

TimestampOffset Log::Latest() const {
  TimestampOffset latest;
  latest.offset = log_end_offset_;
  latest.leader_epoch = epochs_.latest_epoch().value_or(kNoLeaderEpoch);
  return latest;
}

EpochEndOffset Log::EndOffsetForEpoch(LeaderEpoch leader_epoch) const {
  return epochs_.EndOffsetFor(leader_epoch, log_end_offset_);
}

Task<Status> Log::LoadMaxTimestamp(std::shared_ptr<Segment> segment) {
  if (segment->max_timestamp_known) co_return OkStatus();
  std::string path = segment->TimeIndexPath();
  auto bytes = co_await ReadWholeFile(context_.ports.files, path, kTimeIndexBytesMax);
  if (!bytes.ok() && bytes.status().code() != StatusCode::kNotFound) co_return bytes.status();
  if (bytes.ok() && bytes->size() >= TimeIndex::kEntrySize) {
    const TimeIndex index =
        TimeIndex::FromBytes(segment->base_offset(), bytes->span(), kEndOfOffsets);
    if (index.bytes().size() == bytes->size()) {
      segment->max_timestamp = index.last();
      segment->max_timestamp_known = true;
      co_return OkStatus();
    }
  }
  // A sealed segment with timestamps has at least the entry of its end.
  co_return co_await RebuildIndexes(segment);
}

Task<StatusOr<TimeIndexEntry>> Log::LookupTime(std::shared_ptr<Segment> segment,
                                               TimestampMs target) {
  if (segment->is_active()) co_return segment->time_index().Lookup(target);
  std::string path = segment->TimeIndexPath();
  CO_ASSIGN_OR_RETURN(const Slice bytes,
                      co_await ReadWholeFile(context_.ports.files, path, kTimeIndexBytesMax));
  const TimeIndex index = TimeIndex::FromBytes(segment->base_offset(), bytes.span(), kEndOfOffsets);
  co_return index.Lookup(target);
}

Task<StatusOr<TimestampOffset>> Log::FindTimestamp(std::shared_ptr<Segment> segment,
                                                   TimestampMs target, Offset start, Offset end) {
  CO_ASSIGN_OR_RETURN(const TimeIndexEntry floor, co_await LookupTime(segment, target));
  // All batches up to that entry's are older than `target`, or it is the very one.
  const Offset from = std::max(floor.offset, start);
  CO_ASSIGN_OR_RETURN(const std::unique_ptr<BatchReader> reader,
                      co_await ReaderFor(segment, from, BatchReader::kChunkBytes));
  while (!reader->done()) {
    const std::optional<BatchView> batch = reader->Next();
    if (!batch.has_value()) {
      CO_RETURN_IF_ERROR(co_await reader->Refill());
      continue;
    }
    if (batch->base_offset() >= end) break;
    if (batch->max_timestamp() < target || batch->last_offset() < start) continue;
    const StatusOr<TimestampOffset> found = FindInBatch(*batch, target, start, end);
    if (!found.ok() || found->offset != kNoOffset) co_return found;
  }
  // What cannot be read may hold the record: "none" would be a guess.
  if (!reader->problem().ok()) co_return CorruptError(*segment, *reader);
  co_return TimestampOffset();
}

Task<StatusOr<TimestampOffset>> Log::OffsetForTimestamp(TimestampMs target, Offset upper_bound) {
  Operation operation(*this);
  const Offset end = std::min(upper_bound, ReadableEnd());
  CO_RETURN_IF_ERROR(co_await written_.WaitFor(end));
  Offset next_base = log_start_offset_;
  while (next_base < end) {
    const uint64_t truncations = truncations_;
    const size_t at = SegmentIndexFor(std::max(next_base, log_start_offset_));
    std::shared_ptr<Segment> segment = segments_[at];
    next_base = at + 1 < segments_.size() ? segments_[at + 1]->base_offset() : kEndOfOffsets;
    CO_RETURN_IF_ERROR(co_await LoadMaxTimestamp(segment));
    if (segment->max_timestamp.timestamp < target) continue;
    const Offset start = log_start_offset_;
    auto found = co_await FindTimestamp(segment, target, start, end);
    if (truncations != truncations_) co_return TruncatedError();
    if (!found.ok() || found->offset != kNoOffset) co_return found;
  }
  co_return TimestampOffset();
}

Task<StatusOr<TimestampOffset>> Log::OffsetOfMaxTimestamp() {
  Operation operation(*this);
  const Offset end = ReadableEnd();
  CO_RETURN_IF_ERROR(co_await written_.WaitFor(end));
  const uint64_t truncations = truncations_;
  std::vector<std::shared_ptr<Segment>> segments = segments_;
  std::shared_ptr<Segment> latest;
  for (std::shared_ptr<Segment>& segment : segments) {
    if (segment->size == 0) continue;
    CO_RETURN_IF_ERROR(co_await LoadMaxTimestamp(segment));
    if (latest == nullptr || segment->max_timestamp.timestamp > latest->max_timestamp.timestamp) {
      latest = segment;
    }
  }
  if (latest == nullptr || latest->max_timestamp.timestamp.value() < 0) co_return TimestampOffset();
  const Offset start = log_start_offset_;
  const TimestampMs timestamp = latest->max_timestamp.timestamp;
  auto found = co_await FindTimestamp(latest, timestamp, start, end);
  if (truncations != truncations_) co_return TruncatedError();
  co_return found;
}

}  // namespace penstock
