#include "broker/node_metrics.h"

namespace penstock {

namespace {
Gauge& AddGauge(MetricsRegistry& registry, std::string_view name, std::string_view help) {
  return registry.AddGauge(
      {.name = std::string(name), .help = std::string(help), .labels = MetricLabels()});
}
}  // namespace

NodeMetrics::NodeMetrics(MetricsRegistry& registry)
    : serving_(AddGauge(registry, "serving", "1 while clients are served.")),
      partitions_(AddGauge(registry, "partitions", "Partitions of this node.")),
      fetch_sessions_(AddGauge(registry, "fetch_sessions", "Incremental fetch sessions kept.")),
      metadata_offset_(AddGauge(registry, "metadata_offset",
                                "Offset of the last metadata record that is published.")),
      request_bytes_(
          AddGauge(registry, "request_bytes_in_use", "Bytes of requests that are under way.")),
      log_bytes_appended_(AddGauge(registry, "log_bytes_appended", "Bytes appended since start.")),
      log_bytes_copied_(
          AddGauge(registry, "log_bytes_copied", "Payload bytes copied by the log since start.")),
      log_bytes_read_from_memory_(AddGauge(registry, "log_bytes_read_from_memory",
                                           "Bytes read from recent appends since start.")),
      log_bytes_read_from_files_(
          AddGauge(registry, "log_bytes_read_from_files", "Bytes read from segments since start.")),
      log_bytes_read_in_recovery_(
          AddGauge(registry, "log_bytes_read_in_recovery", "Bytes read while logs were opened.")),
      log_writes_(AddGauge(registry, "log_writes", "Gathered writes to segments since start.")),
      log_syncs_(AddGauge(registry, "log_syncs", "Syncs of segments since start.")),
      log_segments_rolled_(
          AddGauge(registry, "log_segments_rolled", "Segments begun since start.")) {}

void NodeMetrics::Set(const NodeFacts& facts) {
  serving_.Set(facts.serving ? 1 : 0);
  partitions_.Set(static_cast<int64_t>(facts.partitions));
  fetch_sessions_.Set(static_cast<int64_t>(facts.fetch_sessions));
  metadata_offset_.Set(facts.metadata_offset);
  request_bytes_.Set(static_cast<int64_t>(facts.request_bytes_in_use));
  log_bytes_appended_.Set(facts.logs.bytes_appended);
  log_bytes_copied_.Set(facts.logs.bytes_copied);
  log_bytes_read_from_memory_.Set(facts.logs.bytes_read_from_memory);
  log_bytes_read_from_files_.Set(facts.logs.bytes_read_from_files);
  log_bytes_read_in_recovery_.Set(facts.logs.bytes_read_in_recovery);
  log_writes_.Set(facts.logs.writes);
  log_syncs_.Set(facts.logs.syncs);
  log_segments_rolled_.Set(facts.logs.segments_rolled);
}

}  // namespace penstock
