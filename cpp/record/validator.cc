#include "record/validator.h"

#include <algorithm>
#include <utility>

#include "base/endian.h"
#include "base/strings.h"
#include "record/batch_builder.h"

namespace penstock {

using namespace batch_format;  // NOLINT: the layout is this file's subject.

namespace {

// As many refused records are described; the rest are only counted in the request's error.
constexpr size_t kRecordErrorsMax = 1000;

Status InvalidRecord(std::string_view message) {
  return KafkaError(ErrorCode::kInvalidRecord, message);
}
Status CorruptMessage(std::string_view message) {
  return KafkaError(ErrorCode::kCorruptMessage, message);
}

// The size of the first whole batch in `bytes`, 0 when there is none. CORRUPT_MESSAGE for a length
// or magic of no batch.
StatusOr<size_t> WholeBatchSize(std::span<const uint8_t> bytes) {
  if (bytes.size() < kLogOverhead) return size_t{0};
  ASSIGN_OR_RETURN(const size_t size, BatchSizeInBytes(bytes));
  if (bytes.size() < kPrefixSize) return size_t{0};
  const auto magic = LoadBig<int8_t>(bytes.data() + kMagicAt);
  if (magic < 0 || magic > kMagic) return CorruptMessage(StrCat("record batch of magic ", magic));
  return size <= bytes.size() ? size : 0;
}

// The one batch that a produce may carry. Bytes after it that are no whole batch are cut off, as in
// Kafka.
StatusOr<BatchView> TheOnlyBatch(std::span<const uint8_t> records) {
  ASSIGN_OR_RETURN(const size_t size, WholeBatchSize(records));
  if (size == 0) return InvalidRecord("a produce needs one whole record batch per partition");
  const auto magic = LoadBig<int8_t>(records.data() + kMagicAt);
  if (magic != kMagic) {
    return InvalidRecord(StrCat("a produce needs record batches of magic 2, this one has ", magic));
  }
  ASSIGN_OR_RETURN(const size_t second, WholeBatchSize(records.subspan(size)));
  if (second != 0) return InvalidRecord("a produce may carry only one record batch per partition");
  return BatchView::Parse(records.first(size));
}

Status CheckCodec(const BatchView& batch) {
  if (batch.has_known_codec()) return OkStatus();
  return KafkaError(ErrorCode::kUnsupportedCompressionType,
                    StrCat("record batch with the unknown codec ", batch.codec_bits()));
}

Status CheckBatch(const BatchView& batch, const ValidationOptions& options) {
  if (batch.base_offset() != Offset(0)) {
    return InvalidRecord(StrCat("a produced batch begins at offset 0, not ", batch.base_offset()));
  }
  if (batch.size_in_bytes() > static_cast<size_t>(std::max(options.max_message_bytes, 0))) {
    return KafkaError(ErrorCode::kMessageTooLarge,
                      StrCat("record batch of ", batch.size_in_bytes(),
                             " bytes, max.message.bytes is ", options.max_message_bytes));
  }
  if (!batch.CrcMatches()) return CorruptMessage("the CRC of a record batch does not match");
  RETURN_IF_ERROR(CheckCodec(batch));
  const int64_t count_from_offsets = int64_t{batch.last_offset_delta()} + 1;
  if (count_from_offsets <= 0 || count_from_offsets != batch.records_count()) {
    return InvalidRecord(StrCat("record batch of ", batch.records_count(),
                                " records with last offset delta ", batch.last_offset_delta()));
  }
  if (batch.is_control()) return InvalidRecord("clients may not write control batches");
  if (batch.has_producer_id() && batch.base_sequence() < Sequence(0)) {
    return InvalidRecord(StrCat("record batch of producer ", batch.producer_id(),
                                " with base sequence ", batch.base_sequence()));
  }
  return OkStatus();
}

int64_t WrappingSubtract(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}

// The walk over all records of one batch.
class Walk {
 public:
  Walk(const BatchView& batch, const ValidationOptions& options, ValidationScratch& scratch)
      : options_(options),
        errors_(scratch.record_errors),
        records_(batch, scratch.records, {.body_bytes_max = options.decompressed_bytes_max}),
        batch_has_append_time_(batch.timestamp_type() == TimestampType::kLogAppendTime) {}

  // Checks every record. With `rebuilt` also adds each one to it.
  Status Run(BatchBuilder* rebuilt) {
    RecordView record;
    int32_t index = 0;
    for (; records_.Next(record); ++index) {
      const TimestampMs timestamp = records_.TimestampOf(record);
      if (record.offset_delta != index) offsets_are_dense_ = false;
      if (timestamp > max_timestamp_) {
        max_timestamp_ = timestamp;
        max_timestamp_index_ = index;
      }
      CheckRecord(record, timestamp, index);
      if (rebuilt != nullptr && refused_ == 0) rebuilt->AppendCopy(timestamp, record);
    }
    RETURN_IF_ERROR(records_.status());
    if (refused_ == 0) return OkStatus();
    return KafkaError(timestamp_refused_ ? ErrorCode::kInvalidTimestamp : ErrorCode::kInvalidRecord,
                      StrCat(refused_, " of ", index,
                             " records are refused, the first one: ", errors_.front().message));
  }

  bool offsets_are_dense() const { return offsets_are_dense_; }
  TimestampMs max_timestamp() const { return max_timestamp_; }
  int32_t max_timestamp_index() const { return max_timestamp_index_; }

 private:
  void CheckRecord(const RecordView& record, TimestampMs timestamp, int32_t index) {
    if (options_.is_compacted && !record.key.has_value()) {
      Refuse(index, "a compacted topic needs a key in every record");
    } else if (options_.timestamp_type == TimestampType::kCreateTime && timestamp != kNoTimestamp) {
      const int64_t age_ms = WrappingSubtract(options_.now.value(), timestamp.value());
      if (age_ms > options_.timestamp_before_max_ms ||
          WrappingSubtract(0, age_ms) > options_.timestamp_after_max_ms) [[unlikely]] {
        timestamp_refused_ = true;
        Refuse(index, StrCat("timestamp ", timestamp, " of the record is not within ",
                             options_.timestamp_before_max_ms, " ms before and ",
                             options_.timestamp_after_max_ms, " ms after ", options_.now));
      }
    } else if (batch_has_append_time_) {
      timestamp_refused_ = true;
      Refuse(index, "a producer may not set the timestamp type LogAppendTime");
    }
  }

  void Refuse(int32_t index, std::string message) {
    ++refused_;
    if (errors_.size() < kRecordErrorsMax) {
      errors_.push_back({.batch_index = index, .message = std::move(message)});
    }
  }

  const ValidationOptions& options_;
  std::vector<RecordError>& errors_;
  RecordIterator records_;
  const bool batch_has_append_time_;
  bool offsets_are_dense_ = true;
  bool timestamp_refused_ = false;
  int32_t refused_ = 0;
  TimestampMs max_timestamp_ = kNoTimestamp;
  int32_t max_timestamp_index_ = 0;
};

BatchBuilder BuilderFor(const BatchView& batch, const ValidationOptions& options,
                        Compression target) {
  return BatchBuilder({.leader_epoch = batch.leader_epoch(),
                       .compression = target,
                       .timestamp_type = options.timestamp_type,
                       .log_append_time = options.now,
                       .producer_id = batch.producer_id(),
                       .producer_epoch = batch.producer_epoch(),
                       .base_sequence = batch.base_sequence(),
                       .is_transactional = batch.is_transactional()});
}

// Writes all records of `batch`, which were checked, into a new one.
StatusOr<Slice> Rebuild(const BatchView& batch, const ValidationOptions& options,
                        Compression target, ValidationScratch& scratch) {
  BatchBuilder builder = BuilderFor(batch, options, target);
  Walk walk(batch, options, scratch);
  RETURN_IF_ERROR(walk.Run(&builder));
  ASSIGN_OR_RETURN(Slice rebuilt, builder.Build());
  if (rebuilt.size() > static_cast<size_t>(options.max_message_bytes)) {
    return KafkaError(
        ErrorCode::kMessageTooLarge,
        StrCat("record batch of ", rebuilt.size(), " bytes after compression with ",
               NameOf(target.codec), ", max.message.bytes is ", options.max_message_bytes));
  }
  return rebuilt;
}

void FillHeaderFields(const BatchView& batch, ValidatedBatch& validated) {
  validated.records_count = batch.records_count();
  validated.producer_id = batch.producer_id();
  validated.producer_epoch = batch.producer_epoch();
  validated.base_sequence = batch.base_sequence();
  validated.last_sequence = batch.last_sequence();
  validated.is_transactional = batch.is_transactional();
  validated.codec = batch.codec();
}

}  // namespace

StatusOr<Codec> CodecOfProducedRecords(std::span<const uint8_t> records) {
  ASSIGN_OR_RETURN(const BatchView batch, TheOnlyBatch(records));
  RETURN_IF_ERROR(CheckCodec(batch));
  return batch.codec();
}

StatusOr<ValidatedBatch> ValidateProduceBatch(Slice records, const ValidationOptions& options,
                                              ValidationScratch& scratch) {
  scratch.record_errors.clear();
  ASSIGN_OR_RETURN(const BatchView batch, TheOnlyBatch(records.span()));
  RETURN_IF_ERROR(CheckBatch(batch, options));
  Walk walk(batch, options, scratch);
  RETURN_IF_ERROR(walk.Run(nullptr));

  ValidatedBatch validated;
  validated.source_codec = batch.codec();
  const Compression target =
      options.target_compression.value_or(Compression::Of(validated.source_codec));
  // Old clients may number the records of a compressed batch wrongly; Kafka numbers them anew. In a
  // batch that is not compressed such numbers are refused.
  if (!walk.offsets_are_dense() && validated.source_codec == Codec::kNone) {
    return InvalidRecord("offset deltas of a record batch do not count up from 0");
  }
  validated.was_rebuilt = target.codec != validated.source_codec || !walk.offsets_are_dense();
  if (validated.was_rebuilt) {
    ASSIGN_OR_RETURN(validated.batch, Rebuild(batch, options, target, scratch));
  } else {
    const bool whole = records.size() == batch.size_in_bytes();
    validated.batch = whole ? std::move(records) : records.Sub(0, batch.size_in_bytes());
    const bool append_time = options.timestamp_type == TimestampType::kLogAppendTime;
    const TimestampMs max_timestamp = append_time ? options.now : walk.max_timestamp();
    if (batch.timestamp_type() != options.timestamp_type ||
        batch.max_timestamp() != max_timestamp) {
      if (!options.may_patch_input) validated.batch = Slice::CopyOf(validated.batch.span());
      Slice& patched = validated.batch;
      PatchTimestamp({patched.mutable_data(), patched.size()}, options.timestamp_type,
                     max_timestamp);
    }
  }
  if (validated.batch.size() > static_cast<size_t>(std::max(options.segment_bytes, 0))) {
    return KafkaError(ErrorCode::kRecordListTooLarge,
                      StrCat("record batch of ", validated.batch.size(),
                             " bytes, segment.bytes is ", options.segment_bytes));
  }
  ASSIGN_OR_RETURN(const BatchView result, BatchView::Parse(validated.batch.span()));
  FillHeaderFields(result, validated);
  validated.max_timestamp = result.max_timestamp();
  if (options.timestamp_type == TimestampType::kLogAppendTime) {
    validated.log_append_time = options.now;
  } else {
    validated.max_timestamp_offset_delta = walk.max_timestamp_index();
  }
  return validated;
}

}  // namespace penstock
