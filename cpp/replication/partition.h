// One partition that this node leads: its log, its high watermark, and who waits for it.
//
// The object exists as soon as the metadata names the partition. Its log is opened at the first
// use, and made on disk at the first write: an idle partition has no file and no directory of its
// own until then.
//
// The high watermark is what survives: with ack.durability=disk it follows the log's durable
// offset, with cache its written offset. Consumers never see a record above it, acks=all never
// answers before it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/uuid.h"
#include "log/log.h"
#include "log/log_observer.h"
#include "log/topic_partition.h"
#include "metadata/image/topics_image.h"
#include "record/validator.h"
#include "replication/high_watermark_watch.h"
#include "runtime/clock.h"
#include "runtime/condition.h"
#include "runtime/task.h"

namespace penstock {

class Partition;

// Finds or makes the logs of partitions; the replica manager.
class LogProvider {
 public:
  virtual ~LogProvider() = default;
  // True if `partition` has a log on disk that is not open yet.
  virtual bool HasLog(const Partition& partition) const = 0;
  // Opens the log of `partition`, or makes it where there is none, and calls OnOpened. It goes on
  // whatever becomes of the request that asked for it.
  virtual void StartOpening(Partition& partition) = 0;
};

struct PartitionPorts {
  NodeId node_id;
  Clock& clock;
  Executor& executor;
  LogProvider& logs;
};

// What acks asks for (Produce).
enum class RequiredAcks : int16_t { kAll = -1, kNone = 0, kLeader = 1 };

enum class IsolationLevel : int8_t { kReadUncommitted = 0, kReadCommitted = 1 };

class Partition final : private LogObserver {
 public:
  Partition(PartitionPorts ports, TopicPartition topic_partition, Uuid topic_id,
            std::shared_ptr<const PartitionImage> image, std::shared_ptr<const TopicConfig> config);
  ~Partition() override;
  Partition(const Partition&) = delete;
  Partition& operator=(const Partition&) = delete;

  const TopicPartition& topic_partition() const { return topic_partition_; }
  const Uuid& topic_id() const { return topic_id_; }
  LeaderEpoch leader_epoch() const { return image_->leader_epoch; }
  bool is_leader() const { return image_->leader == ports_.node_id; }
  const PartitionImage& image() const { return *image_; }
  const TopicConfig& config() const { return *config_; }
  const std::shared_ptr<const TopicConfig>& shared_config() const { return config_; }

  // The metadata changed.
  void Update(std::shared_ptr<const PartitionImage> image,
              std::shared_ptr<const TopicConfig> config);
  // The topic is gone: whoever waits goes on and finds kUnknownTopicOrPartition; nothing is opened
  // any more.
  void Retire();
  bool retired() const { return retired_; }
  // Waits until nobody holds a lease and no log is being opened. After Retire.
  Task<> WaitUnused();
  // Lets go of the log; true if there was one. After WaitUnused.
  bool DetachLog();

  // OK, FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH for the epoch that a client believes in; -1 is
  // any. UNKNOWN_TOPIC_OR_PARTITION once retired.
  Status CheckLeaderEpoch(LeaderEpoch current_leader_epoch) const;

  // Null before the first use, and while nothing was ever written.
  Log* log() const { return log_; }
  // Ready for log() and everything below. `create` for writing: without it a partition to which
  // nothing was ever written stays without a log.
  Task<Status> Open(bool create);
  // The end of what StartOpening began; only for the LogProvider.
  void OnOpened(StatusOr<Log*> opened);

  Offset log_start_offset() const { return log_ == nullptr ? Offset(0) : log_->log_start_offset(); }
  Offset log_end_offset() const { return log_ == nullptr ? Offset(0) : log_->log_end_offset(); }
  Offset high_watermark() const { return high_watermark_; }
  Offset last_stable_offset() const;
  // Where a consumer's reading ends.
  Offset FetchBound(IsolationLevel isolation) const {
    return isolation == IsolationLevel::kReadCommitted ? last_stable_offset() : high_watermark_;
  }

  // ---- Writing. Open(create) has succeeded.

  // NOT_ENOUGH_REPLICAS for acks=all with an ISR below the effective min.insync.replicas.
  Status CheckAcks(RequiredAcks acks) const;
  // Waits while too much is not written yet.
  Task<Status> WaitForRoom();
  // Validates what a client produced and appends it, at once and in memory. Refused records are in
  // scratch.record_errors.
  StatusOr<AppendResult> AppendAsLeader(Slice records, ValidationScratch& scratch);
  // Waits for what `acks` promises about everything below `end`.
  Task<Status> WaitForAcks(Offset end, RequiredAcks acks);
  // Moves the log start (Kafka: DeleteRecords); -1 is the high watermark. Gives the new log start.
  // OFFSET_OUT_OF_RANGE, POLICY_VIOLATION.
  Task<StatusOr<Offset>> DeleteRecords(Offset before);

  // ---- Reading. Open has succeeded.

  // ListOffsets for a timestamp or one of its special values, up to where `isolation` lets read (up
  // to the log end without one); offset -1 where there is none. UNSUPPORTED_VERSION for a special
  // value that is not known.
  Task<StatusOr<TimestampOffset>> FindOffset(int64_t timestamp,
                                             std::optional<IsolationLevel> isolation);
  EpochEndOffset EndOffsetForEpoch(LeaderEpoch leader_epoch) const;

  // `watch` is told of the next movement of the high watermark.
  void Watch(HighWatermarkWatch& watch) { watchers_.Add(watch); }

 private:
  friend class PartitionLease;

  void OnWritten(Log& log, Offset written_offset) override;
  void OnDurable(Log& log, Offset durable_offset) override;
  void OnFailed(Log& log, const Status& failure) override;
  void AdvanceHighWatermark();
  Status CheckNothingIsMissed(const ValidatedBatch& batch) const;
  void AttachLog(Log* log);
  Status DeletedError() const;

  PartitionPorts ports_;
  TopicPartition topic_partition_;
  Uuid topic_id_;
  std::shared_ptr<const PartitionImage> image_;
  std::shared_ptr<const TopicConfig> config_;

  Log* log_ = nullptr;
  bool opening_ = false;
  Status open_failure_;  // of the last opening
  bool opening_has_failed_ = false;
  bool retired_ = false;
  int leases_ = 0;
  Condition state_changed_;  // an opening ended, or the last lease went

  Offset high_watermark_{0};
  BatchSizes sizes_above_;
  HighWatermarkWatchers watchers_;
};

// Keeps a partition and its log alive across awaits. Holders of a retired partition finish what
// they do; then it goes.
class PartitionLease {
 public:
  PartitionLease() = default;
  explicit PartitionLease(Partition* partition) : partition_(partition) { ++partition_->leases_; }
  PartitionLease(PartitionLease&& other) noexcept
      : partition_(std::exchange(other.partition_, nullptr)) {}
  PartitionLease& operator=(PartitionLease&& other) noexcept {
    std::swap(partition_, other.partition_);
    return *this;
  }
  ~PartitionLease();

  explicit operator bool() const { return partition_ != nullptr; }
  Partition* operator->() const { return partition_; }
  Partition& operator*() const { return *partition_; }
  Partition* get() const { return partition_; }

 private:
  Partition* partition_ = nullptr;
};

}  // namespace penstock
