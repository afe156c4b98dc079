// The configs of one topic as typed values: what the log, the validator and the replica read.
// Computed when a config changes, never per request.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "base/status.h"
#include "config/config_layers.h"

namespace penstock {

enum class TopicCompression : uint8_t { kProducer, kNone, kGzip, kSnappy, kLz4, kZstd };
enum class TopicTimestampType : uint8_t { kCreateTime, kLogAppendTime };
enum class TopicAckDurability : uint8_t { kDisk, kCache };

struct TopicConfig {
  static constexpr int64_t kForever = std::numeric_limits<int64_t>::max();

  TopicAckDurability ack_durability = TopicAckDurability::kDisk;
  bool cleanup_delete = true;
  bool cleanup_compact = false;
  TopicCompression compression_type = TopicCompression::kProducer;
  int32_t compression_gzip_level = -1;
  int32_t compression_lz4_level = 9;
  int32_t compression_zstd_level = 3;
  int64_t delete_retention_ms = 86400000;
  int64_t file_delete_delay_ms = 60000;
  int64_t flush_messages = kForever;
  int64_t flush_ms = kForever;
  int32_t index_interval_bytes = 4096;
  int64_t max_compaction_lag_ms = kForever;
  int32_t max_message_bytes = 1048588;
  int64_t message_timestamp_after_max_ms = 3600000;
  int64_t message_timestamp_before_max_ms = kForever;
  TopicTimestampType message_timestamp_type = TopicTimestampType::kCreateTime;
  double min_cleanable_dirty_ratio = 0.5;
  int64_t min_compaction_lag_ms = 0;
  int32_t min_insync_replicas = 1;
  bool preallocate = false;
  bool remote_storage_enable = false;
  int64_t retention_bytes = -1;      // negative: no limit
  int64_t retention_ms = 604800000;  // negative: no limit
  int32_t segment_bytes = 1 << 30;   // internal.segment.bytes where that is set
  int32_t segment_index_bytes = 10 << 20;
  int64_t segment_jitter_ms = 0;
  int64_t segment_ms = 604800000;
  bool unclean_leader_election_enable = false;

  bool operator==(const TopicConfig&) const = default;
};

// The values that hold for a topic with these overrides. An override that cannot be parsed is an
// error that names it; broker layers fall back as in EffectiveBrokerConfig.
StatusOr<TopicConfig> ResolveTopicConfig(const ConfigLayers& layers,
                                         const ConfigMap& topic_overrides);

}  // namespace penstock
