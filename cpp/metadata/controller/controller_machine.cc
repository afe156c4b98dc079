#include "metadata/controller/controller_machine.h"

#include <utility>
#include <variant>

#include "metadata/controller/feature_manager.h"

namespace penstock {

ControllerMachine::ControllerMachine(Publish publish)
    : publish_(std::move(publish)),
      image_(std::make_shared<const MetadataImage>()),
      delta_(std::make_unique<MetadataDelta>(image_)) {
  last_.last_offset = kNoOffset;
  last_.leader_epoch = kNoLeaderEpoch;
  last_.timestamp = kNoTimestamp;
}

EncodedRecord ControllerMachine::Encode(const MetadataRecord& record) {
  return {std::nullopt, EncodeMetadataRecord(record)};
}

StatusOr<MetadataRecord> ControllerMachine::Decode(const EncodedRecord& record) {
  if (!record.value.has_value()) return InvalidArgument("a metadata record without a value");
  return DecodeMetadataRecord(*record.value);
}

Status ControllerMachine::Replay(const MetadataRecord& record, Offset) {
  if (std::holds_alternative<BeginTransactionRecord>(record)) {
    if (in_transaction_) return InvalidArgument("a metadata transaction begins inside another one");
    Seal();
    in_transaction_ = true;
    return OkStatus();
  }
  const bool aborts = std::holds_alternative<AbortTransactionRecord>(record);
  if (aborts || std::holds_alternative<EndTransactionRecord>(record)) {
    if (!in_transaction_) return InvalidArgument("a metadata transaction ends that never began");
    in_transaction_ = false;
    if (!aborts) return OkStatus();
    delta_ = std::make_unique<MetadataDelta>(image_);
    changed_ = false;
    if (!loading_) RaiseKRaftVersion();
    return OkStatus();
  }
  changed_ = true;
  return delta_->Replay(record);
}

void ControllerMachine::EndBatch(const BatchPosition& position) {
  last_ = position;
  if (!loading_ && !in_transaction_) Seal();
}

void ControllerMachine::EndLoad() {
  loading_ = false;
  if (in_transaction_) return;  // the controller aborts it before it does anything else
  RaiseKRaftVersion();
  Seal();
}

void ControllerMachine::RaiseKRaftVersion() {
  delta_->SetKRaftVersion(kKRaftVersionMax);
  changed_ = true;
}

void ControllerMachine::Seal() {
  if (!changed_) return;
  const MetadataProvenance provenance{last_.last_offset, last_.leader_epoch, last_.timestamp};
  image_ = delta_->Apply(provenance);
  uncommitted_.push_back({last_.last_offset + 1, std::move(delta_), image_});
  delta_ = std::make_unique<MetadataDelta>(image_);
  changed_ = false;
}

void ControllerMachine::Commit(Offset end) {
  while (!uncommitted_.empty() && uncommitted_.front().end <= end) {
    const Uncommitted committed = std::move(uncommitted_.front());
    uncommitted_.pop_front();
    publish_(*committed.delta, committed.image);
  }
}

}  // namespace penstock
