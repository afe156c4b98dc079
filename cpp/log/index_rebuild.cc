// Log: making the indexes of a sealed segment anew from its batches.
#include <utility>

#include "base/strings.h"
#include "log/batch_reader.h"
#include "log/log.h"
#include "log/small_file.h"

namespace penstock {

namespace {

std::string TextOf(std::span<const uint8_t> bytes) {
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace

Task<Status> Log::RebuildIndexes(std::shared_ptr<Segment> segment) {
  CO_ASSIGN_OR_RETURN(std::shared_ptr<File> file, co_await segment->OpenFile(context_.ports.files));
  SegmentCache no_cache(1, 0);
  Segment rebuilt(no_cache, directory_, segment->base_offset());
  rebuilt.Activate(OffsetIndex(segment->base_offset()), TimeIndex(segment->base_offset()));
  BatchReader reader(std::move(file), 0, segment->written_size);
  while (!reader.done()) {
    const std::optional<BatchView> batch = reader.Next();
    if (batch.has_value()) {
      rebuilt.Account(*batch, batch->base_offset(), config_->index_interval_bytes);
      continue;
    }
    CO_RETURN_IF_ERROR(co_await reader.Refill());
  }
  if (!reader.problem().ok()) co_return CorruptError(*segment, reader);
  rebuilt.time_index().MaybeAppend(rebuilt.max_timestamp);
  std::string offsets = TextOf(rebuilt.offset_index().bytes());
  std::string times = TextOf(rebuilt.time_index().bytes());
  Files& files = context_.ports.files;
  CO_RETURN_IF_ERROR(
      co_await ReplaceFile(files, directory_, segment->IndexPath(), std::move(offsets)));
  CO_RETURN_IF_ERROR(
      co_await ReplaceFile(files, directory_, segment->TimeIndexPath(), std::move(times)));
  segment->max_timestamp = rebuilt.max_timestamp;
  segment->max_timestamp_known = true;
  co_return OkStatus();
}

}  // namespace penstock
