#include "client/partition_state.h"

#include <utility>

#include "base/check.h"

namespace penstock {

void PartitionState::Begin(Phase phase) {
  ++version_;
  phase_ = phase;
  asking = false;
  buffered = 0;
  Succeeded();
  fetch_offset_ = position_.offset;
}

void PartitionState::Reset(std::optional<TimestampMs> target) {
  target_ = target;
  position_ = ReadPosition();
  Begin(Phase::kNeedsOffset);
}

void PartitionState::Seek(ReadPosition position) {
  position_ = position;
  const bool can_validate = position.epoch > kNoLeaderEpoch;
  Begin(can_validate ? Phase::kNeedsValidation : Phase::kReady);
}

void PartitionState::Found(Offset offset) {
  CHECK(phase_ == Phase::kNeedsOffset);
  // The epoch that the answer names is of the record at the offset, not of the one before it.
  position_ = ReadPosition{.offset = offset};
  Begin(Phase::kReady);
}

void PartitionState::SeeLeader(LeaderEpoch epoch) {
  if (epoch <= leader_epoch_) return;
  const bool moved = leader_epoch_ > kNoLeaderEpoch;
  leader_epoch_ = epoch;
  if (moved && phase_ == Phase::kReady && position_.epoch > kNoLeaderEpoch) {
    Begin(Phase::kNeedsValidation);
  } else if (phase_ == Phase::kNeedsValidation) {
    Begin(Phase::kNeedsValidation);  // what another leader is asked is worth nothing
  }
}

PartitionState::Verdict PartitionState::Validate(LeaderEpoch epoch, Offset end_offset,
                                                 bool may_move) {
  CHECK(phase_ == Phase::kNeedsValidation);
  const bool known = epoch > kNoLeaderEpoch && end_offset > kNoOffset;
  if (known && end_offset >= position_.offset) {
    Begin(Phase::kReady);
    return Verdict::kValid;
  }
  if (!known || !may_move) return Verdict::kTruncated;
  position_ = ReadPosition{.offset = end_offset, .epoch = epoch};
  Begin(Phase::kReady);
  return Verdict::kMoved;
}

void PartitionState::SkipValidation() {
  CHECK(phase_ == Phase::kNeedsValidation);
  Begin(Phase::kReady);
}

void PartitionState::ReadAhead(std::optional<Offset> end) { fetch_offset_ = end; }

void PartitionState::MoveTo(ReadPosition position) {
  CHECK(phase_ == Phase::kReady && position.offset >= position_.offset);
  if (position.epoch == kNoLeaderEpoch) position.epoch = position_.epoch;
  position_ = position;
}

void PartitionState::DropReadAhead() {
  ++version_;
  buffered = 0;
  fetch_offset_ = position_.offset;
}

void PartitionState::Failed(Status why, Instant retry_at) {
  failure_ = std::move(why);
  ++failures_;
  retry_at_ = retry_at;
}

void PartitionState::Succeeded() {
  failure_ = OkStatus();
  failures_ = 0;
  retry_at_ = Instant();
}

std::optional<Offset> PartitionState::position() const {
  if (phase_ == Phase::kNeedsOffset) return std::nullopt;
  return position_.offset;
}

std::optional<Offset> PartitionState::fetch_offset() const {
  if (phase_ != Phase::kReady) return std::nullopt;
  return fetch_offset_;
}

}  // namespace penstock
