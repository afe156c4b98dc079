// How a producer works: Kafka's configs with Kafka's defaults, as one typed struct. The names of
// the configs stand beside the fields.
#pragma once

#include <cstdint>
#include <span>

#include "base/status.h"
#include "base/time.h"
#include "config/config_def.h"
#include "record/codec.h"

namespace penstock {

// Who has a record when it counts as delivered. The numbers are those of the protocol.
enum class Acks : int16_t {
  kAll = -1,   // every replica that is in sync
  kNone = 0,   // nobody says: lost records are not noticed, and their offsets are not known
  kLeader = 1  // the leader
};

struct ProducerConfig {
  // Reliability
  Acks acks = Acks::kAll;          // acks
  bool enable_idempotence = true;  // enable.idempotence: each record once, in order, also when sent
                                   // again; needs acks=all and retries
  int32_t retries = INT32_MAX;     // retries
  int32_t max_in_flight = 5;       // max.in.flight.requests.per.connection
  // From the append of a record to its result, whatever happens.
  Duration delivery_timeout = Milliseconds(120'000);  // delivery.timeout.ms
  Duration request_timeout = Milliseconds(30'000);    // request.timeout.ms
  Duration retry_backoff = Milliseconds(100);         // retry.backoff.ms
  Duration retry_backoff_max = Milliseconds(1'000);   // retry.backoff.max.ms

  // Batching
  Duration linger = Milliseconds(5);          // linger.ms
  int32_t batch_bytes = 16 * 1024;            // batch.size, before compression
  int32_t request_bytes_max = 1024 * 1024;    // max.request.size
  int64_t buffer_bytes = 32 * 1024 * 1024;    // buffer.memory
  Duration block_max = Milliseconds(60'000);  // max.block.ms
  Compression compression;                    // compression.type, compression.CODEC.level

  // Partitions
  bool ignore_keys = false;  // partitioner.ignore.keys

  // Kafka's rules across configs hold here too: idempotence is turned off where acks or retries
  // were given that exclude it, and an error where it was asked for by name; delivery.timeout.ms is
  // at least linger.ms + request.timeout.ms.
  //   INVALID_CONFIG: the message names the config, the value and what is allowed.
  static StatusOr<ProducerConfig> Parse(const ConfigMap& given);
  // The configs that Parse knows, by name.
  static std::span<const ConfigDef> Rows();

  bool operator==(const ProducerConfig&) const = default;
};

}  // namespace penstock
