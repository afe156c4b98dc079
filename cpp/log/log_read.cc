// Log: waiting for offsets, and reading.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "log/batch_reader.h"
#include "log/log.h"

namespace penstock {

namespace {

// One answer holds no more of a file, whatever was asked for.
constexpr int64_t kReadBytesMax = int64_t{16} << 20;
constexpr int64_t kReadBytesMin = int64_t{16} << 10;

LogReadResult NothingAt(Offset from) {
  LogReadResult result;
  result.next_offset = from;
  return result;
}

}  // namespace

Task<Status> Log::WaitWritten(Offset end) {
  Operation operation(*this);
  co_return co_await written_.WaitFor(end);
}

Task<Status> Log::WaitDurable(Offset end) {
  Operation operation(*this);
  if (config_->ack_durability == TopicAckDurability::kCache && end > flush_requested_) {
    flush_requested_ = end;
    WakeWriter();
  }
  co_return co_await durable_.WaitFor(end);
}

Task<Status> Log::WaitAcknowledgeable(Offset end) {
  Operation operation(*this);
  if (config_->ack_durability == TopicAckDurability::kCache) {
    co_return co_await written_.WaitFor(end);
  }
  co_return co_await durable_.WaitFor(end);
}

Task<Status> Log::Flush() {
  Operation operation(*this);
  RequestFlush();
  co_return co_await durable_.WaitFor(log_end_offset_);
}

Offset Log::ReadableEnd() const {
  if (failure_.ok()) return log_end_offset_;
  return config_->ack_durability == TopicAckDurability::kDisk ? durable_.reached()
                                                              : written_.reached();
}

Status Log::CheckRange(Offset from) const {
  if (from < log_start_offset_ || from > log_end_offset_) {
    return KafkaError(ErrorCode::kOffsetOutOfRange,
                      StrCat("offset ", from, " of ", topic_partition_.ToString(),
                             " is not between ", log_start_offset_, " and ", log_end_offset_));
  }
  if (!failure_.ok() && from >= ReadableEnd()) return StorageError();
  return OkStatus();
}

std::optional<StatusOr<LogReadResult>> Log::ReadFromMemory(Offset from,
                                                           const ReadOptions& options) {
  Status in_range = CheckRange(from);
  if (!in_range.ok()) return in_range;
  ReadOptions bounded = options;
  bounded.upper_bound = std::min(options.upper_bound, ReadableEnd());
  if (from >= bounded.upper_bound) return NothingAt(from);
  if (options.bytes_max <= 0 && !options.at_least_one_batch) return NothingAt(from);
  if (tail_.empty() || from < tail_.first_offset()) return std::nullopt;
  std::optional<LogReadResult> found = tail_.Read(from, bounded);
  if (!found.has_value()) return NothingAt(from);
  context_.counters.bytes_read_from_memory += static_cast<int64_t>(found->records.size());
  return *std::move(found);
}

size_t Log::SegmentIndexFor(Offset offset) const {
  size_t at = segments_.size() - 1;
  while (at > 0 && segments_[at]->base_offset() > offset) --at;
  return at;
}

Task<StatusOr<LogReadResult>> Log::Read(Offset from, ReadOptions options) {
  Operation operation(*this);
  Offset wanted = from;
  while (true) {
    auto memory = ReadFromMemory(wanted, options);
    if (memory.has_value()) co_return *std::move(memory);
    const uint64_t truncations = truncations_;
    ReadOptions bounded = options;
    bounded.upper_bound = std::min(options.upper_bound, ReadableEnd());
    std::shared_ptr<Segment> segment = segments_[SegmentIndexFor(wanted)];
    auto result = co_await ReadFromSegment(segment, wanted, bounded);
    // Truncation or retention may have overtaken the read: its answer is not the log's any more.
    Status in_range = CheckRange(wanted);
    if (!in_range.ok()) co_return in_range;
    if (truncations != truncations_) continue;
    if (!result.ok() || result->next_offset != kNoOffset) co_return result;
    // Compaction may have removed all records from `wanted` to the end of the segment.
    const size_t next = SegmentIndexFor(wanted) + 1;
    if (next >= segments_.size()) co_return NothingAt(from);
    wanted = segments_[next]->base_offset();
    if (wanted >= bounded.upper_bound) co_return NothingAt(from);
  }
}

Status Log::CorruptError(const Segment& segment, const BatchReader& reader) {
  return KafkaError(ErrorCode::kCorruptMessage, StrCat(segment.LogPath(), " at ", reader.position(),
                                                       ": ", MessageOf(reader.problem())));
}

Task<StatusOr<std::unique_ptr<BatchReader>>> Log::ReaderFor(std::shared_ptr<Segment> segment,
                                                            Offset offset, size_t chunk_bytes) {
  CO_ASSIGN_OR_RETURN(IndexEntry entry, co_await EntryFor(segment, offset));
  CO_ASSIGN_OR_RETURN(std::shared_ptr<File> file, co_await segment->OpenFile(context_.ports.files));
  auto reader =
      std::make_unique<BatchReader>(file, entry.position, segment->written_size, chunk_bytes);
  if (entry.position == 0 || reader->done()) co_return reader;
  CO_RETURN_IF_ERROR(co_await reader->Refill());
  // Nothing protects an index against a bit that has changed at rest: believed blindly, it would
  // make records disappear. An entry's offset is the last of its batch, or of several in a row.
  if (reader->NextBeginsIn(segment->base_offset(), entry.offset)) co_return reader;
  context_.ports.logger.Warn("an index points to where no batch is",
                             {{"file", segment->IndexPath()}, {"position", entry.position}});
  if (!segment->is_active()) {
    segment->Release();
    CO_RETURN_IF_ERROR(co_await RebuildIndexes(segment));
  }
  co_return std::make_unique<BatchReader>(file, 0, segment->written_size, chunk_bytes);
}

Task<StatusOr<IndexEntry>> Log::EntryFor(std::shared_ptr<Segment> segment, Offset offset) {
  if (segment->is_active()) co_return segment->offset_index().Lookup(offset);
  auto index = co_await segment->LoadOffsetIndex(context_.ports.files);
  if (index.status().code() == StatusCode::kDataLoss) {
    context_.ports.logger.Warn("an index is rebuilt", {{"cause", index.status()}});
    CO_RETURN_IF_ERROR(co_await RebuildIndexes(segment));
    index = co_await segment->LoadOffsetIndex(context_.ports.files);
  }
  if (!index.ok()) co_return index.status();
  co_return (*index)->Lookup(offset);
}

Task<StatusOr<LogReadResult>> Log::ReadFromSegment(std::shared_ptr<Segment> segment, Offset from,
                                                   ReadOptions options) {
  const size_t chunk = static_cast<size_t>(
      std::clamp(options.bytes_max, kReadBytesMin, kReadBytesMax) + config_->index_interval_bytes);
  CO_ASSIGN_OR_RETURN(const std::unique_ptr<BatchReader> walk,
                      co_await ReaderFor(segment, from, chunk));
  BatchReader& reader = *walk;
  LogReadResult result = NothingAt(from);
  size_t begin = 0;
  size_t bytes = 0;
  bool passed_all = true;  // the segment has nothing at or above `from`
  while (!reader.done()) {
    const std::optional<BatchView> batch = reader.Next();
    if (!batch.has_value()) {
      // The answer is one piece of one buffer.
      if (bytes > 0 || reader.done()) break;
      CO_RETURN_IF_ERROR(co_await reader.Refill());
      continue;
    }
    if (batch->last_offset() < from) continue;
    passed_all = false;
    if (batch->last_offset() >= options.upper_bound) break;
    const int64_t total = static_cast<int64_t>(bytes + batch->size_in_bytes());
    if (total > options.bytes_max && !(bytes == 0 && options.at_least_one_batch)) break;
    if (!batch->CrcMatches()) {
      if (bytes > 0) break;
      co_return KafkaError(ErrorCode::kCorruptMessage,
                           StrCat("the batch at ", reader.batch_position(), " of ",
                                  segment->LogPath(), " does not match its checksum"));
    }
    if (bytes == 0) begin = reader.batch_start();
    bytes += batch->size_in_bytes();
    result.next_offset = batch->next_offset();
  }
  if (bytes == 0 && !reader.problem().ok()) co_return CorruptError(*segment, reader);
  if (passed_all) result.next_offset = kNoOffset;
  result.records.Append(reader.buffer().Sub(begin, bytes));
  context_.counters.bytes_read_from_files += static_cast<int64_t>(bytes);
  co_return result;
}

}  // namespace penstock
