#include "log/producer_state.h"

#include <algorithm>

#include "base/crc32c.h"
#include "base/endian.h"
#include "base/strings.h"
#include "record/control_record.h"
#include "record/record_iterator.h"

namespace penstock {

namespace {

// Layout of a .snapshot file (docs/formats/producer-snapshot.md).
constexpr int16_t kVersion = 1;
constexpr size_t kCrcAt = 2;
constexpr size_t kEntriesAt = 6;  // the checksum covers everything from here
constexpr size_t kHeaderSize = 10;
constexpr size_t kEntrySize = 46;

// One per remembered batch, oldest first: a retry is then recognised after a restart, too. Kafka
// writes the last one only, and takes the last one where there are several.
size_t EntriesOf(const ProducerState& state) { return std::max<size_t>(state.batch_count, 1); }

}  // namespace

const AppendedBatch* ProducerState::Find(ProducerEpoch batch_epoch, Sequence first,
                                         Sequence last) const {
  if (batch_epoch != epoch) return nullptr;
  for (size_t i = 0; i < batch_count; ++i) {
    if (batches[i].first_sequence() == first && batches[i].last_sequence == last) {
      return &batches[i];
    }
  }
  return nullptr;
}

void ProducerState::SetEpoch(ProducerEpoch new_epoch) {
  if (new_epoch == epoch) return;
  epoch = new_epoch;
  batch_count = 0;
}

void ProducerState::Add(ProducerEpoch batch_epoch, const AppendedBatch& batch) {
  SetEpoch(batch_epoch);
  if (batch_count == kBatchesMax) {
    std::move(batches.begin() + 1, batches.end(), batches.begin());
    --batch_count;
  }
  batches[batch_count++] = batch;
  last_timestamp = batch.timestamp;
}

StatusOr<std::optional<AppendedBatch>> ProducerStateTable::Check(const BatchView& batch,
                                                                 AppendOrigin origin) const {
  if (!batch.has_producer_id()) return std::optional<AppendedBatch>();
  const auto found = producers_.find(batch.producer_id());
  const ProducerState unknown;
  const ProducerState& state = found == producers_.end() ? unknown : found->second;
  if (origin == AppendOrigin::kClient) {
    const AppendedBatch* duplicate =
        state.Find(batch.producer_epoch(), batch.base_sequence(), batch.last_sequence());
    if (duplicate != nullptr) return std::optional<AppendedBatch>(*duplicate);
  }
  if (batch.producer_epoch() < state.epoch) {
    return KafkaError(ErrorCode::kInvalidProducerEpoch,
                      StrCat("epoch ", batch.producer_epoch(), " of producer ", batch.producer_id(),
                             " is below the last seen epoch ", state.epoch));
  }
  if (batch.is_control()) return std::optional<AppendedBatch>();
  const bool in_transaction = state.current_txn_first_offset != kNoOffset;
  if (origin == AppendOrigin::kClient) {
    if (batch.is_transactional() && !(in_transaction && batch.producer_epoch() == state.epoch)) {
      return KafkaError(ErrorCode::kInvalidTxnState,
                        StrCat("the batch of producer ", batch.producer_id(),
                               " is not part of an ongoing transaction"));
    }
    RETURN_IF_ERROR(CheckSequence(batch, state));
  }
  if (in_transaction && !batch.is_transactional()) {
    return KafkaError(ErrorCode::kInvalidTxnState,
                      StrCat("producer ", batch.producer_id(),
                             " has an open transaction, but the batch is not transactional"));
  }
  return std::optional<AppendedBatch>();
}

Status ProducerStateTable::CheckSequence(const BatchView& batch, const ProducerState& state) const {
  // Nothing is known of the producer, maybe because its records were deleted: any sequence is
  // accepted.
  if (state.epoch == kNoProducerEpoch) return OkStatus();
  Sequence expected{0};
  if (batch.producer_epoch() == state.epoch && state.last_batch() != nullptr) {
    expected = IncrementSequence(state.last_batch()->last_sequence, 1);
  }
  if (batch.base_sequence() == expected) return OkStatus();
  return KafkaError(
      ErrorCode::kOutOfOrderSequenceNumber,
      StrCat("producer ", batch.producer_id(), " of epoch ", batch.producer_epoch(),
             " sent sequence ", batch.base_sequence(), " where ", expected, " is next"));
}

Status ProducerStateTable::Apply(const BatchView& batch, Offset base_offset) {
  if (!batch.has_producer_id()) return OkStatus();
  if (batch.is_control()) return ApplyMarker(batch);
  ProducerState& state = producers_[batch.producer_id()];
  AppendedBatch appended;
  appended.last_sequence = batch.last_sequence();
  appended.last_offset = base_offset + batch.last_offset_delta();
  appended.offset_delta = batch.last_offset_delta();
  appended.timestamp = batch.max_timestamp();
  state.Add(batch.producer_epoch(), appended);
  if (batch.is_transactional() && state.current_txn_first_offset == kNoOffset) {
    state.current_txn_first_offset = base_offset;
    ongoing_transactions_[base_offset] = batch.producer_id();
  }
  return OkStatus();
}

Status ProducerStateTable::ApplyMarker(const BatchView& batch) {
  RecordScratch scratch;
  RecordIterator records(batch, scratch);
  RecordView record;
  // Compaction may have left the batch without its record: then the transaction is gone, too.
  if (!records.Next(record)) return records.status();
  const std::span<const uint8_t> nothing;
  ASSIGN_OR_RETURN(
      const EndTransactionMarker marker,
      ParseEndTransactionMarker(record.key.value_or(nothing), record.value.value_or(nothing)));
  ProducerState& state = producers_[batch.producer_id()];
  state.SetEpoch(batch.producer_epoch());
  state.coordinator_epoch = marker.coordinator_epoch;
  state.last_timestamp = records.TimestampOf(record);
  if (state.current_txn_first_offset != kNoOffset) {
    ongoing_transactions_.erase(state.current_txn_first_offset);
    state.current_txn_first_offset = kNoOffset;
  }
  return OkStatus();
}

bool ProducerStateTable::IsExpired(const ProducerState& state, TimestampMs now) const {
  return state.current_txn_first_offset == kNoOffset &&
         now - state.last_timestamp >= expiration_ms_;
}

void ProducerStateTable::RemoveExpired(TimestampMs now) {
  absl::erase_if(producers_, [&](const auto& entry) { return IsExpired(entry.second, now); });
}

void ProducerStateTable::Clear() {
  producers_.clear();
  ongoing_transactions_.clear();
}

Offset ProducerStateTable::FirstOngoingTransaction() const {
  return ongoing_transactions_.empty() ? kNoOffset : ongoing_transactions_.begin()->first;
}

std::vector<ProducerId> ProducerStateTable::SortedIds() const {
  std::vector<ProducerId> ids;
  ids.reserve(producers_.size());
  for (const auto& [id, state] : producers_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<ActiveProducer> ProducerStateTable::Active() const {
  std::vector<ActiveProducer> active;
  for (const ProducerId id : SortedIds()) {
    const ProducerState& state = producers_.find(id)->second;
    ActiveProducer& producer = active.emplace_back();
    producer.producer_id = id;
    producer.producer_epoch = state.epoch;
    if (state.last_batch() != nullptr) producer.last_sequence = state.last_batch()->last_sequence;
    producer.last_timestamp = state.last_timestamp;
    producer.coordinator_epoch = state.coordinator_epoch;
    producer.current_txn_start_offset = state.current_txn_first_offset;
  }
  return active;
}

std::string ProducerStateTable::Encode() const {
  size_t count = 0;
  for (const auto& [id, state] : producers_) count += EntriesOf(state);
  std::string text(kHeaderSize + count * kEntrySize, '\0');
  uint8_t* const bytes = reinterpret_cast<uint8_t*>(text.data());
  StoreBig<int16_t>(bytes, kVersion);
  StoreBig<int32_t>(bytes + kEntriesAt, static_cast<int32_t>(count));
  uint8_t* out = bytes + kHeaderSize;
  for (const ProducerId id : SortedIds()) {
    const ProducerState& state = producers_.find(id)->second;
    for (size_t i = 0; i < EntriesOf(state); ++i, out += kEntrySize) {
      const bool is_last = i + 1 == EntriesOf(state);
      const AppendedBatch batch = state.batch_count == 0 ? AppendedBatch() : state.batches[i];
      const TimestampMs timestamp = is_last ? state.last_timestamp : batch.timestamp;
      StoreBig<int64_t>(out, id.value());
      StoreBig<int16_t>(out + 8, state.epoch.value());
      StoreBig<int32_t>(out + 10, batch.last_sequence.value());
      StoreBig<int64_t>(out + 14, batch.last_offset.value());
      StoreBig<int32_t>(out + 22, batch.offset_delta);
      StoreBig<int64_t>(out + 26, timestamp.value());
      StoreBig<int32_t>(out + 34, state.coordinator_epoch);
      StoreBig<int64_t>(out + 38, state.current_txn_first_offset.value());
    }
  }
  StoreBig<uint32_t>(bytes + kCrcAt, Crc32c({bytes + kEntriesAt, text.size() - kEntriesAt}));
  return text;
}

Status ProducerStateTable::Load(std::span<const uint8_t> bytes, TimestampMs now) {
  Clear();
  if (bytes.size() < kHeaderSize) return DataLoss("the producer snapshot is too short");
  const int16_t version = LoadBig<int16_t>(bytes.data());
  if (version != kVersion) {
    return DataLoss(StrCat("the producer snapshot has the unknown version ", version));
  }
  if (LoadBig<uint32_t>(bytes.data() + kCrcAt) != Crc32c(bytes.subspan(kEntriesAt))) {
    return DataLoss("the checksum of the producer snapshot is wrong");
  }
  const int32_t count = LoadBig<int32_t>(bytes.data() + kEntriesAt);
  if (count < 0 || bytes.size() - kHeaderSize != static_cast<size_t>(count) * kEntrySize) {
    return DataLoss("the producer snapshot does not have the length that its count says");
  }
  const uint8_t* in = bytes.data() + kHeaderSize;
  for (int32_t i = 0; i < count; ++i, in += kEntrySize) {
    const ProducerId id(LoadBig<int64_t>(in));
    // An entry of the same producer before this one holds an older batch.
    const auto found = producers_.find(id);
    ProducerState state = found == producers_.end() ? ProducerState() : found->second;
    state.SetEpoch(ProducerEpoch(LoadBig<int16_t>(in + 8)));
    state.coordinator_epoch = LoadBig<int32_t>(in + 34);
    state.current_txn_first_offset = Offset(LoadBig<int64_t>(in + 38));
    if (state.current_txn_first_offset.value() < 0) state.current_txn_first_offset = kNoOffset;
    AppendedBatch last;
    last.last_sequence = Sequence(LoadBig<int32_t>(in + 10));
    last.last_offset = Offset(LoadBig<int64_t>(in + 14));
    last.offset_delta = LoadBig<int32_t>(in + 22);
    last.timestamp = TimestampMs(LoadBig<int64_t>(in + 26));
    if (last.last_offset.value() >= 0) state.Add(state.epoch, last);
    state.last_timestamp = last.timestamp;
    if (state.current_txn_first_offset != kNoOffset) {
      ongoing_transactions_[state.current_txn_first_offset] = id;
    }
    producers_[id] = state;
  }
  // Not entry by entry: the last batch of a producer decides for all of them.
  RemoveExpired(now);
  return OkStatus();
}

}  // namespace penstock
