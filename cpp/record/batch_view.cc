#include "record/batch_view.h"

#include "base/check.h"
#include "base/crc32c.h"
#include "base/strings.h"

namespace penstock {

using namespace batch_format;  // NOLINT: the layout is this file's subject.

namespace {

constexpr uint32_t kSequenceMask = 0x7fffffff;

uint32_t CrcOf(std::span<const uint8_t> batch) { return Crc32c(batch.subspan(kAttributesAt)); }

}  // namespace

Sequence IncrementSequence(Sequence sequence, int32_t count) {
  const uint32_t sum = static_cast<uint32_t>(sequence.value()) + static_cast<uint32_t>(count);
  return Sequence(static_cast<int32_t>(sum & kSequenceMask));
}

Sequence DecrementSequence(Sequence sequence, int32_t count) {
  const uint32_t rest = static_cast<uint32_t>(sequence.value()) - static_cast<uint32_t>(count);
  return Sequence(static_cast<int32_t>(rest & kSequenceMask));
}

StatusOr<size_t> BatchSizeInBytes(std::span<const uint8_t> bytes) {
  if (bytes.size() < kLogOverhead) return OutOfRange("record batch cut off in its length");
  const auto length = LoadBig<int32_t>(bytes.data() + kBatchLengthAt);
  if (length < kBatchLengthMin) {
    return KafkaError(ErrorCode::kCorruptMessage, StrCat("record batch length is ", length));
  }
  return kLogOverhead + static_cast<size_t>(length);
}

StatusOr<BatchView> BatchView::Parse(std::span<const uint8_t> bytes) {
  ASSIGN_OR_RETURN(const size_t size, BatchSizeInBytes(bytes));
  if (bytes.size() < kPrefixSize) return OutOfRange("record batch cut off before its magic");
  const auto magic = LoadBig<int8_t>(bytes.data() + kMagicAt);
  if (magic == 0 || magic == 1) {
    return KafkaError(ErrorCode::kUnsupportedForMessageFormat,
                      StrCat("record batch of magic ", magic, " is not read any more"));
  }
  if (magic != kMagic) {
    return KafkaError(ErrorCode::kCorruptMessage, StrCat("record batch of magic ", magic));
  }
  if (size < kHeaderSize) {
    return KafkaError(ErrorCode::kCorruptMessage,
                      StrCat("record batch of ", size, " bytes is shorter than its header"));
  }
  if (bytes.size() < size) {
    return OutOfRange(
        StrCat("record batch of ", size, " bytes, of which ", bytes.size(), " are there"));
  }
  return BatchView(bytes.data(), size);
}

Sequence BatchView::last_sequence() const {
  const Sequence base = base_sequence();
  return base == kNoSequence ? kNoSequence : IncrementSequence(base, last_offset_delta());
}

uint32_t BatchView::ComputeCrc() const { return CrcOf(bytes()); }

void PatchBaseOffset(std::span<uint8_t> batch, Offset base_offset) {
  CHECK(batch.size() >= kHeaderSize);
  StoreBig(batch.data() + kBaseOffsetAt, base_offset.value());
}

void PatchLeaderEpoch(std::span<uint8_t> batch, LeaderEpoch leader_epoch) {
  CHECK(batch.size() >= kHeaderSize);
  StoreBig(batch.data() + kPartitionLeaderEpochAt, leader_epoch.value());
}

bool PatchTimestamp(std::span<uint8_t> batch, TimestampType type, TimestampMs max_timestamp) {
  CHECK(batch.size() >= kHeaderSize);
  uint8_t* data = batch.data();
  const auto attributes = LoadBig<int16_t>(data + kAttributesAt);
  const auto type_bit = type == TimestampType::kLogAppendTime ? kLogAppendTimeBit : int16_t{0};
  if ((attributes & kLogAppendTimeBit) == type_bit &&
      LoadBig<int64_t>(data + kMaxTimestampAt) == max_timestamp.value()) {
    return false;
  }
  const int kept = attributes & kKnownBits & ~kLogAppendTimeBit;
  StoreBig(data + kAttributesAt, static_cast<int16_t>(kept | type_bit));
  StoreBig(data + kMaxTimestampAt, max_timestamp.value());
  StoreBig(data + kCrcAt, CrcOf(batch));
  return true;
}

void PatchProducer(std::span<uint8_t> batch, ProducerId id, ProducerEpoch epoch,
                   Sequence base_sequence) {
  CHECK(batch.size() >= kHeaderSize);
  uint8_t* data = batch.data();
  StoreBig(data + kProducerIdAt, id.value());
  StoreBig(data + kProducerEpochAt, epoch.value());
  StoreBig(data + kBaseSequenceAt, base_sequence.value());
  StoreBig(data + kCrcAt, CrcOf(batch));
}

}  // namespace penstock
