// How a consumer works: Kafka's configs with Kafka's defaults, as one typed struct. The names of
// the configs stand beside the fields.
#pragma once

#include <cstdint>
#include <span>

#include "base/status.h"
#include "base/time.h"
#include "client/offset_reset.h"
#include "config/config_def.h"

namespace penstock {

struct ConsumerConfig {
  OffsetReset auto_offset_reset;  // auto.offset.reset
  bool read_committed = false;    // isolation.level: read_committed or read_uncommitted
  bool check_crcs = true;         // check.crcs

  // One fetch: the broker answers when there are so many bytes or when it has waited so long, with
  // at most so many bytes in all and of a partition, but always with one whole batch.
  int32_t fetch_bytes_min = 1;                      // fetch.min.bytes
  Duration fetch_wait_max = Milliseconds(500);      // fetch.max.wait.ms
  int32_t fetch_bytes_max = 50 * 1024 * 1024;       // fetch.max.bytes
  int32_t partition_fetch_bytes_max = 1024 * 1024;  // max.partition.fetch.bytes

  Duration request_timeout = Milliseconds(30'000);      // request.timeout.ms
  Duration default_api_timeout = Milliseconds(60'000);  // default.api.timeout.ms
  Duration retry_backoff = Milliseconds(100);           // retry.backoff.ms
  Duration retry_backoff_max = Milliseconds(1'000);     // retry.backoff.max.ms

  // INVALID_CONFIG: the message names the config, the value and what is allowed.
  static StatusOr<ConsumerConfig> Parse(const ConfigMap& given);
  // The configs that Parse knows, by name.
  static std::span<const ConfigDef> Rows();

  bool operator==(const ConsumerConfig&) const = default;
};

}  // namespace penstock
