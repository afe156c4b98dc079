// LogManager: what happens in the background: checkpoints, retention, expiry of producers.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "log/checkpoint_format.h"
#include "log/log_manager.h"
#include "log/small_file.h"
#include "runtime/race.h"

namespace penstock {

void LogManager::StartMaintenance() {
  background_.Start(RunCheckpoints());
  background_.Start(RunRetention());
  background_.Start(RunProducerExpiry());
}

Task<> LogManager::RunCheckpoints() {
  while (true) {
    const Instant next =
        context_.ports.clock.Now() + Milliseconds(options_.flush_offset_checkpoint_interval_ms);
    Task<> grown = context_.checkpoint_wanted.Wait();
    co_await Before(context_.ports.timers, next, std::move(grown));
    Status status = co_await Checkpoint();
    if (!status.ok()) {
      context_.ports.logger.Error("offsets could not be saved", {{"cause", status}});
    }
  }
}

Task<> LogManager::RunRetention() {
  while (true) {
    const Instant next =
        context_.ports.clock.Now() + Milliseconds(options_.retention_check_interval_ms);
    co_await context_.ports.timers.SleepUntil(next);
    Status status = co_await ApplyRetention();
    if (!status.ok()) {
      context_.ports.logger.Error("old segments could not be deleted", {{"cause", status}});
    }
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
  auto permit = co_await maintenance_.Acquire(1);
  Status first_error;
  for (const TopicPartition& name : OpenNames()) {
    Log* const log = Find(name);
    if (log == nullptr) continue;
    auto point = co_await log->PrepareCheckpoint();
    if (!point.ok() && first_error.ok()) first_error = point.status();
  }
  CO_RETURN_IF_ERROR(co_await WriteRecoveryPoints());
  CO_RETURN_IF_ERROR(co_await WriteLogStartOffsets());
  CO_RETURN_IF_ERROR(co_await WriteHighWatermarks());
  co_return first_error;
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
