// The logs of one log directory: finds and opens them at start, creates and deletes them, saves
// their checkpoints, applies retention, and closes them so that the next start needs no recovery.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "base/uuid.h"
#include "log/checkpoint_format.h"
#include "log/log.h"
#include "log/log_context.h"
#include "log/log_loader.h"
#include "log/topic_partition.h"
#include "runtime/random.h"
#include "runtime/semaphore.h"
#include "runtime/task.h"
#include "runtime/task_group.h"

namespace penstock {

struct LogManagerOptions {
  std::string directory;
  int64_t retention_check_interval_ms = 300'000;         // log.retention.check.interval.ms
  int64_t flush_offset_checkpoint_interval_ms = 60'000;  // log.flush.offset.checkpoint.interval.ms
  int64_t flush_start_offset_checkpoint_interval_ms =
      60'000;  // log.flush.start.offset.checkpoint.interval.ms
  int64_t high_watermark_checkpoint_interval_ms =
      5'000;  // replica.high.watermark.checkpoint.interval.ms
  // log.initial.task.delay.ms: until retention and the first two checkpoints run for the first time
  int64_t initial_task_delay_ms = 30'000;
  int64_t producer_id_expiration_ms = 86'400'000;  // producer.id.expiration.ms
  int64_t producer_id_expiration_check_interval_ms = 600'000;
  LogLimits limits;
};

// A directory whose topic has to be decided by the caller.
struct FoundLog {
  TopicPartition topic_partition;
  Uuid topic_id;  // Zero without partition.metadata
};

class LogManager {
 public:
  // The ports outlive the manager.
  LogManager(LogPorts ports, LogManagerOptions options);
  ~LogManager();
  LogManager(const LogManager&) = delete;
  LogManager& operator=(const LogManager&) = delete;

  // Reads the directory and its checkpoints and changes nothing, for checks that may refuse the
  // start. FailedPrecondition: a compaction by Apache Kafka was interrupted in a log, which only
  // Apache Kafka can finish.
  Task<Status> Inspect();
  // Inspects the directory, unless that was done, finishes deletions and takes back creations that
  // a crash interrupted, and takes the clean-shutdown file away. What it has found is durable then.
  // Opens no log.
  Task<Status> Start();
  bool had_clean_shutdown() const { return had_clean_shutdown_; }
  // Of the clean-shutdown file; kNoBrokerEpoch (-1) when there was none.
  BrokerEpoch previous_broker_epoch() const { return previous_broker_epoch_; }
  // What the checkpoints say of a log that is not open yet.
  LoadOptions CheckpointsOf(const TopicPartition& topic_partition) const;
  // Directories that are not open yet, sorted.
  std::vector<FoundLog> FoundLogs() const;

  // Opens the log of an existing directory, recovering it after an unclean shutdown. kNotFound when
  // there is none.
  Task<StatusOr<Log*>> Open(TopicPartition topic_partition,
                            std::shared_ptr<const TopicConfig> config);
  // Makes the directory with its partition.metadata, unless an earlier call has made it and could
  // not open it. kAlreadyExists when it is another topic's, or open.
  Task<StatusOr<Log*>> Create(TopicPartition topic_partition, Uuid topic_id,
                              std::shared_ptr<const TopicConfig> config);
  // Begins the background work: checkpoints, retention, producer expiry.
  void StartMaintenance();

  // nullptr when it is not open.
  Log* Find(const TopicPartition& topic_partition) const;
  // All open logs in the order of their names. Invalid after the next Open, Create or Delete.
  std::vector<Log*> logs() const;

  // Renames the directory at once; the files go after file.delete.delay.ms. The Log object is gone
  // when this is done. Works for directories that are not open, too. After another error than
  // kNotFound the directory may still have its name, and Delete may be called again.
  Task<Status> Delete(TopicPartition topic_partition);
  // Renames a directory that was found and not opened to <name>.<random>-stray, where neither this
  // broker nor Kafka reads it: its records are kept for whoever knows what they are. kNotFound.
  Task<Status> SetAside(TopicPartition topic_partition);

  // What the background work does, at once.
  Task<Status> Checkpoint();
  Task<Status> ApplyRetention();

  // Closes every log and writes the clean-shutdown file, unless a log has failed.
  Task<Status> Stop(BrokerEpoch broker_epoch);
  // Ends background work without writing anything: what a crash leaves.
  Task<> Abandon();

  const LogCounters& counters() const { return context_.counters; }
  const std::string& directory() const { return options_.directory; }

 private:
  std::string PathOf(std::string_view name) const;
  Task<StatusOr<OffsetCheckpoint>> ReadCheckpoint(std::string_view name);
  Task<Status> FindLogs();
  Task<Status> FindLog(TopicPartition topic_partition, std::string path);
  Task<Status> RemoveHalfMade();
  // Not durable yet.
  Task<Status> RenameDirectory(TopicPartition topic_partition, std::string to);
  Task<Status> RemoveTreeLater(std::string path, int64_t delay_ms);
  Task<> RunRecoveryPoints();
  Task<> RunLogStartOffsets();
  Task<> RunHighWatermarks();
  Task<> RunRetention();
  Task<> RunProducerExpiry();
  void Complain(const Status& status, std::string_view what);
  std::vector<TopicPartition> OpenNames() const;
  Task<Status> SaveRecoveryPoints();
  Task<Status> SaveHighWatermarks();
  Task<Status> WriteRecoveryPoints();
  Task<Status> WriteLogStartOffsets();
  Task<Status> WriteHighWatermarks();
  // Nothing is written if the file has this text already.
  Task<Status> WriteCheckpoint(std::string_view name, OffsetCheckpoint offsets);
  bool unopened_are_clean() const { return had_clean_shutdown_ || found_.empty(); }

  LogManagerOptions options_;
  std::map<TopicPartition, Uuid> found_;  // not open yet; the topic ids
  OffsetCheckpoint recovery_points_;
  OffsetCheckpoint log_start_offsets_;
  OffsetCheckpoint high_watermarks_;
  std::map<std::string_view, std::string> written_checkpoints_;  // by name, a constant of log_files
  bool inspected_ = false;
  std::vector<std::string> half_deleted_;  // paths
  std::vector<std::string> half_made_;
  bool clean_shutdown_file_ = false;
  bool had_clean_shutdown_ = false;  // and the checkpoints with it can be read
  BrokerEpoch previous_broker_epoch_{-1};
  Semaphore maintenance_;  // one unit: checkpoints and retention take turns
  Semaphore start_offsets_lock_;
  LogContext context_;
  std::map<TopicPartition, std::unique_ptr<Log>> logs_;
  TaskGroup background_;
};

}  // namespace penstock
