// Each record once and in order, also when batches are sent again: who the producer is, and which
// sequence numbers its batches have. Pure.
//
// A batch gets its place in the sequence of its partition when it is first sent, and keeps it. When
// a broker says that a batch does not follow the one before although none before it is left, there
// is a hole: the producer takes the next epoch and begins at 0 again, with what it has not
// delivered. That never happens while a batch of the partition is on the wire, so every answer is
// about the numbers that the batch has now.
#pragma once

#include <cstddef>
#include <vector>

#include "base/error_code.h"
#include "base/ids.h"
#include "client/producer_batch.h"

namespace penstock {

// The sequence of one partition.
struct PartitionSequences {
  ProducerIdentity identity;
  Sequence next{0};       // of the next batch that gets a place
  Sequence delivered{0};  // everything before it is written
  // The batches that have a place and are neither delivered nor given up, in order; on the wire or
  // waiting to be sent again.
  std::vector<ProducerBatch*> pending;
  bool on_wire = false;  // a request that carries a batch of the partition is on its way
  bool hole = false;     // a batch was given up that had a place: nobody knows if it is written
  bool restart = false;  // begins again at 0 in the next epoch
};

class Idempotence {
 public:
  // Brokers remember so many batches of a producer.
  static constexpr size_t kPendingMax = 5;

  // False until there is an identity, at first and after the last epoch: InitProducerId is due.
  bool known() const { return identity_.known(); }
  const ProducerIdentity& identity() const { return identity_; }
  // What InitProducerId gave.
  void SetIdentity(ProducerIdentity identity);
  // The broker does not accept the identity any more.
  void ForgetIdentity() { identity_ = ProducerIdentity(); }

  // Whether `batch`, the first that waits, may be sent now.
  bool MaySend(const PartitionSequences& partition, const ProducerBatch& batch) const;
  // `batch` may be sent and is; it gets its place if it has none.
  void Send(PartitionSequences& partition, ProducerBatch& batch);

  // The broker refused the batch. True if it shall be sent again.
  bool MayRetry(PartitionSequences& partition, const ProducerBatch& batch, ErrorCode error,
                Offset log_start_offset);
  // The broker has the batch.
  void Delivered(PartitionSequences& partition, const ProducerBatch& batch);
  // Its records got an error; `batch` goes away or is only waited for.
  void GaveUp(PartitionSequences& partition, const ProducerBatch& batch);
  // The batch is replaced by its parts, which share its place.
  void Split(PartitionSequences& partition, const ProducerBatch& batch,
             const std::vector<ProducerBatch*>& parts);

  // Fills holes by a new epoch where they are certain. Call it before looking for what to send;
  // partitions that need it are remembered by address from GaveUp or MayRetry on.
  void Settle();

 private:
  void LookAtLater(PartitionSequences& partition);
  void TakeNextEpoch();
  void Restart(PartitionSequences& partition);

  ProducerIdentity identity_;
  // In the order in which they were found, which is the same in every run.
  std::vector<PartitionSequences*> unsettled_;
};

}  // namespace penstock
