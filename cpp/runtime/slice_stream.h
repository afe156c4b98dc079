// What a connection can do whose two ends live in this memory: hand over the slices that the peer
// sent, without a copy. Found by dynamic_cast; a connection that cannot is read with Read.
#pragma once

#include "base/slice.h"
#include "base/status.h"
#include "runtime/task.h"

namespace penstock {

class SliceStream {
 public:
  virtual ~SliceStream() = default;
  // The next slice as it was sent: shared with the peer, not to be written to. Empty when the peer
  // has closed its side. In the place of Connection::Read, one at a time.
  virtual Task<StatusOr<Slice>> Receive() = 0;
};

}  // namespace penstock
