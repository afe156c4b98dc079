#include "replication/partition.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "replication/validation_options.h"

namespace penstock {
namespace {

// The special timestamps of ListOffsets.
constexpr int64_t kLatestTimestamp = -1;
constexpr int64_t kEarliestTimestamp = -2;
constexpr int64_t kMaxTimestamp = -3;
constexpr int64_t kEarliestLocalTimestamp = -4;
constexpr int64_t kLatestTieredTimestamp = -5;
constexpr int64_t kEarliestPendingUploadTimestamp = -6;

}  // namespace

Partition::Partition(PartitionPorts ports, TopicPartition topic_partition, Uuid topic_id,
                     std::shared_ptr<const PartitionImage> image,
                     std::shared_ptr<const TopicConfig> config)
    : ports_(ports),
      topic_partition_(std::move(topic_partition)),
      topic_id_(topic_id),
      image_(std::move(image)),
      config_(std::move(config)),
      state_changed_(ports.executor) {}

Partition::~Partition() {
  CHECK(leases_ == 0 || ports_.executor.crashing());
  if (log_ != nullptr) log_->SetObserver(nullptr);
}

PartitionLease::~PartitionLease() {
  if (partition_ == nullptr) return;
  CHECK(partition_->leases_ > 0);
  if (--partition_->leases_ == 0 && partition_->retired_) partition_->state_changed_.NotifyAll();
}

void Partition::Update(std::shared_ptr<const PartitionImage> image,
                       std::shared_ptr<const TopicConfig> config) {
  const bool new_term = image->leader_epoch != image_->leader_epoch;
  image_ = std::move(image);
  config_ = std::move(config);
  if (log_ == nullptr) return;
  log_->SetConfig(config_);
  if (new_term && is_leader()) log_->AssignLeaderEpoch(image_->leader_epoch);
  AdvanceHighWatermark();  // a topic that now asks for less durability has more to show
}

void Partition::Retire() {
  retired_ = true;
  watchers_.InterruptAll();
}

Task<> Partition::WaitUnused() {
  CHECK(retired_);
  while (leases_ > 0 || opening_) {
    co_await state_changed_.Wait();
  }
}

bool Partition::DetachLog() {
  if (log_ == nullptr) return false;
  std::exchange(log_, nullptr)->SetObserver(nullptr);
  return true;
}

Status Partition::CheckLeaderEpoch(LeaderEpoch current_leader_epoch) const {
  if (retired_) return DeletedError();
  if (current_leader_epoch == kNoLeaderEpoch || current_leader_epoch == leader_epoch())
    return OkStatus();
  const bool is_old = current_leader_epoch < leader_epoch();
  return KafkaError(is_old ? ErrorCode::kFencedLeaderEpoch : ErrorCode::kUnknownLeaderEpoch,
                    StrCat(topic_partition_.ToString(), " is led in epoch ", leader_epoch(),
                           ", not ", current_leader_epoch));
}

Status Partition::DeletedError() const {
  return KafkaError(ErrorCode::kUnknownTopicOrPartition,
                    StrCat(topic_partition_.ToString(), " has been deleted"));
}

Task<Status> Partition::Open(bool create) {
  while (!retired_ && log_ == nullptr) {
    if (!opening_) {
      if (!create && !ports_.logs.HasLog(*this)) co_return OkStatus();
      opening_ = true;
      open_failure_ = OkStatus();
      ports_.logs.StartOpening(*this);
    }
    co_await state_changed_.Wait();
    if (!opening_ && !open_failure_.ok()) co_return open_failure_;
  }
  if (retired_) co_return DeletedError();
  co_return OkStatus();
}

void Partition::OnOpened(StatusOr<Log*> opened) {
  CHECK(opening_);
  opening_ = false;
  open_failure_ = opened.status();
  if (opened.ok()) {
    AttachLog(*opened);
  } else {
    opening_has_failed_ = true;
  }
  state_changed_.NotifyAll();
}

void Partition::AttachLog(Log* log) {
  log_ = log;
  log_->SetConfig(config_);
  log_->SetObserver(this);
  if (is_leader()) log_->AssignLeaderEpoch(image_->leader_epoch);
  // Everything that was kept at the opening is on the disk.
  AdvanceHighWatermark();
}

Offset Partition::last_stable_offset() const {
  if (log_ == nullptr) return high_watermark_;
  const Offset unstable = log_->first_unstable_offset();
  return unstable == kNoOffset ? high_watermark_ : std::min(unstable, high_watermark_);
}

Status Partition::CheckAcks(RequiredAcks acks) const {
  if (acks != RequiredAcks::kAll) return OkStatus();
  const auto replicas = static_cast<int32_t>(image_->replicas.size());
  const int32_t wanted = std::min(replicas, config_->min_insync_replicas);
  const auto in_sync = static_cast<int32_t>(image_->isr.size());
  if (in_sync >= wanted) return OkStatus();
  return KafkaError(
      ErrorCode::kNotEnoughReplicas,
      StrCat(topic_partition_.ToString(), " has ", in_sync, " in-sync replicas, needs ", wanted));
}

Task<Status> Partition::WaitForRoom() {
  CHECK(log_ != nullptr);
  co_return co_await log_->WaitForRoom();
}

StatusOr<AppendResult> Partition::AppendAsLeader(Slice records, ValidationScratch& scratch) {
  CHECK(log_ != nullptr);
  if (retired_) return DeletedError();
  scratch.record_errors.clear();
  const ValidationOptions asked = ValidationOptionsOf(*config_, ports_.clock.WallNow());
  ASSIGN_OR_RETURN(const ValidatedBatch validated,
                   ValidateProduceBatch(std::move(records), asked, scratch));
  if (validated.is_transactional) {
    return KafkaError(ErrorCode::kInvalidTxnState,
                      "transactions are not served yet; produce without transactional.id");
  }
  RETURN_IF_ERROR(CheckNothingIsMissed(validated));
  const AppendOptions options{.leader_epoch = leader_epoch(), .origin = AppendOrigin::kClient};
  ASSIGN_OR_RETURN(AppendResult appended, log_->Append(validated.batch, options));
  if (!appended.is_duplicate) {
    sizes_above_.Append(appended.end_offset(), static_cast<int64_t>(validated.batch.size()));
  }
  return appended;
}

// A log takes any first sequence of a producer that it does not know. The batch with the first one
// may have met the opening that failed: what was sent behind it must not get in before it.
Status Partition::CheckNothingIsMissed(const ValidatedBatch& batch) const {
  if (!opening_has_failed_ || batch.base_sequence <= Sequence(0)) return OkStatus();
  const std::vector<ActiveProducer> known = log_->ActiveProducers();
  const auto is_its = [&](const ActiveProducer& one) {
    return one.producer_id == batch.producer_id;
  };
  if (std::ranges::any_of(known, is_its)) return OkStatus();
  return KafkaError(ErrorCode::kKafkaStorageError,
                    StrCat("the log of ", topic_partition_.ToString(),
                           " could not be opened, and a batch before this one is missing"));
}

Task<Status> Partition::WaitForAcks(Offset end, RequiredAcks acks) {
  if (acks == RequiredAcks::kNone) co_return OkStatus();
  if (acks == RequiredAcks::kLeader) co_return co_await log_->WaitWritten(end);
  // What is acknowledged is below the high watermark, always: a topic that asks for more durability
  // meanwhile waits on.
  while (high_watermark_ < end) {
    CO_RETURN_IF_ERROR(co_await log_->WaitAcknowledgeable(end));
  }
  co_return OkStatus();
}

Task<StatusOr<Offset>> Partition::DeleteRecords(Offset before) {
  if (!config_->cleanup_delete && config_->cleanup_compact) {
    co_return KafkaError(
        ErrorCode::kPolicyViolation,
        StrCat(topic_partition_.ToString(), " is only compacted: its records cannot be deleted"));
  }
  if (before == kNoOffset) before = high_watermark_;
  if (before < Offset(0) || before > high_watermark_) {
    co_return KafkaError(ErrorCode::kOffsetOutOfRange,
                         StrCat("offset ", before, " of ", topic_partition_.ToString(),
                                " is not in [0, ", high_watermark_, "], the high watermark"));
  }
  if (log_ == nullptr) co_return log_start_offset();
  CO_RETURN_IF_ERROR(co_await log_->AdvanceLogStartOffset(before));
  watchers_.InterruptAll();  // a reader below the new start must be told
  co_return log_->log_start_offset();
}

Task<StatusOr<TimestampOffset>> Partition::FindOffset(int64_t timestamp,
                                                      std::optional<IsolationLevel> isolation) {
  if (timestamp < kEarliestPendingUploadTimestamp) {
    co_return KafkaError(ErrorCode::kUnsupportedVersion,
                         StrCat("no such special timestamp: ", timestamp));
  }
  const bool is_earliest = timestamp == kEarliestTimestamp || timestamp == kEarliestLocalTimestamp;
  // Nothing is tiered here: there is no latest tiered offset and nothing to upload.
  if (timestamp == kLatestTieredTimestamp || timestamp == kEarliestPendingUploadTimestamp) {
    co_return TimestampOffset();
  }
  if (log_ == nullptr && (is_earliest || timestamp == kLatestTimestamp)) {
    co_return TimestampOffset{.offset = Offset(0), .leader_epoch = leader_epoch()};
  }
  if (log_ == nullptr) co_return TimestampOffset();
  if (is_earliest) co_return log_->Earliest();
  const Offset bound = isolation.has_value() ? FetchBound(*isolation) : log_->log_end_offset();
  if (timestamp == kLatestTimestamp) {
    co_return TimestampOffset{.offset = bound, .leader_epoch = leader_epoch()};
  }
  if (timestamp == kMaxTimestamp) {
    auto largest = co_await log_->OffsetOfMaxTimestamp();
    if (largest.ok() && largest->offset >= bound) co_return TimestampOffset();
    co_return largest;
  }
  co_return co_await log_->OffsetForTimestamp(TimestampMs(timestamp), bound);
}

EpochEndOffset Partition::EndOffsetForEpoch(LeaderEpoch wanted) const {
  if (log_ != nullptr) return log_->EndOffsetForEpoch(wanted);
  if (wanted != leader_epoch()) return EpochEndOffset();
  return EpochEndOffset{.leader_epoch = wanted, .end_offset = Offset(0)};
}

void Partition::OnWritten(Log&, Offset) { AdvanceHighWatermark(); }
void Partition::OnDurable(Log&, Offset) { AdvanceHighWatermark(); }
void Partition::OnFailed(Log&, const Status&) { watchers_.InterruptAll(); }

void Partition::AdvanceHighWatermark() {
  const bool cached = config_->ack_durability == TopicAckDurability::kCache;
  const Offset reached =
      cached ? std::max(log_->written_offset(), log_->durable_offset()) : log_->durable_offset();
  if (reached <= high_watermark_) return;
  high_watermark_ = reached;
  log_->SetHighWatermark(reached);
  const int64_t bytes = sizes_above_.TakeBelow(reached);
  watchers_.Progress(bytes);
}

}  // namespace penstock
