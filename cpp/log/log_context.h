// What all logs of one log directory share: the ports, limits, open files, the memory of recent
// appends, counters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/log.h"
#include "log/group_sync.h"
#include "log/log_types.h"
#include "log/segment_cache.h"
#include "log/tail_cache.h"
#include "runtime/clock.h"
#include "runtime/condition.h"
#include "runtime/executor.h"
#include "runtime/files.h"
#include "runtime/random.h"
#include "runtime/task_group.h"
#include "runtime/timers.h"

namespace penstock {

struct LogLimits {
  size_t open_segments_max = 1024;                  // descriptors of .log files
  size_t index_bytes_max = size_t{16} << 20;        // indexes of sealed segments kept in memory
  size_t tail_bytes_max = size_t{64} << 20;         // recent appends kept in memory
  int64_t unwritten_bytes_max = int64_t{64} << 20;  // appended, and not in the files yet
  int64_t writeback_bytes = int64_t{8} << 20;       // written between two StartWriteback
  int64_t reserve_from_bytes = int64_t{1} << 20;    // a segment of this size reserves blocks ahead
  int64_t reserve_bytes = int64_t{8} << 20;         // at most so many at a time
  int64_t recovery_bytes_max = int64_t{64}
                               << 20;  // a log asks for a checkpoint after so many bytes
};

struct LogPorts {
  Clock& clock;
  Executor& executor;
  Timers& timers;
  Files& files;
  Random& random;
  Logger logger;
};

struct LogContext {
  LogContext(LogPorts log_ports, const LogLimits& log_limits)
      : ports(std::move(log_ports)),
        limits(log_limits),
        segment_cache(log_limits.open_segments_max, log_limits.index_bytes_max),
        tail_budget(log_limits.tail_bytes_max),
        room(ports.executor),
        checkpoint_wanted(ports.executor),
        group_sync(ports.executor, ports.files),
        high_watermarks_moved(ports.executor) {}

  void NoteHighWatermark() {
    if (high_watermarks_are_saved) high_watermarks_moved.NotifyAll();
    high_watermarks_are_saved = false;
  }

  LogPorts ports;
  LogLimits limits;
  LogCounters counters;
  SegmentCache segment_cache;
  TailBudget tail_budget;
  int64_t unwritten_bytes = 0;  // of all logs
  Condition room;               // unwritten_bytes has come down to its limit, or a log has ended
  Condition checkpoint_wanted;  // a log has grown by recovery_bytes_max since its last checkpoint
  GroupSync group_sync;
  bool high_watermarks_are_saved = false;  // the checkpoint says what they are, or is about to
  Condition high_watermarks_moved;
  // Saves every log's start offset; durable when it is done. Set by the manager.
  std::function<Task<Status>()> save_log_start_offsets;
  TaskGroup* background = nullptr;  // the manager's, whose tasks may outlive a log
};

}  // namespace penstock
