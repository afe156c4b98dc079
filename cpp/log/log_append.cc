// Log: appending in memory.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "log/log.h"

namespace penstock {

Log::Log(LogContext& context, TopicPartition topic_partition, std::string directory,
         std::shared_ptr<const TopicConfig> config)
    : context_(context),
      topic_partition_(std::move(topic_partition)),
      directory_(std::move(directory)),
      config_(std::move(config)),
      tail_(context.tail_budget),
      written_(context.ports.executor),
      durable_(context.ports.executor),
      idle_(context.ports.executor),
      files_lock_(context.ports.executor, 1),
      background_(context.ports.executor, [this](const Status& status) { Fail(status); }) {}

Log::~Log() { CountUnwritten(-unwritten_bytes_); }

int64_t Log::size_in_bytes() const {
  int64_t bytes = 0;
  for (const auto& segment : segments_) bytes += segment->size;
  return bytes;
}

void Log::SetHighWatermark(Offset high_watermark) {
  CHECK(high_watermark >= high_watermark_ && high_watermark <= log_end_offset_);
  high_watermark_ = high_watermark;
  context_.NoteHighWatermark();
}

StatusOr<AppendResult> Log::Append(const Slice& batch, const AppendOptions& options) {
  if (closed_ || !failure_.ok()) return StorageError();
  if (truncating_) return TruncatedError();
  ASSIGN_OR_RETURN(const BatchView view, BatchView::Parse(batch.span()));
  if (view.size_in_bytes() != batch.size()) {
    return KafkaError(ErrorCode::kInvalidRecord, "more bytes than one batch were given");
  }
  RETURN_IF_ERROR(CheckAppend(view, options));
  ASSIGN_OR_RETURN(const std::optional<AppendedBatch> duplicate,
                   producers_.Check(view, options.origin));
  AppendResult result;
  result.log_start_offset = log_start_offset_;
  if (duplicate.has_value()) {
    result.base_offset = duplicate->first_offset();
    result.last_offset = duplicate->last_offset;
    result.log_append_time = duplicate->timestamp;
    result.is_duplicate = true;
    return result;
  }
  result.base_offset = log_end_offset_;
  result.last_offset = log_end_offset_ + view.last_offset_delta();
  if (view.timestamp_type() == TimestampType::kLogAppendTime) {
    result.log_append_time = view.max_timestamp();
  }
  // The snapshot of a rolled segment holds what came before this batch.
  if (ShouldRoll(view, result.last_offset)) Roll();
  RETURN_IF_ERROR(producers_.Apply(view, result.base_offset));
  if (epochs_.Assign(options.leader_epoch, result.base_offset)) epochs_dirty_ = true;
  CopyIntoTail(batch, result.last_offset, options.leader_epoch);
  active().Account(view, result.base_offset, config_->index_interval_bytes);
  log_end_offset_ = result.end_offset();
  if (log_end_offset_ - durable_.reached() >= config_->flush_messages) RequestFlush();
  if (config_->flush_ms != TopicConfig::kForever && !flush_timer_runs_) {
    flush_timer_runs_ = true;
    background_.Start(FlushAfterDelay(config_->flush_ms));
  }
  WakeWriter();
  return result;
}

Status Log::CheckAppend(const BatchView& batch, const AppendOptions& options) const {
  const int64_t size = static_cast<int64_t>(batch.size_in_bytes());
  const bool from_client = options.origin == AppendOrigin::kClient;
  if (batch.last_offset_delta() < 0) {
    return KafkaError(ErrorCode::kInvalidRecord, "the batch's last offset lies before its first");
  }
  if (from_client && batch.is_control()) {
    return KafkaError(ErrorCode::kInvalidRecord, "clients cannot write control batches");
  }
  if (options.origin == AppendOrigin::kRaftLeader && batch.has_producer_id()) {
    return KafkaError(ErrorCode::kInvalidRecord, "the metadata log has no producers");
  }
  if (from_client && size > config_->max_message_bytes) {
    return KafkaError(ErrorCode::kMessageTooLarge,
                      StrCat("the batch of ", size, " bytes for ", topic_partition_.ToString(),
                             " is larger than max.message.bytes, ", config_->max_message_bytes));
  }
  if (size > config_->segment_bytes) {
    return KafkaError(ErrorCode::kRecordListTooLarge,
                      StrCat("the batch of ", size, " bytes for ", topic_partition_.ToString(),
                             " is larger than segment.bytes, ", config_->segment_bytes));
  }
  return OkStatus();
}

bool Log::ShouldRoll(const BatchView& batch, Offset last_offset) const {
  const Segment& segment = active();
  const int64_t size = static_cast<int64_t>(batch.size_in_bytes());
  if (segment.size > config_->segment_bytes - size) return true;
  if (last_offset - segment.base_offset() > INT32_MAX) return true;
  const size_t index_bytes = static_cast<size_t>(config_->segment_index_bytes);
  if (segment.offset_index().entry_count() >= index_bytes / OffsetIndex::kEntrySize) {
    return segment.size > 0;
  }
  // One entry is kept back for the roll itself.
  if (segment.time_index().entry_count() + 1 >= index_bytes / TimeIndex::kEntrySize) {
    return segment.size > 0;
  }
  if (segment.size == 0) return false;
  // The age of a segment is told by its records where they have timestamps.
  const int64_t age_ms = segment.first_timestamp.value() >= 0
                             ? batch.max_timestamp() - segment.first_timestamp
                             : context_.ports.clock.WallNow() - segment.created_at;
  return age_ms > config_->segment_ms - segment.roll_jitter_ms;
}

void Log::Roll() {
  CHECK(log_end_offset_ > active().base_offset());
  Segment& last = active();
  last.time_index().MaybeAppend(last.max_timestamp);
  auto segment = std::make_shared<Segment>(context_.segment_cache, directory_, log_end_offset_);
  segment->files_created = false;
  segment->created_at = segment->modified_at = context_.ports.clock.WallNow();
  segment->snapshot = producers_.Encode();
  segment->Activate(OffsetIndex(log_end_offset_), TimeIndex(log_end_offset_));
  const int64_t jitter_ms = std::min(config_->segment_jitter_ms, config_->segment_ms);
  if (jitter_ms > 0) {
    segment->roll_jitter_ms =
        static_cast<int64_t>(context_.ports.random.Below(static_cast<uint64_t>(jitter_ms)));
  }
  segments_.push_back(std::move(segment));
  ++context_.counters.segments_rolled;
}

void Log::CopyIntoTail(const Slice& batch, Offset last_offset, LeaderEpoch leader_epoch) {
  const int64_t size = static_cast<int64_t>(batch.size());
  Slice copy = tail_.Append(batch, log_end_offset_, last_offset);
  PatchBaseOffset({copy.mutable_data(), copy.size()}, log_end_offset_);
  PatchLeaderEpoch({copy.mutable_data(), copy.size()}, leader_epoch);
  context_.counters.bytes_appended += size;
  context_.counters.bytes_copied += size;
  CountUnwritten(size);

  const std::shared_ptr<Segment>& segment = segments_.back();
  if (pending_.empty() || pending_.back().segment != segment) {
    PendingWrite& fresh = pending_.emplace_back();
    fresh.segment = segment;
    fresh.position = segment->size;
  }
  PendingWrite& write = pending_.back();
  write.end_offset = last_offset + 1;
  if (!write.run.empty() && write.run.data() + write.run.size() == copy.data()) {
    // The next bytes of the same block: one piece of the gathered write, however many batches.
    write.run = tail_.LastBytes(write.run.size() + copy.size());
  } else {
    write.data.Append(std::move(write.run));
    write.run = std::move(copy);
  }
}

void Log::AssignLeaderEpoch(LeaderEpoch leader_epoch) {
  if (!epochs_.Assign(leader_epoch, log_end_offset_)) return;
  epochs_dirty_ = true;
  if (!closed_ && failure_.ok()) WakeWriter();
}

}  // namespace penstock
