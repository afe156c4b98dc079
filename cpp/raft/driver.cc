#include "raft/driver.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "config/topic_config.h"
#include "log/log.h"
#include "raft/log_inspection.h"

namespace penstock {
namespace {

constexpr int64_t kLoadBytes = 1 << 20;

std::shared_ptr<const TopicConfig> MetadataLogConfig(const RaftOptions& options) {
  auto config = std::make_shared<TopicConfig>();
  config->segment_bytes = options.segment_bytes;
  config->segment_ms = options.segment_ms;
  // Snapshots alone decide what is removed, through the log start offset.
  config->cleanup_delete = false;
  config->retention_ms = -1;
  config->retention_bytes = -1;
  config->file_delete_delay_ms = 0;
  return config;
}

}  // namespace

TopicPartition MetadataPartition() { return {std::string(kClusterMetadataTopic), PartitionId(0)}; }

RaftDriver::RaftDriver(Ports ports, RaftOptions options, Log& log, std::string directory)
    : ports_(std::move(ports)),
      options_(std::move(options)),
      log_(log),
      directory_(directory),
      snapshots_(ports_.files, std::move(directory)) {
  log_.SetObserver(this);
}

RaftDriver::~RaftDriver() { log_.SetObserver(nullptr); }

Task<StatusOr<std::unique_ptr<RaftDriver>>> RaftDriver::Open(Ports ports, RaftOptions options) {
  const std::shared_ptr<const TopicConfig> config = MetadataLogConfig(options);
  const TopicPartition partition = MetadataPartition();
  const Uuid topic_id = Uuid::One();
  StatusOr<Log*> log = co_await ports.logs.Open(partition, config);
  if (!log.ok() && log.status().code() == StatusCode::kNotFound) {
    log = co_await ports.logs.Create(partition, topic_id, config);
  }
  if (!log.ok()) co_return log.status();

  std::string directory = StrCat(ports.logs.directory(), "/", partition.ToString());
  std::unique_ptr<RaftDriver> driver(
      new RaftDriver(std::move(ports), std::move(options), **log, directory));
  CO_ASSIGN_OR_RETURN(driver->election_,
                      co_await ReadElectionState(driver->ports_.files, directory));
  CO_RETURN_IF_ERROR(co_await driver->snapshots_.RemoveLeftovers());
  CO_ASSIGN_OR_RETURN(const std::vector<SnapshotId> found, co_await driver->snapshots_.Find());
  if (!found.empty()) driver->latest_snapshot_ = found.back();
  co_return driver;
}

Offset RaftDriver::high_watermark() const {
  if (!quorum_.has_value()) return Offset(0);
  return quorum_->high_watermark().value_or(Offset(0));
}

Task<Status> RaftDriver::Load(RaftBatchSink sink) {
  loaded_ = RaftLogState();
  CO_RETURN_IF_ERROR(co_await LoadSnapshot(sink));
  CO_RETURN_IF_ERROR(co_await LoadLog(sink));
  bytes_since_snapshot_ = loaded_.bytes_taken();
  co_return OkStatus();
}

Task<Status> RaftDriver::LoadSnapshot(const RaftBatchSink& sink) {
  const Offset snapshot_end =
      latest_snapshot_.has_value() ? latest_snapshot_->end_offset : Offset(0);
  CO_RETURN_IF_ERROR(CheckLogBeginning(directory_, log_.log_start_offset(), snapshot_end));
  if (!latest_snapshot_.has_value()) co_return OkStatus();
  const SnapshotId id = *latest_snapshot_;
  CO_ASSIGN_OR_RETURN(SnapshotContent content, co_await snapshots_.Read(id));
  const Status taken = loaded_.TakeSnapshot(id, std::move(content), sink);
  if (!taken.ok()) co_return Annotate(taken, StrCat(directory_, "/", id.FileName()));
  // A log that ends before its snapshot was cut off or never written: the snapshot has it all.
  if (log_.log_end_offset() < snapshot_end) {
    co_return co_await log_.TruncateFullyAndStartAt(snapshot_end);
  }
  co_return OkStatus();
}

Task<Status> RaftDriver::LoadLog(const RaftBatchSink& sink) {
  Offset next = std::max(log_.log_start_offset(),
                         latest_snapshot_.has_value() ? latest_snapshot_->end_offset : Offset(0));
  ReadOptions options;
  options.bytes_max = kLoadBytes;
  while (next < log_.log_end_offset()) {
    StatusOr<LogReadResult> read = co_await log_.Read(next, options);
    if (!read.ok()) co_return Annotate(read.status(), directory_);
    if (read->next_offset <= next) {
      co_return DataLoss(StrCat(directory_, ": nothing can be read at offset ", next));
    }
    CO_RETURN_IF_ERROR(LoadBatches(read->records, sink));
    next = read->next_offset;
  }
  co_return OkStatus();
}

Status RaftDriver::LoadBatches(const SliceChain& bytes, const RaftBatchSink& sink) {
  const Slice whole = bytes.Flatten();
  const Status loaded = ForEachBatch(
      whole.span(), [&](const BatchView& batch) { return loaded_.TakeBatch(batch, sink); });
  return Annotate(loaded, directory_);
}

Task<Status> RaftDriver::Lead() {
  const QuorumStart start = loaded_.StartOf(options_.self, election_, log_.log_end_offset());
  CO_ASSIGN_OR_RETURN(Quorum quorum, Quorum::Start(start));
  quorum.Step(ElectionTimeout());

  const QuorumReady ready = quorum.Ready();
  const LeaderEpoch epoch = quorum.epoch();
  CHECK(ready.persist.has_value());
  CO_RETURN_IF_ERROR(co_await WriteElectionState(ports_.files, directory_, *ready.persist));
  election_ = ready.persist;
  log_.AssignLeaderEpoch(epoch);
  quorum_ = std::move(quorum);
  CO_ASSIGN_OR_RETURN(const Slice batch,
                      BuildControlBatch(log_.log_end_offset(), epoch, ports_.clock.WallNow(),
                                        ready.control_records));
  const StatusOr<RaftBatchPosition> appended = AppendBatch(batch);
  if (!appended.ok()) co_return appended.status();
  quorum_->Advance(log_.log_end_offset());
  co_return OkStatus();
}

StatusOr<RaftBatchPosition> RaftDriver::Append(const std::vector<RaftRecord>& records) {
  CHECK(leads() && !records.empty());
  ASSIGN_OR_RETURN(const Slice batch, BuildRecordBatch(log_.log_end_offset(), quorum_->epoch(),
                                                       ports_.clock.WallNow(), records));
  return AppendBatch(batch);
}

StatusOr<RaftBatchPosition> RaftDriver::AppendBatch(const Slice& batch) {
  AppendOptions options;
  options.leader_epoch = quorum_->epoch();
  options.origin = AppendOrigin::kRaftLeader;
  ASSIGN_OR_RETURN(const AppendResult result, log_.Append(batch, options));
  bytes_since_snapshot_ += static_cast<int64_t>(batch.size());
  ASSIGN_OR_RETURN(const BatchView view, BatchView::Parse(batch.span()));
  return RaftBatchPosition{result.base_offset, result.last_offset, quorum_->epoch(),
                           view.max_timestamp()};
}

void RaftDriver::OnDurable(Log&, Offset durable_offset) {
  if (!quorum_.has_value()) return;
  quorum_->Step(LogIsDurable{durable_offset});
  const std::optional<Offset> moved = quorum_->Ready().high_watermark;
  quorum_->Advance(log_.log_end_offset());
  if (!moved.has_value()) return;
  log_.SetHighWatermark(*moved);
  if (observer_ != nullptr) observer_->OnHighWatermark(*moved);
}

void RaftDriver::OnFailed(Log&, const Status& failure) {
  ports_.logger.Error("the metadata log failed", {{"status", failure}});
  if (observer_ != nullptr) observer_->OnRaftFailed(failure);
}

Task<Status> RaftDriver::WriteSnapshot(SnapshotId id, TimestampMs last_contained_log_timestamp,
                                       std::vector<RaftRecord> records) {
  CHECK(id.end_offset <= high_watermark());
  if (latest_snapshot_.has_value() && id <= *latest_snapshot_) co_return OkStatus();
  SnapshotContent content;
  content.last_contained_log_timestamp = last_contained_log_timestamp;
  content.kraft_version = quorum_->kraft_version();
  content.voters = quorum_->voters();
  content.records = std::move(records);
  const int64_t bytes_before = bytes_since_snapshot_;
  CO_ASSIGN_OR_RETURN(SliceChain bytes, EncodeSnapshot(id, content, ports_.clock.WallNow()));
  CO_RETURN_IF_ERROR(co_await snapshots_.Write(id, std::move(bytes)));
  latest_snapshot_ = id;
  bytes_since_snapshot_ -= bytes_before;
  ports_.logger.Info("wrote a metadata snapshot", {{"offset", id.end_offset}, {"epoch", id.epoch}});
  co_return co_await RemovePrefix(id);
}

Task<Status> RaftDriver::RemovePrefix(SnapshotId id) {
  CO_RETURN_IF_ERROR(co_await log_.AdvanceLogStartOffset(id.end_offset));
  const StatusOr<int> deleted = co_await log_.DeleteOldSegments();
  if (!deleted.ok()) co_return deleted.status();
  co_return co_await snapshots_.RemoveBefore(id);
}

}  // namespace penstock
