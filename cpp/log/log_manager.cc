// LogManager: opening, creating, deleting and closing logs.
#include "log/log_manager.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "log/checkpoint_format.h"
#include "log/log_loader.h"
#include "log/small_file.h"

namespace penstock {

namespace {
constexpr uint64_t kTextBytesMax = uint64_t{256} << 20;

bool IsTemporary(std::string_view name) { return name.ends_with(log_files::kTemporarySuffix); }
}  // namespace

LogManager::LogManager(LogPorts ports, LogManagerOptions options)
    : options_(std::move(options)),
      maintenance_(ports.executor, 1),
      start_offsets_lock_(ports.executor, 1),
      context_(std::move(ports), options_.limits),
      background_(context_.ports.executor, [this](const Status& status) {
        context_.ports.logger.Error("background work of the log directory failed",
                                    {{"cause", status}});
      }) {
  context_.background = &background_;
  context_.save_log_start_offsets = [this] { return WriteLogStartOffsets(); };
}

LogManager::~LogManager() = default;

std::string LogManager::PathOf(std::string_view name) const {
  return StrCat(options_.directory, '/', name);
}

Task<Status> LogManager::Inspect() {
  Files& files = context_.ports.files;
  std::string clean_path = PathOf(log_files::kCleanShutdown);
  auto clean = co_await ReadWholeFile(files, clean_path, kTextBytesMax);
  if (!clean.ok() && clean.status().code() != StatusCode::kNotFound) co_return clean.status();
  clean_shutdown_file_ = had_clean_shutdown_ = clean.ok();
  if (clean.ok()) previous_broker_epoch_ = DecodeCleanShutdown(clean->text());
  CO_ASSIGN_OR_RETURN(recovery_points_, co_await ReadCheckpoint(log_files::kRecoveryPoints));
  CO_ASSIGN_OR_RETURN(log_start_offsets_, co_await ReadCheckpoint(log_files::kLogStartOffsets));
  CO_ASSIGN_OR_RETURN(high_watermarks_, co_await ReadCheckpoint(log_files::kHighWatermarks));
  CO_RETURN_IF_ERROR(co_await FindLogs());
  inspected_ = true;
  co_return OkStatus();
}

Task<Status> LogManager::Start() {
  if (!inspected_) {
    CO_RETURN_IF_ERROR(co_await Inspect());
  }
  Files& files = context_.ports.files;
  for (const std::string& path : half_deleted_) {
    const Status removed = co_await files.RemoveTree(path);
    if (!removed.ok()) {
      context_.ports.logger.Warn("what is left of a deleted log stays until the next start",
                                 {{"directory", path}, {"cause", removed}});
    }
  }
  half_deleted_.clear();
  CO_RETURN_IF_ERROR(co_await RemoveHalfMade());
  if (clean_shutdown_file_) {
    // Gone for good before anything is changed: from here on a crash is a crash.
    std::string clean_path = PathOf(log_files::kCleanShutdown);
    CO_RETURN_IF_ERROR(co_await RemoveIfExists(files, clean_path));
  }
  // What a process that was killed left undone: a directory that is found must not go any more.
  co_return co_await files.SyncDirectory(options_.directory);
}

// A crash came before they had their partition.metadata, so nothing was ever written to them.
Task<Status> LogManager::RemoveHalfMade() {
  Files& files = context_.ports.files;
  const std::vector<std::string> paths = std::move(half_made_);
  half_made_.clear();
  for (const std::string& path : paths) {
    CO_ASSIGN_OR_RETURN(const std::vector<std::string> names, co_await files.List(path));
    // Files may have come since the inspection: the metadata log's when the directory is formatted.
    if (!std::ranges::all_of(names, IsTemporary)) continue;
    CO_RETURN_IF_ERROR(co_await files.RemoveTree(path));
  }
  co_return OkStatus();
}

Task<StatusOr<OffsetCheckpoint>> LogManager::ReadCheckpoint(std::string_view name) {
  std::string path = PathOf(name);
  auto text = co_await ReadWholeFile(context_.ports.files, path, kTextBytesMax);
  if (text.status().code() == StatusCode::kNotFound) co_return OffsetCheckpoint();
  if (!text.ok()) co_return text.status();
  StatusOr<OffsetCheckpoint> offsets = DecodeOffsetCheckpoint(text->text());
  if (offsets.ok()) co_return offsets;
  // All of them can be done without: logs are then recovered from their beginning.
  had_clean_shutdown_ = false;
  context_.ports.logger.Warn("a checkpoint file is passed over",
                             {{"file", path}, {"cause", offsets.status()}});
  co_return OffsetCheckpoint();
}

Task<Status> LogManager::FindLogs() {
  Files& files = context_.ports.files;
  CO_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                      co_await files.List(options_.directory));
  for (const std::string& name : names) {
    const std::string path = PathOf(name);
    if (std::string_view(name).ends_with(log_files::kDirectoryDeleteSuffix)) {
      half_deleted_.push_back(path);
      continue;
    }
    const std::optional<TopicPartition> topic_partition = log_files::ParseDirectoryName(name);
    if (!topic_partition.has_value()) continue;
    CO_ASSIGN_OR_RETURN(const FileInfo info, co_await files.Describe(path));
    if (!info.directory) continue;
    const TopicPartition& found = *topic_partition;
    CO_RETURN_IF_ERROR(co_await FindLog(found, path));
  }
  co_return OkStatus();
}

Task<Status> LogManager::FindLog(TopicPartition topic_partition, std::string path) {
  Files& files = context_.ports.files;
  CO_ASSIGN_OR_RETURN(const std::vector<std::string> names, co_await files.List(path));
  for (const std::string& name : names) {
    if (!std::string_view(name).ends_with(log_files::kSwapSuffix)) continue;
    co_return FailedPrecondition(StrCat(path, "/", name,
                                        " is left from an interrupted compaction: start Apache "
                                        "Kafka on the directory once, it finishes it"));
  }
  if (std::ranges::all_of(names, IsTemporary)) {
    half_made_.push_back(path);
    co_return OkStatus();
  }
  Uuid& topic_id = found_[topic_partition];
  const std::string metadata_path = StrCat(path, '/', log_files::kPartitionMetadata);
  auto metadata = co_await ReadWholeFile(files, metadata_path, kTextBytesMax);
  if (metadata.status().code() == StatusCode::kNotFound) co_return OkStatus();
  if (!metadata.ok()) co_return metadata.status();
  const StatusOr<Uuid> read = DecodePartitionMetadata(metadata->text());
  if (!read.ok()) co_return Annotate(read.status(), metadata_path);
  topic_id = *read;
  co_return OkStatus();
}

std::vector<FoundLog> LogManager::FoundLogs() const {
  std::vector<FoundLog> found;
  for (const auto& [topic_partition, topic_id] : found_) {
    found.push_back({.topic_partition = topic_partition, .topic_id = topic_id});
  }
  return found;
}

LoadOptions LogManager::CheckpointsOf(const TopicPartition& topic_partition) const {
  const auto offset_in = [&](const OffsetCheckpoint& offsets) {
    const auto entry = offsets.find(topic_partition);
    return entry == offsets.end() ? Offset(0) : entry->second;
  };
  LoadOptions load;
  load.clean_shutdown = had_clean_shutdown_;
  load.recovery_point = offset_in(recovery_points_);
  load.log_start_offset = offset_in(log_start_offsets_);
  load.high_watermark = offset_in(high_watermarks_);
  return load;
}

Task<StatusOr<Log*>> LogManager::Open(TopicPartition topic_partition,
                                      std::shared_ptr<const TopicConfig> config) {
  if (!found_.contains(topic_partition)) {
    co_return NotFound(StrCat("there is no directory of ", topic_partition.ToString()));
  }
  const LoadOptions load = CheckpointsOf(topic_partition);
  auto log = std::make_unique<Log>(context_, topic_partition, PathOf(topic_partition.ToString()),
                                   std::move(config));
  log->producers_.SetExpirationMs(options_.producer_id_expiration_ms);
  Log* const opened = log.get();
  LogLoader loader(*opened, load);
  Status loaded = co_await loader.Load();
  if (!loaded.ok()) co_return Annotate(loaded, StrCat("opening ", topic_partition.ToString()));
  found_.erase(topic_partition);
  logs_[topic_partition] = std::move(log);
  co_return opened;
}

Task<StatusOr<Log*>> LogManager::Create(TopicPartition topic_partition, Uuid topic_id,
                                        std::shared_ptr<const TopicConfig> config) {
  const auto made = found_.find(topic_partition);
  if (made != found_.end() && made->second == topic_id) {
    // By an earlier call, which could not open it.
    co_return co_await Open(topic_partition, std::move(config));
  }
  if (made != found_.end() || logs_.contains(topic_partition)) {
    co_return AlreadyExists(StrCat(topic_partition.ToString(), " has a directory already"));
  }
  Files& files = context_.ports.files;
  const std::string path = PathOf(topic_partition.ToString());
  CO_RETURN_IF_ERROR(co_await files.CreateDirectory(path));
  std::string metadata_path = StrCat(path, '/', log_files::kPartitionMetadata);
  std::string metadata = EncodePartitionMetadata(topic_id);
  CO_RETURN_IF_ERROR(
      co_await ReplaceFile(files, path, std::move(metadata_path), std::move(metadata)));
  CO_RETURN_IF_ERROR(co_await files.SyncDirectory(options_.directory));
  found_[topic_partition] = topic_id;
  // What the checkpoints say of a deleted topic of the same name is not about this one.
  recovery_points_.erase(topic_partition);
  log_start_offsets_.erase(topic_partition);
  high_watermarks_.erase(topic_partition);
  co_return co_await Open(topic_partition, std::move(config));
}

Log* LogManager::Find(const TopicPartition& topic_partition) const {
  const auto entry = logs_.find(topic_partition);
  return entry == logs_.end() ? nullptr : entry->second.get();
}

std::vector<Log*> LogManager::logs() const {
  std::vector<Log*> all;
  all.reserve(logs_.size());
  for (const auto& [topic_partition, log] : logs_) all.push_back(log.get());
  return all;
}

Task<Status> LogManager::Delete(TopicPartition topic_partition) {
  const auto entry = logs_.find(topic_partition);
  const bool is_open = entry != logs_.end();
  if (!is_open && !found_.contains(topic_partition)) {
    co_return NotFound(StrCat("there is no log of ", topic_partition.ToString()));
  }
  int64_t delay_ms = 0;
  std::unique_ptr<Log> log;
  if (is_open) {
    log = std::move(entry->second);
    logs_.erase(entry);
    delay_ms = log->config().file_delete_delay_ms;
    co_await log->Retire();
    log.reset();
  }
  const Uuid random = context_.ports.random.NextUuid();
  const std::string to = PathOf(log_files::DeletedDirectoryName(topic_partition, random));
  CO_RETURN_IF_ERROR(co_await RenameDirectory(topic_partition, to));
  background_.Start(RemoveTreeLater(to, delay_ms));
  co_return co_await context_.ports.files.SyncDirectory(options_.directory);
}

Task<Status> LogManager::SetAside(TopicPartition topic_partition) {
  if (!found_.contains(topic_partition)) {
    co_return NotFound(StrCat("there is no unopened log of ", topic_partition.ToString()));
  }
  const Uuid random = context_.ports.random.NextUuid();
  const std::string to = PathOf(log_files::StrayDirectoryName(topic_partition, random));
  CO_RETURN_IF_ERROR(co_await RenameDirectory(topic_partition, to));
  co_return co_await context_.ports.files.SyncDirectory(options_.directory);
}

Task<Status> LogManager::RenameDirectory(TopicPartition topic_partition, std::string to) {
  recovery_points_.erase(topic_partition);
  log_start_offsets_.erase(topic_partition);
  high_watermarks_.erase(topic_partition);
  // As long as the directory has its name nobody else may use it, and it may be tried again.
  found_.try_emplace(topic_partition);
  const std::string from = PathOf(topic_partition.ToString());
  CO_RETURN_IF_ERROR(co_await context_.ports.files.Rename(from, to));
  found_.erase(topic_partition);
  co_return OkStatus();
}

Task<Status> LogManager::RemoveTreeLater(std::string path, int64_t delay_ms) {
  const Instant when = context_.ports.clock.Now() + Milliseconds(delay_ms);
  co_await context_.ports.timers.SleepUntil(when);
  co_return co_await context_.ports.files.RemoveTree(path);
}

Task<Status> LogManager::Stop(BrokerEpoch broker_epoch) {
  co_await background_.Stop();
  Status first_error;
  for (Log* log : logs()) {
    Status closed = co_await log->Close();
    if (first_error.ok()) first_error = closed;
    co_await log->Retire();
  }
  co_await context_.group_sync.Stop();
  CO_RETURN_IF_ERROR(first_error);
  CO_RETURN_IF_ERROR(co_await WriteRecoveryPoints());
  CO_RETURN_IF_ERROR(co_await WriteLogStartOffsets());
  CO_RETURN_IF_ERROR(co_await WriteHighWatermarks());
  if (!unopened_are_clean()) {
    // A log that was never opened may still need the recovery that the last crash left it.
    co_return OkStatus();
  }
  std::string path = PathOf(log_files::kCleanShutdown);
  std::string text = EncodeCleanShutdown(broker_epoch);
  co_return co_await ReplaceFile(context_.ports.files, options_.directory, std::move(path),
                                 std::move(text));
}

Task<> LogManager::Abandon() {
  co_await background_.Stop();
  for (Log* log : logs()) {
    co_await log->Retire();
  }
  co_await context_.group_sync.Stop();
}

}  // namespace penstock
