// Key and value of a data record of the metadata log, and the batch that holds such records.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"
#include "record/batch_view.h"

namespace penstock {

struct RaftRecord {
  std::optional<Slice> key;
  std::optional<Slice> value;

  bool operator==(const RaftRecord&) const = default;
};

// One data batch of `records`, at least one.
StatusOr<Slice> BuildRecordBatch(Offset base_offset, LeaderEpoch epoch, TimestampMs timestamp,
                                 const std::vector<RaftRecord>& records);

// The records of a data batch, copied out of it.
StatusOr<std::vector<RaftRecord>> ReadRecordBatch(const BatchView& batch);

// Calls `visit` with each batch of `bytes`, whose CRCs are checked. DataLoss, with the position,
// where the bytes are no whole batches; errors of `visit` end the walk.
Status ForEachBatch(std::span<const uint8_t> bytes,
                    const std::function<Status(const BatchView&)>& visit);

}  // namespace penstock
