// Log: producer state from the latest snapshot and the batches behind it.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "log/batch_reader.h"
#include "log/checkpoint_format.h"
#include "log/log.h"
#include "log/small_file.h"

namespace penstock {

namespace {
constexpr uint64_t kSnapshotBytesMax = uint64_t{1} << 30;
}  // namespace

Task<Status> Log::ReloadProducers(Offset end, bool trust_no_snapshot) {
  Files& files = context_.ports.files;
  CO_ASSIGN_OR_RETURN(const std::vector<std::string> names, co_await files.List(directory_));
  std::vector<Offset> snapshots;
  for (const std::string& name : names) {
    const std::optional<Offset> offset = log_files::OffsetOf(name, log_files::kSnapshotSuffix);
    if (offset.has_value()) snapshots.push_back(*offset);
  }
  const bool has_snapshots = !snapshots.empty();
  producers_.Clear();
  latest_snapshot_ = checkpoint_snapshot_ = kNoOffset;
  Offset replay_from = segments_.front()->base_offset();
  // From the latest to the oldest: those of a future that was cut off go, and the first good one is
  // taken.
  while (!snapshots.empty()) {
    const Offset offset = snapshots.back();
    snapshots.pop_back();
    const std::string path = SnapshotPath(offset);
    if (offset <= end) {
      CO_ASSIGN_OR_RETURN(const Slice bytes,
                          co_await ReadWholeFile(files, path, kSnapshotBytesMax));
      const Status loaded = producers_.Load(bytes.span(), context_.ports.clock.WallNow());
      if (loaded.ok()) {
        latest_snapshot_ = offset;
        replay_from = std::max(replay_from, offset);
        break;
      }
      context_.ports.logger.Warn("a producer snapshot is passed over",
                                 {{"file", path}, {"cause", loaded}});
      producers_.Clear();
    }
    CO_RETURN_IF_ERROR(co_await RemoveIfExists(files, path));
  }
  if (latest_snapshot_ == kNoOffset && !has_snapshots && trust_no_snapshot) co_return OkStatus();
  const auto at_base = [this](const std::shared_ptr<Segment>& segment) {
    return segment->base_offset() == latest_snapshot_;
  };
  if (latest_snapshot_ != kNoOffset && std::none_of(segments_.begin(), segments_.end(), at_base)) {
    checkpoint_snapshot_ = latest_snapshot_;
  }
  for (size_t i = SegmentIndexFor(replay_from); i < segments_.size() && replay_from < end; ++i) {
    std::shared_ptr<Segment> segment = segments_[i];
    if (segment->size == 0) continue;
    CO_RETURN_IF_ERROR(co_await ReplayProducers(segment, replay_from));
  }
  co_return OkStatus();
}

Task<Status> Log::ReplayProducers(std::shared_ptr<Segment> segment, Offset from) {
  CO_ASSIGN_OR_RETURN(const std::unique_ptr<BatchReader> reader,
                      co_await ReaderFor(segment, from, BatchReader::kChunkBytes));
  while (!reader->done()) {
    const std::optional<BatchView> batch = reader->Next();
    if (!batch.has_value()) {
      CO_RETURN_IF_ERROR(co_await reader->Refill());
      continue;
    }
    if (batch->base_offset() < from) continue;
    CO_RETURN_IF_ERROR(producers_.Apply(*batch, batch->base_offset()));
  }
  context_.counters.bytes_read_in_recovery += reader->bytes_read();
  co_return reader->problem();
}

}  // namespace penstock
