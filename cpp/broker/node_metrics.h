// Gauges of the node that are read when somebody asks for the metrics, not kept up to date.
#pragma once

#include "base/metrics.h"
#include "log/log_types.h"

namespace penstock {

struct NodeFacts {
  bool serving = false;
  size_t partitions = 0;
  size_t fetch_sessions = 0;
  int64_t metadata_offset = -1;
  uint64_t request_bytes_in_use = 0;
  LogCounters logs;
};

class NodeMetrics {
 public:
  // `registry` outlives it.
  explicit NodeMetrics(MetricsRegistry& registry);

  void Set(const NodeFacts& facts);

 private:
  Gauge& serving_;
  Gauge& partitions_;
  Gauge& fetch_sessions_;
  Gauge& metadata_offset_;
  Gauge& request_bytes_;
  Gauge& log_bytes_appended_;
  Gauge& log_bytes_copied_;
  Gauge& log_bytes_read_from_memory_;
  Gauge& log_bytes_read_from_files_;
  Gauge& log_bytes_read_in_recovery_;
  Gauge& log_writes_;
  Gauge& log_syncs_;
  Gauge& log_segments_rolled_;
};

}  // namespace penstock
