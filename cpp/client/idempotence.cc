#include "client/idempotence.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace penstock {
namespace {

constexpr ProducerEpoch kLastEpoch{INT16_MAX};

bool IsFirst(const PartitionSequences& partition, const ProducerBatch& batch) {
  return !partition.pending.empty() && partition.pending.front() == &batch;
}

}  // namespace

void Idempotence::SetIdentity(ProducerIdentity identity) {
  CHECK(identity.known());
  identity_ = identity;
}

bool Idempotence::MaySend(const PartitionSequences& partition, const ProducerBatch& batch) const {
  if (!known() || partition.restart) return false;
  // What is sent again goes one by one: a later batch would only be refused before the first one is
  // in its place.
  if (batch.has_sequence()) return IsFirst(partition, batch);
  if (partition.hole) return false;
  if (partition.pending.empty()) return true;
  return partition.identity == identity_ && partition.pending.size() < kPendingMax;
}

void Idempotence::Send(PartitionSequences& partition, ProducerBatch& batch) {
  if (batch.has_sequence()) return;
  if (partition.identity != identity_) {
    CHECK(partition.pending.empty());
    partition.identity = identity_;
    partition.next = Sequence(0);
    partition.delivered = Sequence(0);
  }
  batch.SetProducer(identity_, partition.next);
  partition.next = batch.next_sequence();
  partition.pending.push_back(&batch);
}

bool Idempotence::MayRetry(PartitionSequences& partition, const ProducerBatch& batch,
                           ErrorCode error, Offset log_start_offset) {
  const bool gap = error == ErrorCode::kOutOfOrderSequenceNumber ||
                   (error == ErrorCode::kUnknownProducerId && log_start_offset != kNoOffset);
  if (gap && IsFirst(partition, batch) && !partition.restart) {
    // Nothing before it is on its way any more, and the broker does not have it: there is a hole in
    // front of it, or the broker has forgotten the producer.
    partition.restart = true;
    LookAtLater(partition);
  }
  return gap || error == ErrorCode::kUnknownProducerId || IsRetriable(error);
}

void Idempotence::Delivered(PartitionSequences& partition, const ProducerBatch& batch) {
  if (batch.identity() == partition.identity) partition.delivered = batch.next_sequence();
  std::erase(partition.pending, &batch);
}

void Idempotence::GaveUp(PartitionSequences& partition, const ProducerBatch& batch) {
  if (!batch.has_sequence()) return;
  std::erase(partition.pending, &batch);
  partition.hole = true;
  LookAtLater(partition);
}

void Idempotence::Split(PartitionSequences& partition, const ProducerBatch& batch,
                        const std::vector<ProducerBatch*>& parts) {
  const auto place = std::ranges::find(partition.pending, &batch);
  CHECK(place != partition.pending.end());
  const auto after = partition.pending.erase(place);
  partition.pending.insert(after, parts.begin(), parts.end());
}

void Idempotence::Settle() {
  std::vector<PartitionSequences*> restarting;
  for (PartitionSequences* partition : std::exchange(unsettled_, {})) {
    // A hole is certain when nothing can fill it any more: what was given up may still be written
    // as long as a request is on its way, and what came after it tells.
    const bool told = partition->restart || partition->pending.empty();
    if (!told || partition->on_wire) {
      unsettled_.push_back(partition);
    } else if (!partition->restart && partition->delivered == partition->next) {
      partition->hole = false;  // what came after it was written, so it was too
    } else {
      partition->restart = true;
      restarting.push_back(partition);
    }
  }
  const auto has_this_epoch = [this](const PartitionSequences* partition) {
    return partition->identity == identity_;
  };
  if (known() && std::ranges::any_of(restarting, has_this_epoch)) TakeNextEpoch();
  for (PartitionSequences* partition : restarting) {
    if (known()) {
      Restart(*partition);
    } else {
      unsettled_.push_back(partition);
    }
  }
}

void Idempotence::LookAtLater(PartitionSequences& partition) {
  if (std::ranges::find(unsettled_, &partition) == unsettled_.end()) {
    unsettled_.push_back(&partition);
  }
}

void Idempotence::TakeNextEpoch() {
  if (identity_.epoch == kLastEpoch) {
    ForgetIdentity();
  } else {
    ++identity_.epoch;
  }
}

void Idempotence::Restart(PartitionSequences& partition) {
  partition.identity = identity_;
  partition.next = Sequence(0);
  partition.delivered = Sequence(0);
  partition.hole = false;
  partition.restart = false;
  for (ProducerBatch* batch : partition.pending) {
    batch->SetProducer(identity_, partition.next);
    partition.next = batch->next_sequence();
  }
}

}  // namespace penstock
