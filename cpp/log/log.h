// One partition's log: a directory <topic>-<partition> of segments with their indexes, the state of
// the producers that wrote to it, and its leader epochs. Files are byte for byte Kafka's
// (docs/formats).
//
// Appends happen in memory at once; a background writer brings them to the file in gathered writes
// and, where the topic asks for it, to the disk by group commit. Everything runs on the shard that
// opened the log.
//
//   log_start_offset <= durable_offset <= written_offset <= log_end_offset
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/uuid.h"
#include "config/topic_config.h"
#include "log/leader_epoch_cache.h"
#include "log/log_context.h"
#include "log/log_observer.h"
#include "log/log_types.h"
#include "log/offset_gate.h"
#include "log/producer_state.h"
#include "log/segment.h"
#include "log/tail_cache.h"
#include "log/topic_partition.h"
#include "record/batch_view.h"
#include "runtime/condition.h"
#include "runtime/semaphore.h"
#include "runtime/task.h"
#include "runtime/task_group.h"

namespace penstock {

class BatchReader;

class Log {
 public:
  // LogManager makes logs. `context` outlives the log.
  Log(LogContext& context, TopicPartition topic_partition, std::string directory,
      std::shared_ptr<const TopicConfig> config);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  const TopicPartition& topic_partition() const { return topic_partition_; }
  const std::string& directory() const { return directory_; }
  // Zero for a directory without partition.metadata.
  const Uuid& topic_id() const { return topic_id_; }

  Offset log_start_offset() const { return log_start_offset_; }
  Offset log_end_offset() const { return log_end_offset_; }
  // Everything below is in the file.
  Offset written_offset() const { return written_.reached(); }
  // Everything below survives the loss of power.
  Offset durable_offset() const { return durable_.reached(); }
  // Bytes of all segments, appends that are not written yet included.
  int64_t size_in_bytes() const;
  // Bytes that are appended and not yet in the file.
  int64_t unwritten_bytes() const { return unwritten_bytes_; }
  size_t segment_count() const { return segments_.size(); }

  // Set by the owner of replication, never lower than before but after a truncation; bounds
  // retention, and is saved in replication-offset-checkpoint.
  Offset high_watermark() const { return high_watermark_; }
  void SetHighWatermark(Offset high_watermark);

  // The config may change at any time; segments that exist keep their size.
  const TopicConfig& config() const { return *config_; }
  std::shared_ptr<const TopicConfig> shared_config() const { return config_; }
  void SetConfig(std::shared_ptr<const TopicConfig> config) { config_ = std::move(config); }

  // At most one; nullptr for none. Outlives the log or is taken away before it dies.
  void SetObserver(LogObserver* observer) { observer_ = observer; }

  // ---- Appending (log_append.cc)

  // Appends one whole, validated batch (record/validator.h) at the log end. The bytes are copied
  // once; base offset and leader epoch are set in the copy. Nothing has changed when it fails.
  // MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD (a client's control batch),
  // INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_TXN_STATE, KAFKA_STORAGE_ERROR
  // (the log has failed or is closed).
  StatusOr<AppendResult> Append(const Slice& batch, const AppendOptions& options);

  // OK while the logs of the directory have less to write than LogLimits allows: whoever appends
  // much waits here first. KAFKA_STORAGE_ERROR when nothing can be appended any more.
  Task<Status> WaitForRoom();

  // Notes that `leader_epoch` begins at the log end; called on becoming leader.
  void AssignLeaderEpoch(LeaderEpoch leader_epoch);

  // OK once everything below `end` is in the file, or on the disk. KAFKA_STORAGE_ERROR when that
  // cannot be any more; NOT_LEADER_OR_FOLLOWER when it was truncated away.
  Task<Status> WaitWritten(Offset end);
  Task<Status> WaitDurable(Offset end);
  // What acks=all waits for with the present ack.durability.
  Task<Status> WaitAcknowledgeable(Offset end);
  // Syncs everything up to the present log end, also with ack.durability=cache.
  Task<Status> Flush();

  // ---- Reading (log_read.cc, log_lookup.cc)

  // Whole batches from the one that contains `from`. From memory where it is there, without a copy;
  // else from the file, each batch checked against its CRC. OFFSET_OUT_OF_RANGE below the log start
  // or above the log end. CORRUPT_MESSAGE: the first batch on disk is broken. KAFKA_STORAGE_ERROR:
  // the log has failed and the offset was not durable.
  Task<StatusOr<LogReadResult>> Read(Offset from, ReadOptions options);
  // The same at once if it can be answered from memory (errors and the empty answer at the end
  // included).
  std::optional<StatusOr<LogReadResult>> ReadFromMemory(Offset from, const ReadOptions& options);

  // The first record with a timestamp of at least `target`, below `upper_bound`; offset kNoOffset
  // if there is none.
  Task<StatusOr<TimestampOffset>> OffsetForTimestamp(TimestampMs target, Offset upper_bound);
  // The first record that has the largest timestamp; offset kNoOffset if the log is empty.
  Task<StatusOr<TimestampOffset>> OffsetOfMaxTimestamp();
  // The log start, the log end, with their epochs. No timestamp.
  TimestampOffset Earliest() const;
  TimestampOffset Latest() const;
  // The end of the largest epoch at or below `leader_epoch`; both kNo... where it is not known.
  EpochEndOffset EndOffsetForEpoch(LeaderEpoch leader_epoch) const;
  const LeaderEpochCache& leader_epochs() const { return epochs_; }

  // Sorted by producer id.
  std::vector<ActiveProducer> ActiveProducers() const { return producers_.Active(); }
  // The first offset of the oldest open transaction, kNoOffset when there is none.
  Offset first_unstable_offset() const { return producers_.FirstOngoingTransaction(); }
  void RemoveExpiredProducers(TimestampMs now) { producers_.RemoveExpired(now); }

  // ---- Changing what is kept (log_truncate.cc, log_retention.cc)

  // Moves the log start up to `offset`; durable when it is done (kafka: DeleteRecords). A lower
  // offset changes nothing. OFFSET_OUT_OF_RANGE above the log end.
  Task<Status> AdvanceLogStartOffset(Offset offset);
  // Drops every batch that has a record at or above `offset`; durable when it is done.
  Task<Status> TruncateTo(Offset offset);
  // Drops everything; the log is empty and begins at `offset`.
  Task<Status> TruncateFullyAndStartAt(Offset offset);
  // Retention: deletes old segments as cleanup.policy, retention.ms, retention.bytes and the log
  // start allow, never above the high watermark. Returns how many.
  Task<StatusOr<int>> DeleteOldSegments();

  // OK, or why nothing can be appended any more.
  const Status& failure() const { return failure_; }

 private:
  friend class LogLoader;
  friend class LogManager;

  // Appends that wait for the writer: bytes in a row for one segment.
  struct PendingWrite {
    std::shared_ptr<Segment> segment;
    int64_t position = 0;
    SliceChain data;  // blocks that are complete
    Slice run;        // the bytes in the last block, growing with each append
    Offset end_offset{0};
  };

  // Counts an operation in flight for as long as it lives: the log outlives them all.
  class Operation {
   public:
    explicit Operation(Log& log) : log_(log) { ++log_.operations_; }
    ~Operation() {
      if (--log_.operations_ == 0) log_.idle_.NotifyAll();
    }
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;

   private:
    Log& log_;
  };

  Segment& active() { return *segments_.back(); }
  const Segment& active() const { return *segments_.back(); }

  // log_append.cc
  Status CheckAppend(const BatchView& batch, const AppendOptions& options) const;
  bool ShouldRoll(const BatchView& batch, Offset last_offset) const;
  // Makes the segment that begins at the log end the active one; its files come with the first
  // write to it.
  void Roll();
  void CopyIntoTail(const Slice& batch, Offset last_offset, LeaderEpoch leader_epoch);

  // log_writer.cc
  bool HasWork() const { return !pending_.empty() || (epochs_dirty_ && !syncer_runs_); }
  bool SyncIsDue() const;
  void WakeWriter();
  Task<> RunWriter();
  void WakeSyncer();
  Task<> RunSyncer();
  Task<Status> SyncInGroup();
  // The caller of those below holds files_lock_.
  Task<Status> WritePending();
  Task<Status> WriteToSegment(PendingWrite write);
  void ReserveAhead(Segment& segment, File& file) const;
  Task<Status> CreateSegmentFiles(std::shared_ptr<Segment> segment);
  Task<Status> SealSegment(std::shared_ptr<Segment> segment);
  Task<Status> SyncWritten();
  // The last segment that has files; nullptr if none has.
  std::shared_ptr<Segment> LastOnDisk() const;
  std::string SnapshotPath(Offset offset) const;
  Task<Status> FlushIndexes(std::shared_ptr<Segment> segment);
  Task<Status> WriteSnapshot(Offset offset, std::string bytes);
  Task<Status> WriteEpochs();
  void CountUnwritten(int64_t bytes);
  void AdvanceWritten(Offset offset);
  void AdvanceDurable(Offset offset);
  void RequestFlush();
  Task<> FlushAfterDelay(int64_t delay_ms);
  void Fail(const Status& cause);
  Status StorageError() const;

  // log_close.cc
  // For the manager's checkpoint: everything that recovery from the durable offset needs is on
  // disk; gives that offset.
  Task<StatusOr<Offset>> PrepareCheckpoint();
  // Everything to disk, snapshot included. Nothing can be appended any more.
  Task<Status> Close();
  // Appends and waits end with an error from now on; done when no operation is in flight.
  Task<> Retire();

  // log_read.cc
  Status CheckRange(Offset from) const;
  // Where reading ends: the log end, or what is safe on disk once the log has failed.
  Offset ReadableEnd() const;
  size_t SegmentIndexFor(Offset offset) const;
  Task<StatusOr<LogReadResult>> ReadFromSegment(std::shared_ptr<Segment> segment, Offset from,
                                                ReadOptions options);
  // A walk that begins at the batch with `offset`, or before it. An index that cannot be used, or
  // sends to where no such batch is, is made anew.
  Task<StatusOr<std::unique_ptr<BatchReader>>> ReaderFor(std::shared_ptr<Segment> segment,
                                                         Offset offset, size_t chunk_bytes);
  Task<StatusOr<IndexEntry>> EntryFor(std::shared_ptr<Segment> segment, Offset offset);
  // CORRUPT_MESSAGE for the reader's problem().
  static Status CorruptError(const Segment& segment, const BatchReader& reader);
  Task<Status> RebuildIndexes(std::shared_ptr<Segment> segment);

  // log_lookup.cc
  Task<Status> LoadMaxTimestamp(std::shared_ptr<Segment> segment);
  Task<StatusOr<TimeIndexEntry>> LookupTime(std::shared_ptr<Segment> segment, TimestampMs target);
  // The first record of the segment that has at least this timestamp and lies in [start, end).
  Task<StatusOr<TimestampOffset>> FindTimestamp(std::shared_ptr<Segment> segment,
                                                TimestampMs target, Offset start, Offset end);

  // log_truncate.cc
  Status TruncatedError() const;
  Task<Status> Truncate(Offset offset);
  Task<Status> TruncateFully(Offset offset);
  Task<Status> RemoveLastSegment();
  // Cuts the last segment before the batch that contains `offset`; gives the new log end.
  Task<StatusOr<Offset>> CutLastSegment(Offset offset);
  Task<Status> CutIndexes(std::shared_ptr<Segment> segment, Offset end);
  void SetLogEndAfterTruncation(Offset end);

  // producer_recovery.cc
  // Producer state as of `end`, which is the log end, from the latest snapshot and the batches
  // behind it. Removes snapshots beyond. Without any snapshot the state is empty if
  // `trust_no_snapshot`.
  Task<Status> ReloadProducers(Offset end, bool trust_no_snapshot);
  Task<Status> ReplayProducers(std::shared_ptr<Segment> segment, Offset from);

  // log_retention.cc
  void RaiseLogStartOffset(Offset offset);
  int CountBreachingLogStart() const;
  int CountBreachingSize() const;
  int CountBreachingTime(TimestampMs now) const;
  // False if the segment must stay: above the high watermark, or active and empty.
  bool MayDelete(size_t i) const;
  Task<Status> DeleteFirstSegments(int count);

  LogContext& context_;
  TopicPartition topic_partition_;
  std::string directory_;
  Uuid topic_id_;
  std::shared_ptr<const TopicConfig> config_;  // one object for all partitions of a topic
  LogObserver* observer_ = nullptr;

  // Never empty once opened; the last one is active. Shared with reads in flight, which retention
  // may overtake.
  std::vector<std::shared_ptr<Segment>> segments_;
  LeaderEpochCache epochs_;
  bool epochs_dirty_ = false;
  ProducerStateTable producers_;
  TailCache tail_;

  Offset log_start_offset_{0};
  Offset log_end_offset_{0};
  Offset high_watermark_{0};
  Offset recovery_point_{0};
  Offset latest_snapshot_ = kNoOffset;
  Offset saved_log_start_offset_ = kNoOffset;  // what log-start-offset-checkpoint says
  Offset checkpoint_snapshot_ = kNoOffset;  // of the last snapshot that is not at a segment's base
  OffsetGate written_;
  OffsetGate durable_;

  std::vector<PendingWrite> pending_;
  int64_t unwritten_bytes_ = 0;
  int64_t bytes_since_checkpoint_ = 0;
  Offset flush_requested_{0};  // sync up to here although ack.durability says cache
  bool writer_runs_ = false;
  bool syncer_runs_ = false;
  bool flush_timer_runs_ = false;
  bool closed_ = false;
  bool truncating_ = false;
  uint64_t truncations_ = 0;  // readers that were overtaken by one start again
  Status failure_;
  int operations_ = 0;  // reads, waits and changes in flight
  Condition idle_;
  // Of one unit, held by whoever changes files: the writer, truncation, retention, checkpoints.
  Semaphore files_lock_;
  TaskGroup background_;  // the writer, the syncer, the timer of flush.ms
};

}  // namespace penstock
