// Makes a record batch. Records are encoded as they come and compressed in Build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"
#include "record/batch_view.h"
#include "record/codec.h"
#include "record/record_view.h"

namespace penstock {

struct BatchOptions {
  Offset base_offset{0};
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  Compression compression;
  TimestampType timestamp_type = TimestampType::kCreateTime;
  // Only for kLogAppendTime: what max_timestamp says.
  TimestampMs log_append_time = kNoTimestamp;
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  Sequence base_sequence = kNoSequence;
  bool is_transactional = false;
  bool is_control = false;
};

// A record to be appended; everything is copied by the builder.
struct NewRecord {
  TimestampMs timestamp = kNoTimestamp;
  RecordBytes key;
  RecordBytes value;
  std::span<const RecordHeaderView> headers = {};
};

class BatchBuilder {
 public:
  explicit BatchBuilder(const BatchOptions& options);
  BatchBuilder(const BatchBuilder&) = delete;
  BatchBuilder& operator=(const BatchBuilder&) = delete;

  // Room for so many bytes before compression; only saves copies.
  void Reserve(size_t bytes) { buffer_.reserve(bytes); }

  // The record gets the next offset.
  void Append(const NewRecord& record);
  // As Append, with an offset at least as high as the next one and less than 2^31 above the base
  // offset.
  void AppendAt(Offset offset, const NewRecord& record);
  // A record of another batch with its headers as they are.
  void AppendCopy(TimestampMs timestamp, const RecordView& record);

  // Replaces the producer of the options, who is often not known before the batch is full.
  void SetProducer(ProducerId id, ProducerEpoch epoch, Sequence base_sequence);

  int32_t records_count() const { return records_count_; }
  bool empty() const { return records_count_ == 0; }
  Offset next_offset() const { return options_.base_offset + next_offset_delta_; }
  // What the batch takes without compression.
  size_t uncompressed_size_in_bytes() const { return buffer_.size(); }

  // The batch; the builder is empty afterwards and may be filled anew with the same options.
  // InvalidArgument when there is no record, or the batch would be larger than 2 GB, or the level
  // does not exist.
  StatusOr<Slice> Build();

 private:
  // Room for the parts in front of a record's headers, and the bytes behind them.
  void AppendEncoded(int32_t offset_delta, TimestampMs timestamp, const RecordBytes& key,
                     const RecordBytes& value, int32_t header_count, size_t headers_size);

  BatchOptions options_;
  std::vector<uint8_t> buffer_;
  int32_t records_count_ = 0;
  int32_t next_offset_delta_ = 0;
  TimestampMs base_timestamp_ = kNoTimestamp;
  TimestampMs max_timestamp_ = kNoTimestamp;
};

}  // namespace penstock
