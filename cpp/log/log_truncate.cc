// Log: cutting off the end.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "log/batch_reader.h"
#include "log/checkpoint_format.h"
#include "log/log.h"
#include "log/small_file.h"

namespace penstock {

namespace {
constexpr uint64_t kIndexBytesMax = uint64_t{1} << 31;
}  // namespace

Status Log::TruncatedError() const {
  return KafkaError(ErrorCode::kNotLeaderOrFollower,
                    StrCat("the log of ", topic_partition_.ToString(), " was truncated"));
}

Task<Status> Log::TruncateTo(Offset offset) {
  Operation operation(*this);
  if (closed_ || !failure_.ok()) co_return StorageError();
  if (offset >= log_end_offset_) {
    // Epochs may have been assigned beyond the end.
    if (epochs_.TruncateFromEnd(offset)) co_return co_await WriteEpochs();
    co_return OkStatus();
  }
  auto permit = co_await files_lock_.Acquire(1);
  truncating_ = true;
  Status status = co_await Truncate(offset);
  truncating_ = false;
  if (!status.ok()) Fail(status);
  co_return status;
}

Task<Status> Log::TruncateFullyAndStartAt(Offset offset) {
  Operation operation(*this);
  if (closed_ || !failure_.ok()) co_return StorageError();
  auto permit = co_await files_lock_.Acquire(1);
  truncating_ = true;
  Status status = co_await TruncateFully(offset);
  truncating_ = false;
  if (!status.ok()) Fail(status);
  permit.Release();
  if (!status.ok()) co_return status;
  co_return co_await context_.save_log_start_offsets();
}

Task<Status> Log::Truncate(Offset offset) {
  if (offset <= segments_.front()->base_offset()) co_return co_await TruncateFully(offset);
  // Then the files hold all there is, and only they have to be cut.
  CO_RETURN_IF_ERROR(co_await WritePending());
  while (segments_.back()->base_offset() >= offset) {
    CO_RETURN_IF_ERROR(co_await RemoveLastSegment());
  }
  CO_RETURN_IF_ERROR(co_await context_.ports.files.SyncDirectory(directory_));
  CO_ASSIGN_OR_RETURN(const Offset end, co_await CutLastSegment(offset));
  SetLogEndAfterTruncation(end);
  epochs_.TruncateFromEnd(end);
  CO_RETURN_IF_ERROR(co_await WriteEpochs());
  CO_RETURN_IF_ERROR(co_await ReloadProducers(end, /*trust_no_snapshot=*/false));
  co_return co_await context_.ports.files.SyncDirectory(directory_);
}

Task<Status> Log::TruncateFully(Offset offset) {
  CO_RETURN_IF_ERROR(co_await WritePending());
  // From the end, so that a crash in between leaves a log without holes.
  while (!segments_.empty()) {
    CO_RETURN_IF_ERROR(co_await RemoveLastSegment());
  }
  auto segment = std::make_shared<Segment>(context_.segment_cache, directory_, offset);
  segment->created_at = segment->modified_at = context_.ports.clock.WallNow();
  segment->Activate(OffsetIndex(offset), TimeIndex(offset));
  segments_.push_back(segment);
  log_start_offset_ = offset;
  SetLogEndAfterTruncation(offset);
  epochs_.Clear();
  producers_.Clear();
  // The name of the first segment keeps the offset.
  CO_RETURN_IF_ERROR(co_await CreateSegmentFiles(segment));
  CO_RETURN_IF_ERROR(co_await WriteEpochs());
  CO_RETURN_IF_ERROR(co_await ReloadProducers(Offset(-1), /*trust_no_snapshot=*/true));
  co_return co_await context_.ports.files.SyncDirectory(directory_);
}

Task<Status> Log::RemoveLastSegment() {
  std::shared_ptr<Segment> segment = std::move(segments_.back());
  segments_.pop_back();
  Files& files = context_.ports.files;
  CO_RETURN_IF_ERROR(co_await RemoveIfExists(files, segment->LogPath()));
  CO_RETURN_IF_ERROR(co_await RemoveIfExists(files, segment->IndexPath()));
  co_return co_await RemoveIfExists(files, segment->TimeIndexPath());
}

Task<StatusOr<Offset>> Log::CutLastSegment(Offset offset) {
  Files& files = context_.ports.files;
  std::shared_ptr<Segment> segment = segments_.back();
  CO_ASSIGN_OR_RETURN(const std::unique_ptr<BatchReader> walk,
                      co_await ReaderFor(segment, offset, BatchReader::kChunkBytes));
  BatchReader& reader = *walk;
  CO_ASSIGN_OR_RETURN(std::shared_ptr<File> file, co_await segment->OpenFile(files));
  int64_t cut = segment->written_size;
  Offset end = log_end_offset_;
  while (!reader.done() && cut == segment->written_size) {
    const std::optional<BatchView> batch = reader.Next();
    if (!batch.has_value()) {
      CO_RETURN_IF_ERROR(co_await reader.Refill());
    } else if (batch->last_offset() >= offset) {
      cut = reader.batch_position();
      end = batch->base_offset();
    } else {
      end = batch->next_offset();
    }
  }
  if (!reader.problem().ok()) co_return reader.problem();
  CO_RETURN_IF_ERROR(co_await file->Truncate(static_cast<uint64_t>(cut)));
  CO_RETURN_IF_ERROR(co_await file->Sync());
  if (!segment->is_active()) {
    CO_ASSIGN_OR_RETURN(const Slice offsets,
                        co_await ReadWholeFile(files, segment->IndexPath(), kIndexBytesMax));
    CO_ASSIGN_OR_RETURN(const Slice times,
                        co_await ReadWholeFile(files, segment->TimeIndexPath(), kIndexBytesMax));
    segment->Activate(
        OffsetIndex::FromBytes(segment->base_offset(), offsets.span(), segment->written_size),
        TimeIndex::FromBytes(segment->base_offset(), times.span(), kEndOfOffsets));
  }
  CO_RETURN_IF_ERROR(co_await CutIndexes(segment, end));
  // What the time index does not say is found behind the last index entry.
  const int64_t tail = segment->offset_index().last().position;
  segment->max_timestamp = segment->time_index().last();
  BatchReader rest(file, tail, cut);
  while (!rest.done()) {
    const std::optional<BatchView> batch = rest.Next();
    if (!batch.has_value()) {
      CO_RETURN_IF_ERROR(co_await rest.Refill());
    } else if (batch->max_timestamp() > segment->max_timestamp.timestamp) {
      segment->max_timestamp = {.timestamp = batch->max_timestamp(),
                                .offset = batch->last_offset()};
    }
  }
  if (!rest.problem().ok()) co_return rest.problem();
  segment->size = segment->written_size = segment->writeback_started = cut;
  segment->preallocated = false;
  segment->bytes_since_index_entry = 0;
  segment->max_timestamp_known = true;
  if (cut == 0) segment->first_timestamp = kNoTimestamp;
  co_return end;
}

Task<Status> Log::CutIndexes(std::shared_ptr<Segment> segment, Offset end) {
  Files& files = context_.ports.files;
  segment->offset_index().TruncateTo(end);
  segment->time_index().TruncateTo(end);
  OpenOptions options;
  options.create = true;
  segment->offset_index_written = 0;
  segment->time_index_written = 0;
  CO_ASSIGN_OR_RETURN(std::unique_ptr<File> index,
                      co_await files.Open(segment->IndexPath(), options));
  CO_RETURN_IF_ERROR(co_await index->Truncate(segment->offset_index().bytes().size()));
  CO_RETURN_IF_ERROR(co_await index->Sync());
  CO_ASSIGN_OR_RETURN(std::unique_ptr<File> time_index,
                      co_await files.Open(segment->TimeIndexPath(), options));
  CO_RETURN_IF_ERROR(co_await time_index->Truncate(segment->time_index().bytes().size()));
  CO_RETURN_IF_ERROR(co_await time_index->Sync());
  // Whatever was in the files, the whole of what is kept is written again.
  co_return co_await FlushIndexes(segment);
}

void Log::SetLogEndAfterTruncation(Offset end) {
  ++truncations_;
  tail_.Clear();
  tail_.SetWritten(end);
  log_end_offset_ = end;
  high_watermark_ = std::max(log_start_offset_, std::min(high_watermark_, end));
  context_.NoteHighWatermark();
  recovery_point_ = std::min(recovery_point_, end);
  flush_requested_ = std::min(flush_requested_, end);
  const Status lost = TruncatedError();
  written_.TruncateTo(end, lost);
  durable_.TruncateTo(end, lost);
}

}  // namespace penstock
