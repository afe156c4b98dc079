// Walks what a fetch brought of one partition, a sequence of batches of which the last may be cut
// off, and finds those that are for the reader. Pure.
//
// Left out: batches and records below the position, control batches, and under read_committed what
// belongs to an aborted transaction. The position goes on past all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"
#include "record/batch_view.h"

namespace penstock {

// A transaction that was aborted, as the answer to a fetch names it.
struct AbortedRange {
  ProducerId producer_id;
  Offset first_offset;

  auto operator<=>(const AbortedRange&) const = default;
};

struct FetchedBatchesOptions {
  bool check_crcs = true;
  bool read_committed = false;
};

class FetchedBatches {
 public:
  // One batch that has records for the reader, or may have.
  struct Found {
    Slice bytes;
    Offset first_wanted;
    LeaderEpoch leader_epoch;
  };

  // `records` as they were fetched from `position` on.
  FetchedBatches(Slice records, Offset position, std::vector<AbortedRange> aborted,
                 FetchedBatchesOptions options);

  // False if nothing is left for the reader; an error that is left counts as something.
  bool has_next() const { return has_batch() || !failure_.ok(); }
  // True if Next gives a batch.
  bool has_batch() const { return next_.has_value(); }
  // Takes the next batch; only if has_next(). An error ends the walk at position():
  //   CORRUPT_MESSAGE: a wrong CRC, magic, length or offset, or a first batch that is cut off.
  //   UNSUPPORTED_FOR_MESSAGE_FORMAT: magic 0 or 1.
  StatusOr<Found> Next();

  // Where to go on: everything below was taken, or is not for the reader. Never moves back.
  Offset position() const { return position_; }
  // Epoch of the last batch below position(); kNoLeaderEpoch if there was none.
  LeaderEpoch position_epoch() const { return position_epoch_; }

  // The offset behind the last whole batch, from which the next fetch may go on while this is still
  // being read; nothing if the walk will end with an error before. Headers only are read for that.
  std::optional<Offset> end() const { return end_; }
  size_t size_in_bytes() const { return records_.size(); }

 private:
  // Reads on until a batch that is for the reader, an error, or the end.
  void Advance();
  // The batch at the front of what is left; nothing if it is cut off.
  StatusOr<std::optional<BatchView>> Front() const;
  StatusOr<bool> IsWanted(const BatchView& batch);
  // Under read_committed: whether the batch belongs to an aborted transaction.
  StatusOr<bool> IsAborted(const BatchView& batch);
  void FindEnd();

  const Slice records_;
  const FetchedBatchesOptions options_;
  size_t read_ = 0;  // bytes of records_ that were looked at
  Offset position_;
  LeaderEpoch position_epoch_ = kNoLeaderEpoch;
  std::optional<Offset> end_;
  std::vector<AbortedRange> aborted_;  // by first offset, the first one last
  std::set<ProducerId> aborting_;      // producers in an aborted transaction at this place
  std::optional<Found> next_;
  Offset behind_next_{0};
  Status failure_;
};

}  // namespace penstock
