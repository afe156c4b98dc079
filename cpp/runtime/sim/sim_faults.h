// What may go wrong in a simulated world. Everything is off by default: a world without faults, in
// which time still passes only when somebody waits.
#pragma once

#include "base/time.h"
#include "runtime/sim/memory_disk.h"

namespace penstock {

struct NetworkFaults {
  // Delay of each piece of a stream and of each connect: at least `min`, plus an exponential part
  // of this mean.
  Duration delay_min{0};
  Duration delay_mean{0};
  double split_probability = 0;   // a write travels in pieces, each with a delay of its own
  double refuse_probability = 0;  // of each connect
  double reset_probability =
      0;  // of each write: both sides see a reset, some bytes may have arrived
  uint64_t window_bytes = 1 << 18;  // sent and not yet read; a writer waits beyond it
  // A connect into a cut gives up after this.
  Duration connect_timeout = Milliseconds(10'000);
};

struct DiskFaults {
  // Delay of each operation.
  Duration delay_min{0};
  Duration delay_mean{0};
  // EIO, drawn from a stream of its own. After a failed sync the data is visible but will never be
  // written.
  double read_error_probability = 0;
  double write_error_probability = 0;
  double sync_error_probability = 0;
  double open_error_probability = 0;
  CrashFaults crash;
};

struct ClockFaults {
  int64_t drift_parts_per_million = 0;
  Duration wall_offset{0};
};

}  // namespace penstock
