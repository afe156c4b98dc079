// What a log knows of the producers that wrote to it: epoch, the last batches, the open
// transaction. It decides which batch is a duplicate, which is out of order and which producer is
// fenced. Pure; saved as a .snapshot file.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/btree_map.h"
#include "base/ids.h"
#include "base/status.h"
#include "log/log_types.h"
#include "record/batch_view.h"

namespace penstock {

// A batch that a producer has appended.
struct AppendedBatch {
  Sequence last_sequence = kNoSequence;
  Offset last_offset = kNoOffset;
  int32_t offset_delta = 0;
  TimestampMs timestamp = kNoTimestamp;

  Offset first_offset() const { return last_offset - offset_delta; }
  Sequence first_sequence() const { return DecrementSequence(last_sequence, offset_delta); }
  friend bool operator==(const AppendedBatch&, const AppendedBatch&) = default;
};

struct ProducerState {
  // A retried batch is recognised among so many.
  static constexpr size_t kBatchesMax = 5;

  ProducerEpoch epoch = kNoProducerEpoch;
  int32_t coordinator_epoch = -1;
  TimestampMs last_timestamp = kNoTimestamp;
  Offset current_txn_first_offset = kNoOffset;
  std::array<AppendedBatch, kBatchesMax> batches;  // oldest first
  uint8_t batch_count = 0;

  const AppendedBatch* last_batch() const {
    return batch_count == 0 ? nullptr : &batches[batch_count - 1];
  }
  // The remembered batch with exactly these sequences in this epoch; nullptr if there is none.
  const AppendedBatch* Find(ProducerEpoch batch_epoch, Sequence first, Sequence last) const;
  void Add(ProducerEpoch batch_epoch, const AppendedBatch& batch);
  void SetEpoch(ProducerEpoch new_epoch);
};

class ProducerStateTable {
 public:
  // What a leader asks before it appends `batch` of a producer. The remembered batch if it is a
  // duplicate, nothing if it may be appended. INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER,
  // INVALID_TXN_STATE.
  StatusOr<std::optional<AppendedBatch>> Check(const BatchView& batch, AppendOrigin origin) const;

  // Notes a batch that is in the log now at `base_offset`, a transaction's end marker included;
  // batches without a producer id change nothing. INVALID_RECORD, and nothing has changed, for a
  // control batch with a producer id that is no marker.
  Status Apply(const BatchView& batch, Offset base_offset);

  void RemoveExpired(TimestampMs now);
  void SetExpirationMs(int64_t expiration_ms) { expiration_ms_ = expiration_ms; }
  void Clear();
  size_t size() const { return producers_.size(); }

  // Sorted by producer id.
  std::vector<ActiveProducer> Active() const;
  // kNoOffset when no transaction is open.
  Offset FirstOngoingTransaction() const;

  // The bytes of a .snapshot file, and back. All remembered batches are in it; of a snapshot
  // that Kafka wrote, only the last one of each producer. Producers that have expired at `now` are
  // left out. DataLoss: a wrong version, length or checksum.
  std::string Encode() const;
  Status Load(std::span<const uint8_t> bytes, TimestampMs now);

 private:
  Status ApplyMarker(const BatchView& batch);
  bool IsExpired(const ProducerState& state, TimestampMs now) const;
  Status CheckSequence(const BatchView& batch, const ProducerState& state) const;
  std::vector<ProducerId> SortedIds() const;

  BTreeMap<ProducerId, ProducerState> producers_;
  std::map<Offset, ProducerId> ongoing_transactions_;  // by first offset
  int64_t expiration_ms_ = 86'400'000;
};

}  // namespace penstock
