#include "client/producer_batch.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "record/batch_format.h"
#include "record/batch_view.h"
#include "record/record_iterator.h"

namespace penstock {
namespace {

// Length, attributes, timestamp and offset at their longest.
constexpr size_t kRecordOverheadMax = 5 + 1 + 10 + 5;
constexpr size_t kVarintMax = 5;

BatchOptions OptionsOf(Compression compression) {
  BatchOptions options;
  options.compression = compression;
  return options;
}

size_t SizeMaxOf(const RecordBytes& bytes) {
  return kVarintMax + (bytes.has_value() ? bytes->size() : 0);
}

// What a batch of the default size with small records takes at once.
constexpr size_t kReservedMax = size_t{1} << 16;
constexpr size_t kRecordsReserved = 64;

}  // namespace

size_t BatchSizeMaxOf(const NewRecord& record) {
  size_t size = batch_format::kHeaderSize + kRecordOverheadMax + kVarintMax;
  size += SizeMaxOf(record.key) + SizeMaxOf(record.value);
  for (const RecordHeaderView& header : record.headers) {
    size += kVarintMax + header.key.size() + SizeMaxOf(header.value);
  }
  return size;
}

ProducerBatch::ProducerBatch(uint64_t number, PartitionId partition, Compression compression,
                             Instant created, Semaphore::Permit memory)
    : number_(number),
      partition_(partition),
      compression_(compression),
      created_(created),
      memory_(std::move(memory)) {
  const BatchOptions options = OptionsOf(compression);
  builder_.emplace(options);
  builder_->Reserve(std::min(static_cast<size_t>(memory_.units()), kReservedMax));
  records_.reserve(kRecordsReserved);
}

ProducerBatch::~ProducerBatch() = default;

void ProducerBatch::Append(const NewRecord& record, DeliveryHandler handler) {
  CHECK(open());
  builder_->Append(record);
  records_.push_back(Record{.timestamp = record.timestamp, .handler = std::move(handler)});
  ++records_count_;
}

size_t ProducerBatch::size_in_bytes() const {
  return open() ? builder_->uncompressed_size_in_bytes() : bytes_.size();
}

Status ProducerBatch::Close() {
  CHECK(open());
  builder_->SetProducer(identity_.id, identity_.epoch, base_sequence_);
  uncompressed_bytes_ = builder_->uncompressed_size_in_bytes();
  ASSIGN_OR_RETURN(bytes_, builder_->Build());
  builder_.reset();
  return OkStatus();
}

void ProducerBatch::SetProducer(ProducerIdentity identity, Sequence base_sequence) {
  identity_ = identity;
  base_sequence_ = base_sequence;
  if (open()) return;
  // An earlier write may still read the bytes.
  if (!bytes_.unique()) bytes_ = Slice::CopyOf(bytes_.span());
  PatchProducer({bytes_.mutable_data(), bytes_.size()}, identity.id, identity.epoch, base_sequence);
}

Sequence ProducerBatch::next_sequence() const {
  return IncrementSequence(base_sequence_, records_count());
}

void ProducerBatch::ClosePart(ProducerIdentity identity, Sequence& next) {
  if (next != kNoSequence) {
    SetProducer(identity, next);
    next = next_sequence();
  }
  CHECK(Close().ok());
}

std::vector<std::unique_ptr<ProducerBatch>> ProducerBatch::Split(size_t bytes_max) {
  CHECK(!open() && !finished_);
  const auto whole = BatchView::Parse(bytes_.span());
  CHECK(whole.ok());
  RecordScratch scratch;
  RecordIterator iterator(*whole, scratch);
  std::vector<std::unique_ptr<ProducerBatch>> parts;
  Sequence next = base_sequence_;
  RecordView view;
  for (Record& record : records_) {
    CHECK(iterator.Next(view));
    if (parts.empty() || parts.back()->size_in_bytes() + view.size_in_bytes > bytes_max) {
      if (!parts.empty()) parts.back()->ClosePart(identity_, next);
      parts.push_back(std::make_unique<ProducerBatch>(number_, partition_, compression_, created_,
                                                      Semaphore::Permit()));
    }
    ProducerBatch& part = *parts.back();
    part.builder_->AppendCopy(record.timestamp, view);
    part.records_.push_back(std::move(record));
    ++part.records_count_;
  }
  parts.back()->ClosePart(identity_, next);
  parts.back()->memory_ = std::move(memory_);
  records_.clear();
  finished_ = true;
  return parts;
}

void ProducerBatch::Deliver(Offset base_offset, TimestampMs log_append_time) {
  if (std::exchange(finished_, true)) return;
  Offset offset = base_offset;
  for (Record& record : std::exchange(records_, {})) {
    const StatusOr<RecordMetadata> metadata = RecordMetadata{
        .partition = partition_,
        .offset = offset,
        .timestamp = log_append_time == kNoTimestamp ? record.timestamp : log_append_time};
    record.handler(metadata);
    if (offset != kNoOffset) ++offset;
  }
}

void ProducerBatch::Fail(const Status& why) { Fail(why, {}); }

void ProducerBatch::Fail(const Status& why, const std::map<int32_t, Status>& of_records) {
  if (std::exchange(finished_, true)) return;
  int32_t index = 0;
  for (Record& record : std::exchange(records_, {})) {
    const auto found = of_records.find(index++);
    const StatusOr<RecordMetadata> failed = found == of_records.end() ? why : found->second;
    record.handler(failed);
  }
}

}  // namespace penstock
