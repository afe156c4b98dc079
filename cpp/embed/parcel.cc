#include "embed/parcel.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace penstock {

namespace {

size_t SizeOf(const RecordBytes& bytes) { return bytes.has_value() ? bytes->size() : 0; }

}  // namespace

// --- Bulk ---

void Bulk::Answer(const StatusOr<RecordMetadata>& outcome) {
  if (outcome.ok()) {
    ++delivered_;
    Partition& partition = partitions_[outcome->partition];
    if (outcome->offset != kNoOffset &&
        (partition.first == kNoOffset || outcome->offset < partition.first)) {
      partition.first = outcome->offset;
    }
    ++partition.count;
  } else {
    if (failed_ == 0) first_error_ = outcome.status();
    ++failed_;
  }
  Subtract(1);
}

void Bulk::Subtract(int64_t records) {
  if (unanswered_.fetch_sub(records) == records) listeners_.TellAll();
}

// --- Parcel ---

size_t OutgoingRecord::size_in_bytes() const {
  size_t size = 64 + SizeOf(key) + SizeOf(value);
  for (const RecordHeaderView& header : headers) {
    size += 2 * sizeof(uint32_t) + header.key.size() + SizeOf(header.value);
  }
  return size;
}

void Parcel::Put(const RecordBytes& bytes) {
  const uint32_t size = bytes.has_value() ? static_cast<uint32_t>(bytes->size()) : kNull;
  const auto* raw = reinterpret_cast<const uint8_t*>(&size);
  bytes_.insert(bytes_.end(), raw, raw + sizeof size);
  if (bytes.has_value()) bytes_.insert(bytes_.end(), bytes->begin(), bytes->end());
}

uint32_t Parcel::Append(const std::string& topic, const OutgoingRecord& record) {
  const auto size_of = [](const RecordBytes& bytes) {
    return bytes.has_value() ? static_cast<uint32_t>(bytes->size()) : kNull;
  };
  records_.push_back({.topic = &topic,
                      .timestamp = record.timestamp,
                      .begin = bytes_.size(),
                      .partition = record.partition.value_or(PartitionId(-1)).value(),
                      .headers = static_cast<int32_t>(record.headers.size()),
                      .key_size = size_of(record.key),
                      .value_size = size_of(record.value)});
  if (record.key.has_value()) bytes_.insert(bytes_.end(), record.key->begin(), record.key->end());
  if (record.value.has_value()) {
    bytes_.insert(bytes_.end(), record.value->begin(), record.value->end());
  }
  for (const RecordHeaderView& header : record.headers) {
    Put(AsBytes(header.key));
    Put(header.value);
  }
  if (bulk_ != nullptr) bulk_->Expect(1);
  return static_cast<uint32_t>(records_.size() - 1);
}

void Parcel::Open(Owner& owner) {
  owner_ = &owner;
  unanswered_ = static_cast<uint32_t>(records_.size());
  if (bulk_ != nullptr) return;
  outcomes_ = std::make_unique<Outcome[]>(records_.size());
  const std::lock_guard lock(mutex_);
  for (const uint32_t index : given_up_early_) outcomes_[index].bits.store(kGivenUpBit);
  open_.store(true);
}

void Parcel::Read(uint32_t index, Content& content) {
  const Entry& entry = records_[index];
  const uint8_t* at = bytes_.data() + entry.begin;
  const auto take = [&at](uint32_t size) -> RecordBytes {
    if (size == kNull) return std::nullopt;
    const std::span<const uint8_t> bytes(at, size);
    at += size;
    return bytes;
  };
  const auto take_sized = [&at, &take] {
    uint32_t size = 0;
    std::memcpy(&size, at, sizeof size);
    at += sizeof size;
    return take(size);
  };
  ProducerRecord& record = content.record;
  record.topic = *entry.topic;
  record.partition.reset();
  if (entry.partition >= 0) record.partition = PartitionId(entry.partition);
  record.timestamp = entry.timestamp;
  record.key = take(entry.key_size);
  record.value = take(entry.value_size);
  content.headers.clear();
  for (int32_t i = 0; i < entry.headers; ++i) {
    const RecordBytes key = take_sized();
    content.headers.push_back({.key = AsText(*key), .value = take_sized()});
  }
  record.headers = content.headers;
}

bool Parcel::Answer(uint32_t index, const StatusOr<RecordMetadata>& outcome) {
  CHECK(unanswered_ > 0);
  --unanswered_;
  if (bulk_ != nullptr) {
    bulk_->Answer(outcome);
    return false;
  }
  Outcome& kept = outcomes_[index];
  uint8_t bit = kDeliveredBit;
  if (outcome.ok()) {
    kept.offset = outcome->offset;
    kept.timestamp = outcome->timestamp;
    kept.partition = outcome->partition;
  } else {
    const std::lock_guard lock(mutex_);
    errors_.emplace(index, outcome.status());
    bit = kFailedBit;
  }
  const uint8_t before = kept.bits.fetch_or(bit);
  listeners_.Tell(index);
  return bit == kFailedBit && (before & kGivenUpBit) != 0;
}

Parcel::State Parcel::StateOf(uint32_t index) const {
  if (!open_.load()) return State::kWaiting;
  const uint8_t bits = outcomes_[index].bits.load();
  if ((bits & kDeliveredBit) != 0) return State::kDelivered;
  return (bits & kFailedBit) != 0 ? State::kFailed : State::kWaiting;
}

RecordMetadata Parcel::MetadataOf(uint32_t index) const {
  const Outcome& kept = outcomes_[index];
  return {.partition = kept.partition, .offset = kept.offset, .timestamp = kept.timestamp};
}

Status Parcel::ErrorOf(uint32_t index) const {
  const std::lock_guard lock(mutex_);
  return errors_.at(index);
}

bool Parcel::GiveUp(uint32_t index) {
  {
    const std::lock_guard lock(mutex_);
    if (!open_.load()) {
      given_up_early_.push_back(index);
      return false;
    }
  }
  return (outcomes_[index].bits.fetch_or(kGivenUpBit) & kFailedBit) != 0;
}

}  // namespace penstock
