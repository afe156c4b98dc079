// Log: deleting the beginning.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "log/checkpoint_format.h"
#include "log/log.h"
#include "log/small_file.h"

namespace penstock {

namespace {

// Removes files that were renamed already. The log may be gone by then; `ports` lives as long as
// the task group.
Task<Status> RemoveFilesLater(LogPorts& ports, std::vector<std::string> paths, int64_t delay_ms) {
  const Instant when = ports.clock.Now() + Milliseconds(delay_ms);
  co_await ports.timers.SleepUntil(when);
  for (const std::string& path : paths) {
    CO_RETURN_IF_ERROR(co_await RemoveIfExists(ports.files, path));
  }
  co_return OkStatus();
}

}  // namespace

Task<Status> Log::AdvanceLogStartOffset(Offset offset) {
  Operation operation(*this);
  if (closed_ || !failure_.ok()) co_return StorageError();
  if (offset > log_end_offset_) {
    co_return KafkaError(ErrorCode::kOffsetOutOfRange,
                         StrCat("offset ", offset, " of ", topic_partition_.ToString(),
                                " is above the log end, ", log_end_offset_));
  }
  RaiseLogStartOffset(offset);
  if (offset <= saved_log_start_offset_) co_return OkStatus();
  co_return co_await context_.save_log_start_offsets();
}

void Log::RaiseLogStartOffset(Offset offset) {
  if (offset <= log_start_offset_) return;
  log_start_offset_ = offset;
  high_watermark_ = std::max(high_watermark_, offset);
  context_.NoteHighWatermark();
  if (!epochs_.TruncateFromStart(offset)) return;
  epochs_dirty_ = true;
  WakeWriter();
}

bool Log::MayDelete(size_t i) const {
  const bool is_last = i + 1 == segments_.size();
  const Offset end = is_last ? log_end_offset_ : segments_[i + 1]->base_offset();
  return high_watermark_ >= end && !(is_last && segments_[i]->size == 0);
}

int Log::CountBreachingLogStart() const {
  int count = 0;
  for (size_t i = 0; i + 1 < segments_.size() && MayDelete(i); ++i, ++count) {
    if (segments_[i + 1]->base_offset() > log_start_offset_) break;
  }
  return count;
}

int Log::CountBreachingSize() const {
  if (config_->retention_bytes < 0) return 0;
  int64_t excess = size_in_bytes() - config_->retention_bytes;
  int count = 0;
  for (size_t i = 0; i < segments_.size() && MayDelete(i); ++i, ++count) {
    excess -= segments_[i]->size;
    if (excess < 0) break;
  }
  return count;
}

int Log::CountBreachingTime(TimestampMs now) const {
  if (config_->retention_ms < 0) return 0;
  int count = 0;
  for (size_t i = 0; i < segments_.size() && MayDelete(i); ++i, ++count) {
    const Segment& segment = *segments_[i];
    if (!segment.max_timestamp_known) break;
    const bool has_timestamps = segment.max_timestamp.timestamp.value() >= 0;
    const TimestampMs largest =
        has_timestamps ? segment.max_timestamp.timestamp : segment.modified_at;
    if (now - largest <= config_->retention_ms) break;
  }
  return count;
}

Task<StatusOr<int>> Log::DeleteOldSegments() {
  Operation operation(*this);
  if (closed_ || !failure_.ok()) co_return StorageError();
  const TimestampMs now = context_.ports.clock.WallNow();
  auto permit = co_await files_lock_.Acquire(1);
  const int before_start = CountBreachingLogStart();
  CO_RETURN_IF_ERROR(co_await DeleteFirstSegments(before_start));
  if (!config_->cleanup_delete) co_return before_start;
  std::vector<std::shared_ptr<Segment>> segments = segments_;
  for (std::shared_ptr<Segment>& segment : segments) {
    CO_RETURN_IF_ERROR(co_await LoadMaxTimestamp(segment));
  }
  // With nothing pending the active segment can be rolled where it stands.
  Status written = co_await WritePending();
  if (!written.ok()) {
    Fail(written);
    co_return written;
  }
  const int old = std::max(CountBreachingSize(), CountBreachingTime(now));
  CO_RETURN_IF_ERROR(co_await DeleteFirstSegments(old));
  co_return before_start + old;
}

Task<Status> Log::DeleteFirstSegments(int count) {
  if (count == 0) co_return OkStatus();
  const size_t end = static_cast<size_t>(count);
  if (end == segments_.size()) {
    Roll();
    std::shared_ptr<Segment> fresh = segments_.back();
    Status created = co_await CreateSegmentFiles(fresh);
    if (!created.ok()) {
      Fail(created);
      co_return created;
    }
  }
  RaiseLogStartOffset(segments_[end]->base_offset());
  Files& files = context_.ports.files;
  std::vector<std::string> renamed;
  for (size_t i = 0; i < end; ++i) {
    std::shared_ptr<Segment> segment = segments_.front();
    segments_.erase(segments_.begin());
    std::vector<std::string> paths;
    paths.push_back(segment->LogPath());
    paths.push_back(segment->IndexPath());
    paths.push_back(segment->TimeIndexPath());
    if (segment->base_offset() != latest_snapshot_) paths.push_back(segment->SnapshotPath());
    for (const std::string& path : paths) {
      const std::string deleted = StrCat(path, log_files::kDeletedSuffix);
      Status status = co_await files.Rename(path, deleted);
      if (status.code() == StatusCode::kNotFound) continue;
      if (!status.ok()) co_return status;
      renamed.push_back(deleted);
    }
  }
  CO_RETURN_IF_ERROR(co_await files.SyncDirectory(directory_));
  context_.background->Start(
      RemoveFilesLater(context_.ports, std::move(renamed), config_->file_delete_delay_ms));
  co_return OkStatus();
}

}  // namespace penstock
