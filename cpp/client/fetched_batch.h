// A batch of a partition as a consumer hands it out: whole, checked, and as the producer compressed
// it, so that whoever wants the records decodes them where and when it suits.
//
//   RecordScratch scratch;
//   FetchedRecords records(batch, scratch);
//   RecordView record;
//   while (records.Next(record)) Use(records.OffsetOf(record), record.value);
//   RETURN_IF_ERROR(records.status());
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"
#include "client/admin_types.h"
#include "record/batch_view.h"
#include "record/record_iterator.h"

namespace penstock {

// "topic-3", as in messages.
std::string NameOf(const TopicPartitionName& partition);
// The detail of an error that a consumer tells: the partition that it belongs to, as NameOf says.
inline constexpr std::string_view kPartitionDetail = "partition";

// What the leader said of a partition with its last answer; kNoOffset where it did not.
struct PartitionEnds {
  Offset log_start_offset = kNoOffset;
  Offset last_stable_offset = kNoOffset;
  Offset high_watermark = kNoOffset;

  bool operator==(const PartitionEnds&) const = default;
};

struct FetchedBatch {
  TopicPartitionName partition;
  // The whole batch, header included. It shares a block with other batches of the same response:
  // copies of the slice are made and dropped on the consumer's shard; another thread may read the
  // bytes while the shard holds one.
  Slice bytes;
  // Records below it were not asked for: a batch may begin before the position.
  Offset first_wanted{0};
  // The position behind the batch, also where its last records were compacted away.
  Offset next_offset{0};
  PartitionEnds ends;

  // `bytes` as a batch; they were checked before.
  BatchView view() const;
  Offset base_offset() const { return view().base_offset(); }
  LeaderEpoch leader_epoch() const { return view().leader_epoch(); }
  TimestampType timestamp_type() const { return view().timestamp_type(); }
  // Records in the batch, those below first_wanted included.
  int32_t records_count() const { return view().records_count(); }
};

// Walks the wanted records of a batch, on any thread.
class FetchedRecords {
 public:
  // The bytes and `scratch` outlive the object; one at a time uses a scratch.
  FetchedRecords(const FetchedBatch& batch, RecordScratch& scratch,
                 RecordIteratorOptions options = {})
      : first_wanted_(batch.first_wanted), records_(batch.view(), scratch, options) {}

  // Fills `record`, whose spans hold until the next call. False at the end and after an error.
  bool Next(RecordView& record) {
    while (records_.Next(record)) {
      if (records_.OffsetOf(record) >= first_wanted_) return true;
    }
    return false;
  }
  // Errors as of RecordIterator.
  const Status& status() const { return records_.status(); }

  Offset OffsetOf(const RecordView& record) const { return records_.OffsetOf(record); }
  TimestampMs TimestampOf(const RecordView& record) const { return records_.TimestampOf(record); }

 private:
  Offset first_wanted_;
  RecordIterator records_;
};

}  // namespace penstock
