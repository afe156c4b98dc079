// Log: the background writer, which brings appends to the file in gathered writes and to the disk
// by group commit.
#include <algorithm>
#include <memory>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "log/checkpoint_format.h"
#include "log/log.h"
#include "log/small_file.h"

namespace penstock {

void Log::WakeWriter() {
  if (writer_runs_) return;
  writer_runs_ = true;
  // Starts in a later step of the loop: what else is appended in this one goes along.
  background_.Start(RunWriter());
}

Task<> Log::RunWriter() {
  while (failure_.ok() && HasWork()) {
    auto permit = co_await files_lock_.Acquire(1);
    if (!failure_.ok()) break;
    Status status = co_await WritePending();
    if (status.ok() && epochs_dirty_ && !syncer_runs_) status = co_await WriteEpochs();
    if (!status.ok()) Fail(status);
  }
  writer_runs_ = false;
}

void Log::WakeSyncer() {
  if (syncer_runs_ || !SyncIsDue()) return;
  syncer_runs_ = true;
  background_.Start(RunSyncer());
}

// Beside the writer: what is appended during a sync is written at once, for the next one.
Task<> Log::RunSyncer() {
  while (failure_.ok() && SyncIsDue()) {
    Status status = co_await SyncInGroup();
    // The next sync is on its way before the acknowledgements of this one go out, and takes along
    // what the writer would have written behind them.
    if (status.ok() && !pending_.empty()) {
      auto permit = co_await files_lock_.Acquire(1);
      if (failure_.ok()) status = co_await WritePending();
    }
    if (!status.ok()) Fail(status);
  }
  syncer_runs_ = false;
  // Behind the acknowledgements: recovery finds epochs in the batches, too.
  if (epochs_dirty_ && failure_.ok()) WakeWriter();
}

Task<Status> Log::SyncInGroup() {
  const Offset target = written_.reached();
  const uint64_t truncations = truncations_;
  std::shared_ptr<Segment> segment = LastOnDisk();
  CO_ASSIGN_OR_RETURN(std::shared_ptr<File> file, co_await segment->OpenFile(context_.ports.files));
  CO_RETURN_IF_ERROR(co_await context_.group_sync.Sync(std::move(file)));
  ++context_.counters.syncs;
  // What was cut off meanwhile is not durable, and what came in its place was not synced.
  if (failure_.ok() && truncations == truncations_) AdvanceDurable(target);
  co_return OkStatus();
}

bool Log::SyncIsDue() const {
  if (durable_.reached() >= written_.reached()) return false;
  return config_->ack_durability == TopicAckDurability::kDisk ||
         flush_requested_ > durable_.reached();
}

Task<Status> Log::WritePending() {
  std::vector<PendingWrite> writes = std::move(pending_);
  pending_.clear();
  for (PendingWrite& write : writes) {
    CO_RETURN_IF_ERROR(co_await WriteToSegment(std::move(write)));
  }
  co_return OkStatus();
}

Task<Status> Log::WriteToSegment(PendingWrite write) {
  std::shared_ptr<Segment> segment = std::move(write.segment);
  if (!segment->files_created) {
    CO_RETURN_IF_ERROR(co_await CreateSegmentFiles(segment));
  }
  CO_ASSIGN_OR_RETURN(const std::shared_ptr<File> file,
                      co_await segment->OpenFile(context_.ports.files));
  CHECK(write.position == segment->written_size);
  SliceChain data = std::move(write.data);
  data.Append(std::move(write.run));
  const int64_t bytes = static_cast<int64_t>(data.size());
  const uint64_t position = static_cast<uint64_t>(write.position);
  CO_RETURN_IF_ERROR(co_await file->WriteAt(position, std::move(data)));
  if (!failure_.ok()) co_return failure_;
  ++context_.counters.writes;
  segment->written_size += bytes;
  segment->modified_at = context_.ports.clock.WallNow();
  CountUnwritten(-bytes);
  bytes_since_checkpoint_ += bytes;
  ReserveAhead(*segment, *file);
  const int64_t behind = segment->written_size - segment->writeback_started;
  if (behind >= context_.limits.writeback_bytes) {
    file->StartWriteback(static_cast<uint64_t>(segment->writeback_started),
                         static_cast<uint64_t>(behind));
    segment->writeback_started = segment->written_size;
  }
  AdvanceWritten(write.end_offset);
  co_return OkStatus();
}

void Log::ReserveAhead(Segment& segment, File& file) const {
  const int64_t size = segment.written_size;
  if (size < context_.limits.reserve_from_bytes || segment.preallocated) return;
  // At most as much again as there is, so that many small logs do not take the disk.
  const int64_t ahead = std::min(size, context_.limits.reserve_bytes);
  if (segment.reserved_end - size > ahead / 4) return;
  const int64_t begin = std::max(size, segment.reserved_end);
  segment.reserved_end = std::min<int64_t>(size + ahead, config_->segment_bytes);
  if (segment.reserved_end <= begin) return;
  file.Reserve(static_cast<uint64_t>(begin), static_cast<uint64_t>(segment.reserved_end - begin));
}

Task<Status> Log::CreateSegmentFiles(std::shared_ptr<Segment> segment) {
  Files& files = context_.ports.files;
  size_t at = segments_.size() - 1;
  while (segments_[at] != segment) --at;
  if (at > 0 && segments_[at - 1]->is_active()) {
    std::shared_ptr<Segment> previous = segments_[at - 1];
    CO_RETURN_IF_ERROR(co_await SealSegment(previous));
    std::string snapshot = std::move(segment->snapshot);
    CO_RETURN_IF_ERROR(co_await WriteSnapshot(segment->base_offset(), std::move(snapshot)));
  }
  OpenOptions options;
  options.create = true;
  CO_ASSIGN_OR_RETURN(std::unique_ptr<File> log, co_await files.Open(segment->LogPath(), options));
  const uint64_t size = config_->preallocate ? static_cast<uint64_t>(config_->segment_bytes) : 0;
  // A file of the same name may be left from a deletion that a crash interrupted.
  CO_RETURN_IF_ERROR(co_await log->Truncate(size));
  segment->preallocated = size > 0;
  log.reset();
  CO_ASSIGN_OR_RETURN(std::unique_ptr<File> index,
                      co_await files.Open(segment->IndexPath(), options));
  CO_RETURN_IF_ERROR(co_await index->Truncate(0));
  index.reset();
  CO_ASSIGN_OR_RETURN(std::unique_ptr<File> time_index,
                      co_await files.Open(segment->TimeIndexPath(), options));
  CO_RETURN_IF_ERROR(co_await time_index->Truncate(0));
  time_index.reset();
  CO_RETURN_IF_ERROR(co_await files.SyncDirectory(directory_));
  segment->files_created = true;
  co_return OkStatus();
}

Task<Status> Log::SealSegment(std::shared_ptr<Segment> segment) {
  CHECK(segment->written_size == segment->size);
  CO_ASSIGN_OR_RETURN(const std::shared_ptr<File> file,
                      co_await segment->OpenFile(context_.ports.files));
  // A run of the broker before this one may have reserved blocks, too.
  if (segment->preallocated || segment->size >= context_.limits.reserve_from_bytes) {
    CO_RETURN_IF_ERROR(co_await file->Truncate(static_cast<uint64_t>(segment->size)));
    segment->preallocated = false;
  }
  CO_RETURN_IF_ERROR(co_await file->Sync());
  ++context_.counters.syncs;
  AdvanceDurable(written_.reached());
  CO_RETURN_IF_ERROR(co_await FlushIndexes(segment));
  segment->Deactivate();
  co_return OkStatus();
}

Task<Status> Log::SyncWritten() {
  const Offset target = written_.reached();
  std::shared_ptr<Segment> segment = LastOnDisk();
  CO_ASSIGN_OR_RETURN(const std::shared_ptr<File> file,
                      co_await segment->OpenFile(context_.ports.files));
  CO_RETURN_IF_ERROR(co_await file->Sync());
  ++context_.counters.syncs;
  AdvanceDurable(target);
  co_return OkStatus();
}

std::shared_ptr<Segment> Log::LastOnDisk() const {
  for (size_t i = segments_.size(); i > 0; --i) {
    if (segments_[i - 1]->files_created) return segments_[i - 1];
  }
  return nullptr;
}

Task<Status> Log::FlushIndexes(std::shared_ptr<Segment> segment) {
  Files& files = context_.ports.files;
  OpenOptions options;
  options.create = true;
  const std::span<const uint8_t> offsets =
      segment->offset_index().bytes().subspan(segment->offset_index_written);
  if (!offsets.empty()) {
    SliceChain bytes(Slice::CopyOf(offsets));
    const size_t end = segment->offset_index_written + offsets.size();
    CO_ASSIGN_OR_RETURN(std::unique_ptr<File> file,
                        co_await files.Open(segment->IndexPath(), options));
    CO_RETURN_IF_ERROR(co_await file->WriteAt(segment->offset_index_written, std::move(bytes)));
    CO_RETURN_IF_ERROR(co_await file->Sync());
    segment->offset_index_written = end;
  }
  const std::span<const uint8_t> times =
      segment->time_index().bytes().subspan(segment->time_index_written);
  if (!times.empty()) {
    SliceChain bytes(Slice::CopyOf(times));
    const size_t end = segment->time_index_written + times.size();
    CO_ASSIGN_OR_RETURN(std::unique_ptr<File> file,
                        co_await files.Open(segment->TimeIndexPath(), options));
    CO_RETURN_IF_ERROR(co_await file->WriteAt(segment->time_index_written, std::move(bytes)));
    CO_RETURN_IF_ERROR(co_await file->Sync());
    segment->time_index_written = end;
  }
  co_return OkStatus();
}

std::string Log::SnapshotPath(Offset offset) const {
  return StrCat(directory_, '/', log_files::NameOf(offset, log_files::kSnapshotSuffix));
}

Task<Status> Log::WriteSnapshot(Offset offset, std::string bytes) {
  latest_snapshot_ = std::max(latest_snapshot_, offset);
  const std::string path = SnapshotPath(offset);
  co_return co_await ReplaceFile(context_.ports.files, directory_, path, std::move(bytes));
}

Task<Status> Log::WriteEpochs() {
  epochs_dirty_ = false;
  const std::string path = StrCat(directory_, '/', log_files::kLeaderEpochs);
  std::string text = epochs_.Encode();
  co_return co_await ReplaceFile(context_.ports.files, directory_, path, std::move(text));
}

void Log::CountUnwritten(int64_t bytes) {
  const int64_t limit = context_.limits.unwritten_bytes_max;
  const bool was_full = context_.unwritten_bytes > limit;
  unwritten_bytes_ += bytes;
  context_.unwritten_bytes += bytes;
  if (was_full && context_.unwritten_bytes <= limit) context_.room.NotifyAll();
}

Task<Status> Log::WaitForRoom() {
  Operation operation(*this);
  while (failure_.ok() && !closed_ &&
         context_.unwritten_bytes > context_.limits.unwritten_bytes_max) {
    co_await context_.room.Wait();
  }
  co_return failure_.ok() && !closed_ ? OkStatus() : StorageError();
}

void Log::AdvanceWritten(Offset offset) {
  written_.Advance(offset);
  tail_.SetWritten(offset);
  if (observer_ != nullptr) observer_->OnWritten(*this, offset);
  WakeSyncer();
}

void Log::AdvanceDurable(Offset offset) {
  if (offset <= durable_.reached()) return;
  durable_.Advance(offset);
  if (bytes_since_checkpoint_ >= context_.limits.recovery_bytes_max) {
    context_.checkpoint_wanted.NotifyAll();
  }
  if (observer_ != nullptr) observer_->OnDurable(*this, offset);
}

void Log::RequestFlush() {
  flush_requested_ = log_end_offset_;
  WakeWriter();
  WakeSyncer();
}

Task<> Log::FlushAfterDelay(int64_t delay_ms) {
  const Instant when = context_.ports.clock.Now() + Milliseconds(delay_ms);
  co_await context_.ports.timers.SleepUntil(when);
  flush_timer_runs_ = false;
  if (failure_.ok() && !closed_) RequestFlush();
}

void Log::Fail(const Status& cause) {
  if (!failure_.ok()) return;
  failure_ = cause;
  context_.ports.logger.Error("the log has failed; nothing is appended to it any more",
                              {{"partition", topic_partition_.ToString()}, {"cause", cause}});
  const Status error = StorageError();
  written_.Fail(error);
  durable_.Fail(error);
  // What was not written cannot be told from what was written wrongly: only the file counts now.
  pending_.clear();
  CountUnwritten(-unwritten_bytes_);
  context_.room.NotifyAll();
  tail_.Clear();
  if (observer_ != nullptr) observer_->OnFailed(*this, failure_);
}

Status Log::StorageError() const {
  if (!failure_.ok()) {
    return KafkaError(
        ErrorCode::kKafkaStorageError,
        StrCat("the log of ", topic_partition_.ToString(), " has failed: ", MessageOf(failure_)));
  }
  return KafkaError(ErrorCode::kKafkaStorageError,
                    StrCat("the log of ", topic_partition_.ToString(), " is closed"));
}

}  // namespace penstock
