// What a leader checks before it appends what a client produced to one partition, and what it
// changes in it.
//
// Offsets and the leader epoch are not set here: that is PatchBaseOffset and PatchLeaderEpoch, at
// the append.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"
#include "record/batch_view.h"
#include "record/codec.h"
#include "record/record_iterator.h"

namespace penstock {

struct ValidationOptions {
  // The wall clock, for timestamp limits and for the time of append.
  TimestampMs now{0};
  // message.timestamp.type, message.timestamp.before.max.ms, message.timestamp.after.max.ms.
  TimestampType timestamp_type = TimestampType::kCreateTime;
  int64_t timestamp_before_max_ms = std::numeric_limits<int64_t>::max();
  int64_t timestamp_after_max_ms = 3'600'000;
  // max.message.bytes and segment.bytes.
  int32_t max_message_bytes = 1'048'588;
  int32_t segment_bytes = 1 << 30;
  // compression.type with its level; nothing for "producer".
  std::optional<Compression> target_compression;
  // cleanup.policy has "compact": every record needs a key.
  bool is_compacted = false;
  // Limit of a batch's records after decompression.
  size_t decompressed_bytes_max = size_t{256} << 20;
  // False: the bytes belong to somebody else too, and a batch that must change is changed in a
  // copy.
  bool may_patch_input = true;
};

// One refused record; batch_index counts from 0 in the batch.
struct RecordError {
  int32_t batch_index = 0;
  std::string message;
};

// Memory that calls share one after the other, and the records that the last call refused.
struct ValidationScratch {
  RecordScratch records;
  std::vector<RecordError> record_errors;
};

struct ValidatedBatch {
  // The whole batch: the bytes of the request, or a new batch when it was rebuilt.
  Slice batch;
  int32_t records_count = 0;
  TimestampMs max_timestamp = kNoTimestamp;
  // Of the first record that has max_timestamp; 0 when the time is that of append.
  int32_t max_timestamp_offset_delta = 0;
  // `now` of the options for kLogAppendTime, else kNoTimestamp: what the produce response says.
  TimestampMs log_append_time = kNoTimestamp;
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  Sequence base_sequence = kNoSequence;
  Sequence last_sequence = kNoSequence;
  bool is_transactional = false;
  // As it will be on disk; the codec that the client used is source_codec.
  Codec codec = Codec::kNone;
  Codec source_codec = Codec::kNone;
  // True if records were decoded and written anew.
  bool was_rebuilt = false;
};

// The first look at a partition's records, before the append: exactly one batch of magic 2. Gives
// the codec for the caller's check of old Produce versions. INVALID_RECORD: no whole batch, more
// than one, or magic 0 or 1. CORRUPT_MESSAGE: a length or magic that no batch has.
// UNSUPPORTED_COMPRESSION_TYPE: codec bits that name none.
StatusOr<Codec> CodecOfProducedRecords(std::span<const uint8_t> records);

// Checks `records` (the records field of one partition of a Produce request) and gives what is to
// be appended. INVALID_RECORD, CORRUPT_MESSAGE, MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE,
// INVALID_TIMESTAMP, UNSUPPORTED_COMPRESSION_TYPE. When single records were refused,
// scratch.record_errors lists them.
StatusOr<ValidatedBatch> ValidateProduceBatch(Slice records, const ValidationOptions& options,
                                              ValidationScratch& scratch);

}  // namespace penstock
