// Log: checkpoints, and the end of a log's life.
#include <utility>

#include "log/log.h"
#include "log/small_file.h"

namespace penstock {

Task<StatusOr<Offset>> Log::PrepareCheckpoint() {
  Operation operation(*this);
  if (!failure_.ok()) co_return recovery_point_;
  if (durable_.reached() == recovery_point_ && pending_.empty()) co_return recovery_point_;
  auto permit = co_await files_lock_.Acquire(1);
  const Offset snapshot_offset = log_end_offset_;
  std::string snapshot = producers_.Encode();
  bytes_since_checkpoint_ = 0;
  Status status = co_await WritePending();
  if (status.ok() && SyncIsDue()) status = co_await SyncWritten();
  if (status.ok() && epochs_dirty_) status = co_await WriteEpochs();
  // Index entries beyond this offset may get into the files, too: recovery drops them.
  const Offset point = durable_.reached();
  std::shared_ptr<Segment> last = LastOnDisk();
  if (status.ok() && last != nullptr && last->is_active()) status = co_await FlushIndexes(last);
  if (status.ok() && point >= snapshot_offset && snapshot_offset > latest_snapshot_) {
    const Offset previous = std::exchange(checkpoint_snapshot_, snapshot_offset);
    status = co_await WriteSnapshot(snapshot_offset, std::move(snapshot));
    if (status.ok() && previous != kNoOffset) {
      std::string path = SnapshotPath(previous);
      status = co_await RemoveIfExists(context_.ports.files, std::move(path));
    }
  }
  if (!status.ok()) {
    Fail(status);
    co_return status;
  }
  recovery_point_ = point;
  co_return point;
}

Task<Status> Log::Close() {
  Operation operation(*this);
  closed_ = true;
  if (!failure_.ok()) co_return StorageError();
  auto permit = co_await files_lock_.Acquire(1);
  Status status = co_await WritePending();
  if (status.ok() && durable_.reached() < written_.reached()) status = co_await SyncWritten();
  if (status.ok() && epochs_dirty_) status = co_await WriteEpochs();
  std::shared_ptr<Segment> last = LastOnDisk();
  if (status.ok() && last != nullptr && last->is_active()) {
    last->time_index().MaybeAppend(last->max_timestamp);
    status = co_await SealSegment(last);
  }
  if (status.ok() && log_end_offset_ > latest_snapshot_) {
    std::string snapshot = producers_.Encode();
    status = co_await WriteSnapshot(log_end_offset_, std::move(snapshot));
    if (status.ok() && checkpoint_snapshot_ != kNoOffset) {
      std::string path = SnapshotPath(checkpoint_snapshot_);
      status = co_await RemoveIfExists(context_.ports.files, std::move(path));
    }
  }
  if (!status.ok()) Fail(status);
  if (status.ok()) recovery_point_ = log_end_offset_;
  co_return status;
}

Task<> Log::Retire() {
  closed_ = true;
  const Status error = StorageError();
  written_.Fail(error);
  durable_.Fail(error);
  context_.room.NotifyAll();
  while (operations_ > 0) {
    co_await idle_.Wait();
  }
  co_await background_.Stop();
}

}  // namespace penstock
