// Runs the pure quorum over the metadata log: reads quorum state, snapshots and log, persists,
// appends, tells what is committed, writes snapshots and removes what they replace. Appends in
// flight share their syncs: the log commits in groups.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/log.h"
#include "base/status.h"
#include "log/log_manager.h"
#include "log/log_observer.h"
#include "log/topic_partition.h"
#include "raft/log_record.h"
#include "raft/log_state.h"
#include "raft/quorum.h"
#include "raft/snapshot_store.h"
#include "runtime/clock.h"
#include "runtime/files.h"

namespace penstock {

inline constexpr std::string_view kClusterMetadataTopic = "__cluster_metadata";
TopicPartition MetadataPartition();

struct RaftOptions {
  Voter self;
  int32_t segment_bytes = 1 << 30;
  int64_t segment_ms = 7LL * 24 * 3600 * 1000;
};

// Hears from the log's own code: only note it and post the work.
class RaftObserver {
 public:
  virtual ~RaftObserver() = default;
  virtual void OnHighWatermark(Offset high_watermark) = 0;
  virtual void OnRaftFailed(const Status& why) = 0;
};

class RaftDriver final : private LogObserver {
 public:
  // What the driver works with; all of them outlive it. `logs` manages the directory that holds the
  // metadata log and has been started.
  struct Ports {
    LogManager& logs;
    Files& files;
    Clock& clock;
    Logger logger;
  };

  // Finds the log (or makes it), its snapshots and the quorum state. Does not write anything else.
  static Task<StatusOr<std::unique_ptr<RaftDriver>>> Open(Ports ports, RaftOptions options);
  ~RaftDriver() override;
  RaftDriver(const RaftDriver&) = delete;
  RaftDriver& operator=(const RaftDriver&) = delete;

  // At most one, nullptr for none.
  void SetObserver(RaftObserver* observer) { observer_ = observer; }

  // Reads the last snapshot and the log behind it. May be called again. `sink` is called until the
  // Task is done.
  Task<Status> Load(RaftBatchSink sink);
  // Becomes the leader of a new epoch: quorum-state is durable, the first control batch is
  // appended. After Load. FailedPrecondition if this node cannot be the whole quorum.
  Task<Status> Lead();
  bool leads() const { return quorum_.has_value() && quorum_->role() == QuorumRole::kLeader; }

  // As leader. All records or none, as one batch.
  StatusOr<RaftBatchPosition> Append(const std::vector<RaftRecord>& records);
  Offset log_end_offset() const { return log_.log_end_offset(); }
  Offset log_start_offset() const { return log_.log_start_offset(); }
  // 0 while it is not known.
  Offset high_watermark() const;

  LeaderEpoch epoch() const { return quorum_.has_value() ? quorum_->epoch() : LeaderEpoch(0); }
  // Only while leads().
  const VoterSet& voters() const { return quorum_->voters(); }

  // Bytes of the batches behind the last snapshot.
  int64_t bytes_since_snapshot() const { return bytes_since_snapshot_; }
  std::optional<SnapshotId> latest_snapshot() const { return latest_snapshot_; }
  // Writes the snapshot of everything below id.end_offset, which is committed, and removes the log
  // and the snapshots before it. One at a time.
  Task<Status> WriteSnapshot(SnapshotId id, TimestampMs last_contained_log_timestamp,
                             std::vector<RaftRecord> records);

 private:
  RaftDriver(Ports ports, RaftOptions options, Log& log, std::string directory);

  Task<Status> LoadSnapshot(const RaftBatchSink& sink);
  Task<Status> LoadLog(const RaftBatchSink& sink);
  Status LoadBatches(const SliceChain& bytes, const RaftBatchSink& sink);
  Task<Status> RemovePrefix(SnapshotId id);
  StatusOr<RaftBatchPosition> AppendBatch(const Slice& batch);

  void OnWritten(Log&, Offset) override {}
  void OnDurable(Log& log, Offset durable_offset) override;
  void OnFailed(Log& log, const Status& failure) override;

  Ports ports_;
  RaftOptions options_;
  Log& log_;
  std::string directory_;
  SnapshotStore snapshots_;
  RaftObserver* observer_ = nullptr;

  std::optional<ElectionState> election_;
  std::optional<Quorum> quorum_;
  RaftLogState loaded_;

  std::optional<SnapshotId> latest_snapshot_;
  int64_t bytes_since_snapshot_ = 0;
};

}  // namespace penstock
