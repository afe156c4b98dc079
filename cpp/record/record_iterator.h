// Walks the records of a batch, compressed or not, one by one. A compressed body is read as a
// stream through a window that grows only to the size of the largest record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "record/batch_view.h"
#include "record/compression.h"
#include "record/record_view.h"

namespace penstock {

// What an iterator needs for compressed batches; may be shared by many iterators one after the
// other.
struct RecordScratch {
  Decompressor decompressor;
  std::vector<uint8_t> window;
};

struct RecordIteratorOptions {
  // Limit of the body after decompression.
  size_t body_bytes_max = size_t{1} << 30;
};

//   RecordScratch scratch;
//   RecordIterator records(batch, scratch);
//   RecordView record;
//   while (records.Next(record)) Use(records.OffsetOf(record), record.value);
//   RETURN_IF_ERROR(records.status());
class RecordIterator {
 public:
  // The batch's bytes and `scratch` must outlive the iterator; one iterator at a time uses a
  // scratch.
  RecordIterator(const BatchView& batch, RecordScratch& scratch,
                 RecordIteratorOptions options = {});
  RecordIterator(const RecordIterator&) = delete;
  RecordIterator& operator=(const RecordIterator&) = delete;

  // Fills `record`, whose spans hold until the next call. False at the end and after an error;
  // status() tells.
  bool Next(RecordView& record);
  // INVALID_RECORD: broken records, more or fewer of them than the header says, bytes after the
  // last, an unknown codec. MESSAGE_TOO_LARGE: the body is larger than the limit.
  const Status& status() const { return status_; }

  Offset OffsetOf(const RecordView& record) const { return base_offset_ + record.offset_delta; }
  // The time of append where the batch has it, else the record's own.
  TimestampMs TimestampOf(const RecordView& record) const;

 private:
  bool Fail(Status status);
  // Makes at least `size` bytes lie in [position_, end_), or all that are left.
  Status Fill(size_t size);
  bool CheckNothingLeft();

  RecordScratch& scratch_;
  Offset base_offset_;
  TimestampMs base_timestamp_;
  TimestampMs log_append_time_;
  bool has_log_append_time_;
  bool compressed_;
  bool stream_ended_ = false;
  int32_t records_left_;
  const uint8_t* position_ = nullptr;
  const uint8_t* end_ = nullptr;
  Status status_;
};

}  // namespace penstock
