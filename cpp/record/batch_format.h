// Layout of a record batch, magic 2: byte positions, sizes and attribute bits. All numbers are
// big-endian; the picture is in docs/formats. Bytes before kAttributesAt lie outside the CRC.
#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock::batch_format {

inline constexpr size_t kBaseOffsetAt = 0;             // int64
inline constexpr size_t kBatchLengthAt = 8;            // int32, the bytes after this field
inline constexpr size_t kPartitionLeaderEpochAt = 12;  // int32
inline constexpr size_t kMagicAt = 16;                 // int8
inline constexpr size_t kCrcAt = 17;  // uint32, CRC-32C of the bytes from kAttributesAt to the end
inline constexpr size_t kAttributesAt = 21;       // int16
inline constexpr size_t kLastOffsetDeltaAt = 23;  // int32
inline constexpr size_t kBaseTimestampAt = 27;    // int64, or the delete horizon
inline constexpr size_t kMaxTimestampAt = 35;     // int64
inline constexpr size_t kProducerIdAt = 43;       // int64
inline constexpr size_t kProducerEpochAt = 51;    // int16
inline constexpr size_t kBaseSequenceAt = 53;     // int32
inline constexpr size_t kRecordsCountAt = 57;     // int32
inline constexpr size_t kHeaderSize = 61;         // the records begin here

// Offset and length, which every magic has in front; the length counts from here.
inline constexpr size_t kLogOverhead = 12;
// Enough of any batch to tell its size and its magic.
inline constexpr size_t kPrefixSize = 17;
// The smallest batchLength of any magic (that of magic 0).
inline constexpr int32_t kBatchLengthMin = 14;

inline constexpr int8_t kMagic = 2;

inline constexpr int16_t kCodecMask = 0x07;
inline constexpr int16_t kLogAppendTimeBit = 0x08;
inline constexpr int16_t kTransactionalBit = 0x10;
inline constexpr int16_t kControlBit = 0x20;
inline constexpr int16_t kDeleteHorizonBit = 0x40;
inline constexpr int16_t kKnownBits = 0x7f;

}  // namespace penstock::batch_format
