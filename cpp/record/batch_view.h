// One record batch (magic 2) in bytes that belong to somebody else: header fields without a copy,
// the CRC, and the patches that a broker or a producer makes. The bytes must outlive the view.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/endian.h"
#include "base/ids.h"
#include "base/status.h"
#include "record/batch_format.h"
#include "record/codec.h"

namespace penstock {

enum class TimestampType : uint8_t { kCreateTime = 0, kLogAppendTime = 1 };

// The sequence `count` records after `sequence`; sequences wrap from 2^31 - 1 to 0.
Sequence IncrementSequence(Sequence sequence, int32_t count);
// The sequence `count` records before `sequence`.
Sequence DecrementSequence(Sequence sequence, int32_t count);

// Size of the batch at the front of `bytes`, of any magic, read from the first 12 bytes. OutOfRange
// when there are fewer, CORRUPT_MESSAGE when the length field is below what any batch has.
StatusOr<size_t> BatchSizeInBytes(std::span<const uint8_t> bytes);

class BatchView {
 public:
  // The batch at the front of `bytes`; more may follow it. Checks lengths and magic, not the CRC
  // and not the records. OutOfRange: the batch is not complete in `bytes`.
  // UNSUPPORTED_FOR_MESSAGE_FORMAT: magic 0 or 1. CORRUPT_MESSAGE: anything else that is wrong.
  static StatusOr<BatchView> Parse(std::span<const uint8_t> bytes);

  std::span<const uint8_t> bytes() const { return {data_, size_}; }
  size_t size_in_bytes() const { return size_; }
  // The records, compressed as codec() says.
  std::span<const uint8_t> body() const {
    return {data_ + batch_format::kHeaderSize, size_ - batch_format::kHeaderSize};
  }

  Offset base_offset() const { return Offset(At<int64_t>(batch_format::kBaseOffsetAt)); }
  int32_t last_offset_delta() const { return At<int32_t>(batch_format::kLastOffsetDeltaAt); }
  Offset last_offset() const { return base_offset() + last_offset_delta(); }
  Offset next_offset() const { return last_offset() + 1; }
  LeaderEpoch leader_epoch() const {
    return LeaderEpoch(At<int32_t>(batch_format::kPartitionLeaderEpochAt));
  }

  int16_t attributes() const { return At<int16_t>(batch_format::kAttributesAt); }
  // The three codec bits as they are: 5 to 7 are no codec.
  int codec_bits() const { return attributes() & batch_format::kCodecMask; }
  bool has_known_codec() const { return codec_bits() <= static_cast<int>(Codec::kZstd); }
  // Only if has_known_codec().
  Codec codec() const { return static_cast<Codec>(codec_bits()); }
  TimestampType timestamp_type() const {
    return Has(batch_format::kLogAppendTimeBit) ? TimestampType::kLogAppendTime
                                                : TimestampType::kCreateTime;
  }
  bool is_transactional() const { return Has(batch_format::kTransactionalBit); }
  bool is_control() const { return Has(batch_format::kControlBit); }
  bool has_delete_horizon() const { return Has(batch_format::kDeleteHorizonBit); }

  // What the records' timestamp deltas count from; with has_delete_horizon() also the delete
  // horizon.
  TimestampMs base_timestamp() const {
    return TimestampMs(At<int64_t>(batch_format::kBaseTimestampAt));
  }
  TimestampMs max_timestamp() const {
    return TimestampMs(At<int64_t>(batch_format::kMaxTimestampAt));
  }

  bool has_producer_id() const { return producer_id() > kNoProducerId; }
  ProducerId producer_id() const { return ProducerId(At<int64_t>(batch_format::kProducerIdAt)); }
  ProducerEpoch producer_epoch() const {
    return ProducerEpoch(At<int16_t>(batch_format::kProducerEpochAt));
  }
  Sequence base_sequence() const { return Sequence(At<int32_t>(batch_format::kBaseSequenceAt)); }
  // kNoSequence where the base is.
  Sequence last_sequence() const;

  int32_t records_count() const { return At<int32_t>(batch_format::kRecordsCountAt); }

  uint32_t crc() const { return At<uint32_t>(batch_format::kCrcAt); }
  uint32_t ComputeCrc() const;
  bool CrcMatches() const { return crc() == ComputeCrc(); }

 private:
  BatchView(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  template <class T>
  T At(size_t position) const {
    return LoadBig<T>(data_ + position);
  }
  bool Has(int16_t bit) const { return (attributes() & bit) != 0; }

  const uint8_t* data_;
  size_t size_;
};

// Patches of a whole batch that Parse has accepted. The first two lie outside the CRC.
void PatchBaseOffset(std::span<uint8_t> batch, Offset base_offset);
void PatchLeaderEpoch(std::span<uint8_t> batch, LeaderEpoch leader_epoch);
// Sets the type bit and the max timestamp, clears unknown attribute bits and makes the CRC new,
// unless both are as wished already. True if the batch changed.
bool PatchTimestamp(std::span<uint8_t> batch, TimestampType type, TimestampMs max_timestamp);
// Gives the batch another producer or another place in its sequence, and makes the CRC new.
void PatchProducer(std::span<uint8_t> batch, ProducerId id, ProducerEpoch epoch,
                   Sequence base_sequence);

}  // namespace penstock
