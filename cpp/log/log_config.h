// The topic configs that a log obeys, under Kafka's names. A plain value; a live log takes a new
// one at any time.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "record/batch_view.h"
#include "record/codec.h"

namespace penstock {

// What an acknowledgement of acks=all waits for: the disk, or the operating system's cache.
enum class LogAckDurability : uint8_t { kDisk, kCache };

// Of cleanup.policy; none of them is "keep for ever".
struct CleanupPolicy {
  bool is_delete = true;
  bool is_compact = false;
  friend bool operator==(const CleanupPolicy&, const CleanupPolicy&) = default;
};

struct LogConfig {
  static constexpr int64_t kForever = std::numeric_limits<int64_t>::max();

  int32_t segment_bytes = 1 << 30;
  int64_t segment_ms = 7LL * 24 * 3600 * 1000;
  int64_t segment_jitter_ms = 0;
  int32_t segment_index_bytes = 10 << 20;
  int32_t index_interval_bytes = 4096;

  int64_t retention_ms = 7LL * 24 * 3600 * 1000;  // negative: no limit
  int64_t retention_bytes = -1;                   // negative: no limit
  CleanupPolicy cleanup_policy;
  int64_t delete_retention_ms = 24LL * 3600 * 1000;
  int64_t min_compaction_lag_ms = 0;
  int64_t max_compaction_lag_ms = kForever;
  double min_cleanable_dirty_ratio = 0.5;
  int64_t file_delete_delay_ms = 60'000;

  int64_t flush_messages = kForever;
  int64_t flush_ms = kForever;
  LogAckDurability ack_durability = LogAckDurability::kDisk;
  int32_t min_insync_replicas = 1;
  bool unclean_leader_election_enable = false;

  int32_t max_message_bytes = 1'048'588;
  TimestampType message_timestamp_type = TimestampType::kCreateTime;
  int64_t message_timestamp_before_max_ms = kForever;
  int64_t message_timestamp_after_max_ms = 3'600'000;
  // compression.type with the level of its codec; nothing is "producer".
  std::optional<Compression> compression;
  // New segment files get their full length at once and are trimmed when they are rolled or closed.
  bool preallocate = false;

  friend bool operator==(const LogConfig&, const LogConfig&) = default;
};

}  // namespace penstock
