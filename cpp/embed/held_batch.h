// A fetched batch that a thread of the program may keep: its bytes are its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "client/admin_types.h"
#include "record/batch_view.h"

namespace penstock {

struct HeldBatch {
  TopicPartitionName partition;
  std::vector<uint8_t> bytes;  // the whole batch, as the producer compressed it; checked
  Offset first_wanted{0};      // records below it were not asked for
  Offset next_offset{0};       // the position behind it
  Offset high_watermark = kNoOffset;

  BatchView view() const { return *BatchView::Parse(bytes); }
};

}  // namespace penstock
