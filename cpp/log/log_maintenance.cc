// LogManager: what happens in the background: checkpoints, retention, expiry of producers.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "log/checkpoint_format.h"
#include "log/log_manager.h"
#include "log/small_file.h"
#include "runtime/race.h"

namespace penstock {

namespace {

// Kafka takes any number; without a pause the loop would do nothing else.
Duration PauseOf(int64_t interval_ms) { return Milliseconds(std::max<int64_t>(interval_ms, 1)); }

}  // namespace

void LogManager::StartMaintenance() {
  background_.Start(RunRecoveryPoints());
  background_.Start(RunLogStartOffsets());
  background_.Start(RunHighWatermarks());
  background_.Start(RunRetention());
  background_.Start(RunProducerExpiry());
}

void LogManager::Complain(const Status& status, std::string_view what) {
  if (!status.ok()) context_.ports.logger.Error(what, {{"cause", status}});
}

Task<> LogManager::RunRecoveryPoints() {
  const Duration pause = PauseOf(options_.flush_offset_checkpoint_interval_ms);
  Instant next = context_.ports.clock.Now() + Milliseconds(options_.initial_task_delay_ms);
  while (true) {
    Task<> grown = context_.checkpoint_wanted.Wait();
    co_await Before(context_.ports.timers, next, std::move(grown));
    Status status = co_await SaveRecoveryPoints();
    Complain(status, "recovery points could not be saved");
    next = context_.ports.clock.Now() + pause;
  }
}

Task<> LogManager::RunLogStartOffsets() {
  const Duration pause = PauseOf(options_.flush_start_offset_checkpoint_interval_ms);
  Instant next = context_.ports.clock.Now() + Milliseconds(options_.initial_task_delay_ms);
  while (true) {
    co_await context_.ports.timers.SleepUntil(next);
    Status status = co_await WriteLogStartOffsets();
    Complain(status, "log start offsets could not be saved");
    next = context_.ports.clock.Now() + pause;
  }
}

// While no high watermark moves there is nothing to save, and no timer.
Task<> LogManager::RunHighWatermarks() {
  const Duration pause = PauseOf(options_.high_watermark_checkpoint_interval_ms);
  while (true) {
    while (context_.high_watermarks_are_saved) {
      co_await context_.high_watermarks_moved.Wait();
    }
    const Instant next = context_.ports.clock.Now() + pause;
    co_await context_.ports.timers.SleepUntil(next);
    Status status = co_await SaveHighWatermarks();
    Complain(status, "high watermarks could not be saved");
  }
}

Task<> LogManager::RunRetention() {
  const Duration pause = PauseOf(options_.retention_check_interval_ms);
  Instant next = context_.ports.clock.Now() + Milliseconds(options_.initial_task_delay_ms);
  while (true) {
    co_await context_.ports.timers.SleepUntil(next);
    Status status = co_await ApplyRetention();
    Complain(status, "old segments could not be deleted");
    next = context_.ports.clock.Now() + pause;
  }
}

Task<> LogManager::RunProducerExpiry() {
  while (true) {
    const Instant next = context_.ports.clock.Now() +
                         Milliseconds(options_.producer_id_expiration_check_interval_ms);
    co_await context_.ports.timers.SleepUntil(next);
    const TimestampMs now = context_.ports.clock.WallNow();
    for (Log* log : logs()) log->RemoveExpiredProducers(now);
  }
}

Task<Status> LogManager::Checkpoint() {
  const Status saved = co_await SaveRecoveryPoints();
  CO_RETURN_IF_ERROR(co_await WriteLogStartOffsets());
  CO_RETURN_IF_ERROR(co_await SaveHighWatermarks());
  co_return saved;
}

Task<Status> LogManager::SaveRecoveryPoints() {
  auto permit = co_await maintenance_.Acquire(1);
  Status first_error;
  for (const TopicPartition& name : OpenNames()) {
    Log* const log = Find(name);
    if (log == nullptr) continue;
    auto point = co_await log->PrepareCheckpoint();
    if (!point.ok() && first_error.ok()) first_error = point.status();
  }
  CO_RETURN_IF_ERROR(co_await WriteRecoveryPoints());
  co_return first_error;
}

Task<Status> LogManager::SaveHighWatermarks() {
  auto permit = co_await maintenance_.Acquire(1);
  context_.high_watermarks_are_saved = true;
  Status saved = co_await WriteHighWatermarks();
  if (!saved.ok()) context_.NoteHighWatermark();
  co_return saved;
}

Task<Status> LogManager::ApplyRetention() {
  auto permit = co_await maintenance_.Acquire(1);
  Status first_error;
  for (const TopicPartition& name : OpenNames()) {
    Log* const log = Find(name);
    if (log == nullptr) continue;
    auto deleted = co_await log->DeleteOldSegments();
    if (!deleted.ok() && first_error.ok()) first_error = deleted.status();
  }
  co_return first_error;
}

std::vector<TopicPartition> LogManager::OpenNames() const {
  std::vector<TopicPartition> names;
  names.reserve(logs_.size());
  for (const auto& [topic_partition, log] : logs_) names.push_back(topic_partition);
  return names;
}

Task<Status> LogManager::WriteRecoveryPoints() {
  for (const auto& [topic_partition, log] : logs_) {
    recovery_points_[topic_partition] = log->recovery_point_;
  }
  co_return co_await WriteCheckpoint(log_files::kRecoveryPoints, recovery_points_);
}

Task<Status> LogManager::WriteHighWatermarks() {
  for (const auto& [topic_partition, log] : logs_) {
    high_watermarks_[topic_partition] = log->high_watermark();
  }
  co_return co_await WriteCheckpoint(log_files::kHighWatermarks, high_watermarks_);
}

Task<Status> LogManager::WriteLogStartOffsets() {
  // One write serves all who wait for it meanwhile: whoever gets the lock later finds its offset
  // saved.
  auto permit = co_await start_offsets_lock_.Acquire(1);
  for (const auto& [topic_partition, log] : logs_) {
    // The first segment's name says it, unless the start lies inside the segment.
    if (log->log_start_offset() > log->segments_.front()->base_offset()) {
      log_start_offsets_[topic_partition] = log->log_start_offset();
    } else {
      log_start_offsets_.erase(topic_partition);
    }
  }
  const OffsetCheckpoint saved = log_start_offsets_;
  CO_RETURN_IF_ERROR(co_await WriteCheckpoint(log_files::kLogStartOffsets, saved));
  for (const auto& [topic_partition, offset] : saved) {
    Log* const log = Find(topic_partition);
    if (log != nullptr) log->saved_log_start_offset_ = offset;
  }
  co_return OkStatus();
}

Task<Status> LogManager::WriteCheckpoint(std::string_view name, OffsetCheckpoint offsets) {
  std::string text = EncodeOffsetCheckpoint(offsets);
  std::string& written = written_checkpoints_[name];
  if (written == text) co_return OkStatus();
  std::string path = PathOf(name);
  std::string copy = text;
  CO_RETURN_IF_ERROR(co_await ReplaceFile(context_.ports.files, options_.directory, std::move(path),
                                          std::move(copy)));
  written_checkpoints_[name] = std::move(text);
  co_return OkStatus();
}

}  // namespace penstock
