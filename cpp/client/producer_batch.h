// Records of one partition on their way to its leader, as one batch: filled, closed once, sent as
// often as it takes, and then finished, which answers each record.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/time.h"
#include "client/delivery.h"
#include "record/batch_builder.h"
#include "record/codec.h"
#include "runtime/semaphore.h"

namespace penstock {

// Who writes, for the broker that tells records apart that were sent twice.
struct ProducerIdentity {
  ProducerId id = kNoProducerId;
  ProducerEpoch epoch = kNoProducerEpoch;

  bool known() const { return id > kNoProducerId; }
  bool operator==(const ProducerIdentity&) const = default;
};

// At least what the record takes as the only one of an uncompressed batch.
size_t BatchSizeMaxOf(const NewRecord& record);

class ProducerBatch {
 public:
  // `memory` is held as long as the batch lives. Batches that were begun later have higher numbers.
  ProducerBatch(uint64_t number, PartitionId partition, Compression compression, Instant created,
                Semaphore::Permit memory);
  ProducerBatch(const ProducerBatch&) = delete;
  ProducerBatch& operator=(const ProducerBatch&) = delete;
  // The batch is finished, or has no record.
  ~ProducerBatch();

  // --- While it is open.
  bool open() const { return builder_.has_value(); }
  void Append(const NewRecord& record, DeliveryHandler handler);
  // What the records take before compression, or the batch once it is closed.
  size_t size_in_bytes() const;
  // No record comes any more. InvalidArgument: it would be larger than 2 GB.
  Status Close();

  // --- When it is closed.
  // The bytes share their block with the batch.
  const Slice& bytes() const { return bytes_; }
  // What it was before it was compressed.
  size_t uncompressed_bytes() const { return uncompressed_bytes_; }
  // The records in batches of at most `bytes_max` before compression, at least one record in each,
  // with this one's identity and sequences. This one is left without records; the last part has
  // its memory.
  std::vector<std::unique_ptr<ProducerBatch>> Split(size_t bytes_max);

  // --- At any time.
  void SetProducer(ProducerIdentity identity, Sequence base_sequence);
  bool has_sequence() const { return base_sequence_ != kNoSequence; }
  const ProducerIdentity& identity() const { return identity_; }
  Sequence base_sequence() const { return base_sequence_; }
  // The one after its last record's.
  Sequence next_sequence() const;

  uint64_t number() const { return number_; }
  Instant created() const { return created_; }
  int32_t records_count() const { return records_count_; }  // also when it is finished

  // --- Its end, once. Nothing happens after the first.
  bool finished() const { return finished_; }
  // `base_offset` may be kNoOffset; `log_append_time` is kNoTimestamp where records keep their own.
  void Deliver(Offset base_offset, TimestampMs log_append_time);
  void Fail(const Status& why);
  // As Fail, with another reason for some records, by their index.
  void Fail(const Status& why, const std::map<int32_t, Status>& of_records);

  // --- Tries; kept by the sender.
  int32_t attempts = 0;  // that went out
  Instant retry_at;      // not before; no matter once there is a newer leader
  LeaderEpoch sent_to_epoch = kNoLeaderEpoch;
  Status last_error;  // of the last try

 private:
  struct Record {
    TimestampMs timestamp;
    DeliveryHandler handler;
  };

  // Closes a part of a batch that is split, with the sequence at `next`, and moves that on.
  void ClosePart(ProducerIdentity identity, Sequence& next);

  const uint64_t number_;
  const PartitionId partition_;
  const Compression compression_;
  const Instant created_;
  Semaphore::Permit memory_;
  std::optional<BatchBuilder> builder_;
  Slice bytes_;
  size_t uncompressed_bytes_ = 0;
  ProducerIdentity identity_;
  Sequence base_sequence_ = kNoSequence;
  std::vector<Record> records_;
  int32_t records_count_ = 0;
  bool finished_ = false;
};

}  // namespace penstock
