// Told by a log when more of it has reached the file or the disk. Called from the log's shard; it
// must not call back into the log's mutating operations, only read its offsets and wake whoever
// waits.
#pragma once

#include "base/ids.h"
#include "base/status.h"

namespace penstock {

class Log;

class LogObserver {
 public:
  virtual ~LogObserver() = default;
  virtual void OnWritten(Log& log, Offset written_offset) = 0;
  virtual void OnDurable(Log& log, Offset durable_offset) = 0;
  // Once, when a write or a sync failed: nothing is acknowledged any more.
  virtual void OnFailed(Log& log, const Status& failure) = 0;
};

}  // namespace penstock
