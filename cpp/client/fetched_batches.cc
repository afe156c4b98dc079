#include "client/fetched_batches.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "record/control_record.h"
#include "record/record_iterator.h"

namespace penstock {
namespace {

Status Corrupt(const BatchView& batch, std::string_view what) {
  return KafkaError(ErrorCode::kCorruptMessage,
                    StrCat("the batch at offset ", batch.base_offset(), " ", what));
}

// Offsets come from outside: they may not fit each other, or 64 bits.
bool HasUsableOffsets(const BatchView& batch) {
  const int64_t base = batch.base_offset().value();
  const int64_t delta = batch.last_offset_delta();
  return base >= 0 && delta >= 0 && base < std::numeric_limits<int64_t>::max() - delta;
}

}  // namespace

FetchedBatches::FetchedBatches(Slice records, Offset position, std::vector<AbortedRange> aborted,
                               FetchedBatchesOptions options)
    : records_(std::move(records)),
      options_(options),
      position_(position),
      aborted_(std::move(aborted)) {
  std::ranges::sort(aborted_, std::ranges::greater(), &AbortedRange::first_offset);
  FindEnd();
  Advance();
}

StatusOr<FetchedBatches::Found> FetchedBatches::Next() {
  CHECK(has_next());
  if (!next_.has_value()) return failure_;
  Found found = *std::exchange(next_, std::nullopt);
  position_ = behind_next_;
  position_epoch_ = found.leader_epoch;
  Advance();
  return found;
}

void FetchedBatches::Advance() {
  while (true) {
    const StatusOr<std::optional<BatchView>> front = Front();
    if (!front.ok()) {
      failure_ = front.status();
      return;
    }
    if (!front->has_value()) return;
    const BatchView& batch = **front;
    const StatusOr<bool> wanted = IsWanted(batch);
    if (!wanted.ok()) {
      failure_ = wanted.status();
      return;
    }
    const size_t begin = std::exchange(read_, read_ + batch.size_in_bytes());
    const Offset behind = std::max(position_, batch.next_offset());
    if (*wanted) {
      next_ = Found{records_.Sub(begin, batch.size_in_bytes()),
                    std::max(position_, batch.base_offset()), batch.leader_epoch()};
      behind_next_ = behind;
      return;
    }
    position_ = behind;
    position_epoch_ = batch.leader_epoch();
  }
}

StatusOr<std::optional<BatchView>> FetchedBatches::Front() const {
  if (read_ == records_.size()) return std::nullopt;
  StatusOr<BatchView> batch = BatchView::Parse(records_.span().subspan(read_));
  if (batch.ok()) {
    if (HasUsableOffsets(*batch)) return *batch;
    return Corrupt(*batch, "has offsets that cannot be");
  }
  const bool cut_off = batch.status().code() == StatusCode::kOutOfRange;
  if (!cut_off) return Annotate(batch.status(), StrCat("at offset ", position_));
  if (read_ > 0) return std::nullopt;
  // A leader sends the first batch whole, however large it is.
  return KafkaError(ErrorCode::kCorruptMessage,
                    StrCat("at offset ", position_, ": ", MessageOf(batch.status())));
}

StatusOr<bool> FetchedBatches::IsWanted(const BatchView& batch) {
  if (options_.check_crcs && !batch.CrcMatches()) {
    return Corrupt(batch, StrCat("has the CRC ", batch.crc(), " but its bytes have the CRC ",
                                 batch.ComputeCrc()));
  }
  bool is_aborted = false;
  if (options_.read_committed && batch.has_producer_id()) {
    ASSIGN_OR_RETURN(is_aborted, IsAborted(batch));
  }
  return !is_aborted && !batch.is_control() && batch.records_count() != 0 &&
         batch.next_offset() > position_;
}

StatusOr<bool> FetchedBatches::IsAborted(const BatchView& batch) {
  while (!aborted_.empty() && aborted_.back().first_offset <= batch.last_offset()) {
    aborting_.insert(aborted_.back().producer_id);
    aborted_.pop_back();
  }
  if (!batch.is_control()) {
    return batch.is_transactional() && aborting_.contains(batch.producer_id());
  }
  RecordScratch scratch;
  RecordIterator records(batch, scratch);
  RecordView record;
  if (!records.Next(record)) {
    if (records.status().ok()) return false;  // compacted away
    return Corrupt(batch, MessageOf(records.status()));
  }
  const std::span<const uint8_t> key = record.key.value_or(std::span<const uint8_t>());
  const StatusOr<ControlRecordType> type = ParseControlRecordKey(key);
  if (!type.ok()) return Corrupt(batch, MessageOf(type.status()));
  if (*type == ControlRecordType::kAbort) aborting_.erase(batch.producer_id());
  return false;
}

void FetchedBatches::FindEnd() {
  const std::span<const uint8_t> bytes = records_.span();
  Offset end = position_;
  for (size_t at = 0; at < bytes.size();) {
    const StatusOr<BatchView> batch = BatchView::Parse(bytes.subspan(at));
    if (!batch.ok()) {
      const bool cut_off = batch.status().code() == StatusCode::kOutOfRange;
      if (!cut_off || at == 0) return;
      break;
    }
    if (!HasUsableOffsets(*batch)) return;
    end = std::max(end, batch->next_offset());
    at += batch->size_in_bytes();
  }
  end_ = end;
}

}  // namespace penstock
