#include "record/batch_builder.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/crc32c.h"
#include "base/endian.h"
#include "base/varint.h"
#include "record/compression.h"

namespace penstock {

using namespace batch_format;  // NOLINT: the layout is this file's subject.

namespace {

constexpr size_t kBatchSizeMax = std::numeric_limits<int32_t>::max();

size_t SizeOfNullable(const RecordBytes& bytes) {
  if (!bytes.has_value()) return SizeOfVarint(-1);
  return SizeOfVarint(static_cast<int32_t>(bytes->size())) + bytes->size();
}

uint8_t* WriteBytes(uint8_t* out, std::span<const uint8_t> bytes) {
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

uint8_t* WriteNullable(uint8_t* out, const RecordBytes& bytes) {
  if (!bytes.has_value()) return WriteVarint(out, -1);
  return WriteBytes(WriteVarint(out, static_cast<int32_t>(bytes->size())), *bytes);
}

int16_t AttributesOf(const BatchOptions& options) {
  int attributes = static_cast<int>(options.compression.codec);
  if (options.timestamp_type == TimestampType::kLogAppendTime) attributes |= kLogAppendTimeBit;
  if (options.is_transactional) attributes |= kTransactionalBit;
  if (options.is_control) attributes |= kControlBit;
  return static_cast<int16_t>(attributes);
}

int64_t WrappingDifference(TimestampMs a, TimestampMs b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a.value()) - static_cast<uint64_t>(b.value()));
}

}  // namespace

BatchBuilder::BatchBuilder(const BatchOptions& options) : options_(options), buffer_(kHeaderSize) {}

void BatchBuilder::AppendEncoded(int32_t offset_delta, TimestampMs timestamp,
                                 const RecordBytes& key, const RecordBytes& value,
                                 int32_t header_count, size_t headers_size) {
  CHECK(offset_delta >= next_offset_delta_);
  if (records_count_ == 0) {
    base_timestamp_ = timestamp;
    max_timestamp_ = timestamp;
  }
  max_timestamp_ = std::max(max_timestamp_, timestamp);
  const int64_t timestamp_delta = WrappingDifference(timestamp, base_timestamp_);
  const size_t size = 1 + SizeOfVarlong(timestamp_delta) + SizeOfVarint(offset_delta) +
                      SizeOfNullable(key) + SizeOfNullable(value) + SizeOfVarint(header_count) +
                      headers_size;
  CHECK(size <= kBatchSizeMax);
  const size_t begin = buffer_.size();
  buffer_.resize(begin + SizeOfVarint(static_cast<int32_t>(size)) + size);
  uint8_t* out = buffer_.data() + begin;
  out = WriteVarint(out, static_cast<int32_t>(size));
  *out++ = 0;
  out = WriteVarlong(out, timestamp_delta);
  out = WriteVarint(out, offset_delta);
  out = WriteNullable(out, key);
  out = WriteNullable(out, value);
  out = WriteVarint(out, header_count);
  CHECK(out + headers_size == buffer_.data() + buffer_.size());
  ++records_count_;
  CHECK(offset_delta < std::numeric_limits<int32_t>::max());
  next_offset_delta_ = offset_delta + 1;
}

void BatchBuilder::Append(const NewRecord& record) { AppendAt(next_offset(), record); }

void BatchBuilder::AppendAt(Offset offset, const NewRecord& record) {
  size_t headers_size = 0;
  for (const RecordHeaderView& header : record.headers) {
    headers_size += SizeOfNullable(AsBytes(header.key)) + SizeOfNullable(header.value);
  }
  AppendEncoded(static_cast<int32_t>(offset - options_.base_offset), record.timestamp, record.key,
                record.value, static_cast<int32_t>(record.headers.size()), headers_size);
  uint8_t* out = buffer_.data() + buffer_.size() - headers_size;
  for (const RecordHeaderView& header : record.headers) {
    out = WriteNullable(out, AsBytes(header.key));
    out = WriteNullable(out, header.value);
  }
}

void BatchBuilder::AppendCopy(TimestampMs timestamp, const RecordView& record) {
  AppendEncoded(next_offset_delta_, timestamp, record.key, record.value, record.header_count,
                record.headers.size());
  WriteBytes(buffer_.data() + buffer_.size() - record.headers.size(), record.headers);
}

void BatchBuilder::SetProducer(ProducerId id, ProducerEpoch epoch, Sequence base_sequence) {
  options_.producer_id = id;
  options_.producer_epoch = epoch;
  options_.base_sequence = base_sequence;
}

StatusOr<Slice> BatchBuilder::Build() {
  if (empty()) return InvalidArgument("a record batch needs a record");
  const auto body = std::span<const uint8_t>(buffer_).subspan(kHeaderSize);
  Slice compressed;
  std::span<const uint8_t> payload = body;
  if (options_.compression.codec != Codec::kNone) {
    ASSIGN_OR_RETURN(compressed, Compress(options_.compression, body));
    payload = compressed.span();
  }
  if (payload.size() > kBatchSizeMax - kHeaderSize) {
    return InvalidArgument("a record batch would be larger than 2 GB");
  }
  Slice batch = Slice::Allocate(kHeaderSize + payload.size());
  uint8_t* out = batch.mutable_data();
  const bool append_time = options_.timestamp_type == TimestampType::kLogAppendTime;
  StoreBig(out + kBaseOffsetAt, options_.base_offset.value());
  StoreBig(out + kBatchLengthAt, static_cast<int32_t>(batch.size() - kLogOverhead));
  StoreBig(out + kPartitionLeaderEpochAt, options_.leader_epoch.value());
  StoreBig(out + kMagicAt, kMagic);
  StoreBig(out + kAttributesAt, AttributesOf(options_));
  StoreBig(out + kLastOffsetDeltaAt, next_offset_delta_ - 1);
  StoreBig(out + kBaseTimestampAt, base_timestamp_.value());
  StoreBig(out + kMaxTimestampAt,
           (append_time ? options_.log_append_time : max_timestamp_).value());
  StoreBig(out + kProducerIdAt, options_.producer_id.value());
  StoreBig(out + kProducerEpochAt, options_.producer_epoch.value());
  StoreBig(out + kBaseSequenceAt, options_.base_sequence.value());
  StoreBig(out + kRecordsCountAt, records_count_);
  WriteBytes(out + kHeaderSize, payload);
  StoreBig(out + kCrcAt, Crc32c(batch.span().subspan(kAttributesAt)));

  buffer_.resize(kHeaderSize);
  records_count_ = 0;
  next_offset_delta_ = 0;
  return batch;
}

}  // namespace penstock
