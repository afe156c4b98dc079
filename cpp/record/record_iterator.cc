#include "record/record_iterator.h"

#include <algorithm>
#include <cstring>

#include "base/strings.h"
#include "base/varint.h"

namespace penstock {
namespace {

constexpr size_t kWindowSizeMin = 16 << 10;

Status InvalidRecord(std::string_view message) {
  return KafkaError(ErrorCode::kInvalidRecord, message);
}

}  // namespace

RecordIterator::RecordIterator(const BatchView& batch, RecordScratch& scratch,
                               RecordIteratorOptions options)
    : scratch_(scratch),
      base_offset_(batch.base_offset()),
      base_timestamp_(batch.base_timestamp()),
      log_append_time_(batch.max_timestamp()),
      has_log_append_time_(batch.timestamp_type() == TimestampType::kLogAppendTime),
      compressed_(batch.codec_bits() != 0),
      records_left_(batch.records_count()) {
  const std::span<const uint8_t> body = batch.body();
  if (records_left_ < 0) {
    status_ = InvalidRecord(StrCat("a batch says that it has ", records_left_, " records"));
  } else if (!batch.has_known_codec()) {
    status_ = InvalidRecord(StrCat("a batch has the unknown codec ", batch.codec_bits()));
  } else if (!compressed_) {
    position_ = body.data();
    end_ = body.data() + body.size();
  } else if (records_left_ > 0) {
    if (scratch_.window.size() < kWindowSizeMin) scratch_.window.resize(kWindowSizeMin);
    position_ = end_ = scratch_.window.data();
    status_ = scratch_.decompressor.Start(batch.codec(), body, options.body_bytes_max);
  }
  if (!status_.ok()) records_left_ = 0;
}

bool RecordIterator::Fail(Status status) {
  status_ = std::move(status);
  records_left_ = 0;
  return false;
}

Status RecordIterator::Fill(size_t size) {
  size_t held = static_cast<size_t>(end_ - position_);
  if (held >= size || stream_ended_) return OkStatus();
  std::vector<uint8_t>& window = scratch_.window;
  std::memmove(window.data(), position_, held);
  // The window grows by doubling as bytes come: a length that a record only claims costs nothing.
  while (held < size && !stream_ended_) {
    if (held == window.size()) window.resize(window.size() * 2);
    const auto room = std::span(window).subspan(held);
    ASSIGN_OR_RETURN(const size_t count, scratch_.decompressor.Read(room));
    held += count;
    stream_ended_ = count < room.size();
  }
  position_ = window.data();
  end_ = window.data() + held;
  return OkStatus();
}

bool RecordIterator::Next(RecordView& record) {
  if (records_left_ == 0) return false;
  if (compressed_) {
    if (Status filled = Fill(kVarintSizeMax); !filled.ok()) return Fail(std::move(filled));
    int32_t size;
    const uint8_t* start = ReadVarint(position_, end_, size);
    if (start != nullptr && size > end_ - start) {
      const size_t whole = static_cast<size_t>(start - position_) + static_cast<size_t>(size);
      if (Status filled = Fill(whole); !filled.ok()) return Fail(std::move(filled));
    }
  }
  const char* problem = nullptr;
  const uint8_t* next = ParseRecord(position_, end_, record, problem);
  if (next == nullptr) return Fail(InvalidRecord(problem));
  position_ = next;
  return --records_left_ > 0 || CheckNothingLeft();
}

bool RecordIterator::CheckNothingLeft() {
  // The record stays valid: it is only refused when something follows it. Reading on would move the
  // window.
  if (compressed_ && position_ == end_ && !stream_ended_) {
    uint8_t byte;
    StatusOr<size_t> count = scratch_.decompressor.Read(std::span(&byte, 1));
    if (!count.ok()) return Fail(std::move(count).status());
    if (*count == 0) return true;
  } else if (position_ == end_) {
    return true;
  }
  return Fail(InvalidRecord("a batch has bytes after its last record"));
}

TimestampMs RecordIterator::TimestampOf(const RecordView& record) const {
  if (has_log_append_time_) return log_append_time_;
  // Deltas come from the wire: the sum wraps as Kafka's does.
  return TimestampMs(static_cast<int64_t>(static_cast<uint64_t>(base_timestamp_.value()) +
                                          static_cast<uint64_t>(record.timestamp_delta)));
}

}  // namespace penstock
