#include "log/log_loader.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "log/batch_reader.h"
#include "log/checkpoint_format.h"
#include "log/small_file.h"

namespace penstock {

namespace {
constexpr uint64_t kIndexBytesMax = uint64_t{1} << 31;
constexpr uint64_t kTextBytesMax = uint64_t{64} << 20;
}  // namespace

Task<Status> LogLoader::Load() {
  CO_RETURN_IF_ERROR(co_await FindFiles());
  if (log_.segments_.empty()) StartEmpty(options_.log_start_offset);
  CO_RETURN_IF_ERROR(co_await DescribeSegments());
  CO_RETURN_IF_ERROR(co_await LoadEpochs());
  CO_RETURN_IF_ERROR(co_await RecoverTail());
  Offset start = std::max(options_.log_start_offset, log_.segments_.front()->base_offset());
  if (start > log_end_) {
    // Records below the start were deleted, and those above did not survive: the log goes on from
    // its start.
    CO_RETURN_IF_ERROR(co_await DropSegmentsFrom(0));
    StartEmpty(start);
    log_end_ = start;
  }
  log_.log_start_offset_ = start;
  log_.log_end_offset_ = log_end_;
  log_.recovery_point_ = log_end_;
  log_.saved_log_start_offset_ = options_.log_start_offset;
  log_.written_.Advance(log_end_);
  log_.durable_.Advance(log_end_);
  log_.tail_.SetWritten(log_end_);
  log_.high_watermark_ = std::clamp(options_.high_watermark, start, log_end_);
  if (epochs_lost_) {
    CO_RETURN_IF_ERROR(co_await RebuildEpochs());
  }
  const bool cut_end = log_.epochs_.TruncateFromEnd(log_end_);
  const bool cut_start = log_.epochs_.TruncateFromStart(start);
  if (cut_end || cut_start) log_.epochs_dirty_ = true;
  if (log_.epochs_dirty_) {
    CO_RETURN_IF_ERROR(co_await log_.WriteEpochs());
  }
  co_return co_await log_.ReloadProducers(log_end_, options_.clean_shutdown);
}

Task<Status> LogLoader::FindFiles() {
  Files& files = log_.context_.ports.files;
  CO_ASSIGN_OR_RETURN(const std::vector<std::string> names, co_await files.List(log_.directory_));
  for (const std::string& name : names) {
    const std::string_view text = name;
    const std::string path = StrCat(log_.directory_, '/', name);
    const bool leftover = text.ends_with(log_files::kDeletedSuffix) ||
                          text.ends_with(log_files::kCleanedSuffix) ||
                          text.ends_with(log_files::kTemporarySuffix);
    if (leftover) {
      CO_RETURN_IF_ERROR(co_await RemoveIfExists(files, path));
      continue;
    }
    const std::optional<Offset> base = log_files::OffsetOf(name, log_files::kLogSuffix);
    if (base.has_value()) {
      log_.segments_.push_back(
          std::make_shared<Segment>(log_.context_.segment_cache, log_.directory_, *base));
    }
    if (text == log_files::kPartitionMetadata) {
      CO_ASSIGN_OR_RETURN(const Slice metadata, co_await ReadWholeFile(files, path, kTextBytesMax));
      const StatusOr<Uuid> topic_id = DecodePartitionMetadata(metadata.text());
      if (!topic_id.ok()) co_return Annotate(topic_id.status(), path);
      log_.topic_id_ = *topic_id;
    }
  }
  co_return co_await RemoveOrphans(names);
}

Task<Status> LogLoader::RemoveOrphans(std::vector<std::string> names) {
  const std::vector<std::string_view> suffixes = {
      log_files::kIndexSuffix, log_files::kTimeIndexSuffix, log_files::kTxnIndexSuffix};
  for (const std::string& name : names) {
    for (const std::string_view suffix : suffixes) {
      const std::optional<Offset> base = log_files::OffsetOf(name, suffix);
      if (!base.has_value()) continue;
      const bool has_log =
          std::any_of(log_.segments_.begin(), log_.segments_.end(),
                      [&](const std::shared_ptr<Segment>& s) { return s->base_offset() == *base; });
      if (has_log) continue;
      const std::string path = StrCat(log_.directory_, '/', name);
      CO_RETURN_IF_ERROR(co_await RemoveIfExists(log_.context_.ports.files, path));
    }
  }
  co_return OkStatus();
}

void LogLoader::StartEmpty(Offset offset) {
  auto segment = std::make_shared<Segment>(log_.context_.segment_cache, log_.directory_, offset);
  segment->files_created = false;
  segment->created_at = segment->modified_at = log_.context_.ports.clock.WallNow();
  segment->Activate(OffsetIndex(offset), TimeIndex(offset));
  log_.segments_.push_back(std::move(segment));
}

Task<Status> LogLoader::DescribeSegments() {
  for (std::shared_ptr<Segment>& segment : log_.segments_) {
    if (!segment->files_created) continue;
    CO_ASSIGN_OR_RETURN(const FileInfo info,
                        co_await log_.context_.ports.files.Describe(segment->LogPath()));
    segment->size = segment->written_size = segment->writeback_started =
        static_cast<int64_t>(info.size);
    segment->created_at = segment->modified_at = TimestampMs(info.modified_ms);
    segment->max_timestamp_known = info.size == 0;
  }
  co_return OkStatus();
}

Task<Status> LogLoader::LoadEpochs() {
  std::string path = StrCat(log_.directory_, '/', log_files::kLeaderEpochs);
  auto text = co_await ReadWholeFile(log_.context_.ports.files, path, kTextBytesMax);
  if (!text.ok() && text.status().code() != StatusCode::kNotFound) co_return text.status();
  epochs_lost_ = true;
  if (text.ok()) {
    StatusOr<LeaderEpochCache> epochs = LeaderEpochCache::Decode(text->text());
    if (epochs.ok()) {
      log_.epochs_ = *std::move(epochs);
      epochs_lost_ = false;
    } else {
      log_.context_.ports.logger.Warn("leader epochs are read from the batches",
                                      {{"file", path}, {"cause", epochs.status()}});
    }
  }
  co_return OkStatus();
}

Task<Status> LogLoader::RecoverTail() {
  const bool clean = options_.clean_shutdown;
  const Offset trusted_below = clean ? kEndOfOffsets : options_.recovery_point;
  size_t first = log_.segments_.size() - 1;
  while (!clean && first > 0 && log_.segments_[first]->base_offset() > trusted_below) --first;
  log_end_ = log_.segments_[first]->base_offset();
  for (size_t i = first; i < log_.segments_.size(); ++i) {
    std::shared_ptr<Segment> segment = log_.segments_[i];
    if (!segment->files_created) continue;
    const bool follows = segment->base_offset() == log_end_ ||
                         (segment->base_offset() > log_end_ && log_.config_->cleanup_compact);
    if (!follows) {
      CO_RETURN_IF_ERROR(co_await DropSegmentsFrom(i));
      break;
    }
    CO_ASSIGN_OR_RETURN(const bool cut, co_await RecoverSegment(segment, trusted_below));
    if (cut) {
      CO_RETURN_IF_ERROR(co_await DropSegmentsFrom(i + 1));
      break;
    }
    if (i + 1 < log_.segments_.size()) {
      segment->time_index().MaybeAppend(segment->max_timestamp);
      CO_RETURN_IF_ERROR(co_await log_.FlushIndexes(segment));
      segment->Deactivate();
    }
  }
  std::shared_ptr<Segment> last = log_.segments_.back();
  if (last->files_created && !last->is_active()) {
    // Those behind it were dropped: it is written on.
    CO_ASSIGN_OR_RETURN(const bool cut, co_await RecoverSegment(last, trusted_below));
    if (cut) co_return DataLoss(StrCat(last->LogPath(), " has changed while it was read"));
  }
  if (!clean) co_return co_await log_.context_.ports.files.SyncDirectory(log_.directory_);
  co_return OkStatus();
}

Task<StatusOr<bool>> LogLoader::RecoverSegment(std::shared_ptr<Segment> segment,
                                               Offset trusted_below) {
  const int64_t file_size = segment->written_size;
  log_end_ = segment->base_offset();
  CO_RETURN_IF_ERROR(co_await ReadIndexes(segment, trusted_below));
  if (!options_.clean_shutdown) {
    CO_RETURN_IF_ERROR(co_await SeeTheDevice(segment));
  }
  CO_RETURN_IF_ERROR(co_await CheckBatches(segment, file_size));
  const bool cut = segment->size < file_size;
  segment->written_size = segment->writeback_started = segment->size;
  segment->max_timestamp_known = true;
  if (cut) {
    log_.context_.ports.logger.Warn("the end of a log is cut off",
                                    {{"file", segment->LogPath()},
                                     {"bytes_kept", segment->size},
                                     {"bytes_cut", file_size - segment->size},
                                     {"log_end_offset", log_end_}});
  }
  CO_ASSIGN_OR_RETURN(std::shared_ptr<File> file,
                      co_await segment->OpenFile(log_.context_.ports.files));
  if (cut) {
    CO_RETURN_IF_ERROR(co_await file->Truncate(static_cast<uint64_t>(segment->size)));
    CO_RETURN_IF_ERROR(co_await file->Sync());
  }
  if (cut || !options_.clean_shutdown) {
    CO_RETURN_IF_ERROR(co_await log_.CutIndexes(segment, log_end_));
  }
  co_return cut;
}

// The process before this one may have died of a sync that failed: then memory shows batches that
// no sync will bring to the disk any more, and that a reader must never see.
Task<Status> LogLoader::SeeTheDevice(std::shared_ptr<Segment> segment) {
  CO_ASSIGN_OR_RETURN(std::shared_ptr<File> file,
                      co_await segment->OpenFile(log_.context_.ports.files));
  CO_RETURN_IF_ERROR(co_await file->Sync());
  co_return co_await file->DropCache(static_cast<uint64_t>(segment->size));
}

Task<Status> LogLoader::ReadIndexes(std::shared_ptr<Segment> segment, Offset trusted_below) {
  Files& files = log_.context_.ports.files;
  const Offset base = segment->base_offset();
  OffsetIndex offsets(base);
  TimeIndex times(base);
  auto index = co_await ReadWholeFile(files, segment->IndexPath(), kIndexBytesMax);
  if (index.ok()) {
    offsets = OffsetIndex::FromBytes(base, index->span(), segment->written_size);
    offsets.TruncateTo(trusted_below);
  } else if (index.status().code() != StatusCode::kNotFound) {
    co_return index.status();
  }
  auto time_index = co_await ReadWholeFile(files, segment->TimeIndexPath(), kIndexBytesMax);
  if (time_index.ok()) {
    times = TimeIndex::FromBytes(base, time_index->span(), trusted_below);
  } else if (time_index.status().code() != StatusCode::kNotFound) {
    co_return time_index.status();
  }
  if (!offsets.empty()) {
    // The last entry is where checking begins, so it must name a batch.
    const IndexEntry last = offsets.last();
    CO_ASSIGN_OR_RETURN(std::shared_ptr<File> file, co_await segment->OpenFile(files));
    BatchReader reader(std::move(file), last.position, segment->written_size,
                       batch_format::kHeaderSize);
    std::optional<BatchView> batch;
    while (!reader.done() && !batch.has_value()) {
      batch = reader.Next();
      if (!batch.has_value()) {
        CO_RETURN_IF_ERROR(co_await reader.Refill());
      }
    }
    log_.context_.counters.bytes_read_in_recovery += reader.bytes_read();
    if (!batch.has_value() || batch->last_offset() != last.offset || !batch->CrcMatches()) {
      offsets = OffsetIndex(base);
    }
  }
  // Timestamps behind the last entry are found again by reading on from it.
  const bool complete = options_.clean_shutdown && !offsets.empty();
  if (!complete) times.TruncateTo(offsets.empty() ? base : offsets.last().offset + 1);
  segment->offset_index_written = offsets.bytes().size();
  segment->time_index_written = times.bytes().size();
  segment->max_timestamp = times.last();
  segment->size = offsets.last().position;
  segment->bytes_since_index_entry = 0;
  segment->Activate(std::move(offsets), std::move(times));
  co_return OkStatus();
}

bool LogLoader::FollowsOn(const BatchView& batch, bool is_first) const {
  if (batch.last_offset_delta() < 0) return false;
  if (is_first || batch.base_offset() == log_end_) return true;
  return batch.base_offset() > log_end_ && log_.config_->cleanup_compact;
}

Task<Status> LogLoader::CheckBatches(std::shared_ptr<Segment> segment, int64_t file_size) {
  CO_RETURN_IF_ERROR(co_await ReadFirstTimestamp(segment));
  CO_ASSIGN_OR_RETURN(std::shared_ptr<File> file,
                      co_await segment->OpenFile(log_.context_.ports.files));
  // Behind an index entry the offset of the first batch is not known from the one before.
  bool is_first = segment->size > 0;
  BatchReader reader(std::move(file), segment->size, file_size);
  while (!reader.done()) {
    const std::optional<BatchView> batch = reader.Next();
    if (!batch.has_value()) {
      CO_RETURN_IF_ERROR(co_await reader.Refill());
      continue;
    }
    const bool in_reach = batch->last_offset() - segment->base_offset() <= INT32_MAX;
    if (!FollowsOn(*batch, is_first) || !in_reach || !batch->CrcMatches()) break;
    is_first = false;
    // What is read again must not take away a later epoch that begins behind it, nor its own begin.
    if (log_.epochs_.EpochOf(batch->base_offset()) != batch->leader_epoch() &&
        log_.epochs_.Assign(batch->leader_epoch(), batch->base_offset())) {
      log_.epochs_dirty_ = true;
    }
    segment->Account(*batch, batch->base_offset(), log_.config_->index_interval_bytes);
    log_end_ = batch->next_offset();
  }
  log_.context_.counters.bytes_read_in_recovery += reader.bytes_read();
  co_return OkStatus();
}

Task<Status> LogLoader::ReadFirstTimestamp(std::shared_ptr<Segment> segment) {
  if (segment->size == 0) co_return OkStatus();
  CO_ASSIGN_OR_RETURN(std::shared_ptr<File> file,
                      co_await segment->OpenFile(log_.context_.ports.files));
  CO_ASSIGN_OR_RETURN(const Slice header, co_await file->ReadAt(0, batch_format::kHeaderSize));
  if (header.size() == batch_format::kHeaderSize) {
    segment->first_timestamp =
        TimestampMs(LoadBig<int64_t>(header.data() + batch_format::kMaxTimestampAt));
  }
  co_return OkStatus();
}

Task<Status> LogLoader::DropSegmentsFrom(size_t first) {
  while (log_.segments_.size() > first) {
    log_.context_.ports.logger.Warn("a segment behind the end of the log is removed",
                                    {{"file", log_.segments_.back()->LogPath()}});
    CO_RETURN_IF_ERROR(co_await log_.RemoveLastSegment());
  }
  co_return co_await log_.context_.ports.files.SyncDirectory(log_.directory_);
}

Task<Status> LogLoader::RebuildEpochs() {
  log_.epochs_.Clear();
  std::vector<std::shared_ptr<Segment>> segments = log_.segments_;
  for (std::shared_ptr<Segment>& segment : segments) {
    if (segment->written_size == 0) continue;
    CO_ASSIGN_OR_RETURN(std::shared_ptr<File> file,
                        co_await segment->OpenFile(log_.context_.ports.files));
    BatchReader reader(std::move(file), 0, segment->written_size);
    while (!reader.done()) {
      const std::optional<BatchView> batch = reader.Next();
      if (!batch.has_value()) {
        CO_RETURN_IF_ERROR(co_await reader.Refill());
        continue;
      }
      log_.epochs_.Assign(batch->leader_epoch(), batch->base_offset());
    }
    log_.context_.counters.bytes_read_in_recovery += reader.bytes_read();
    CO_RETURN_IF_ERROR(reader.problem());
  }
  log_.epochs_dirty_ = !log_.epochs_.entries().empty();
  co_return OkStatus();
}

}  // namespace penstock
