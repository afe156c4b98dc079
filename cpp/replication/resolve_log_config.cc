#include "replication/resolve_log_config.h"

#include "config/topic_config.h"

namespace penstock {
namespace {

std::optional<Compression> CompressionOf(const TopicConfig& topic) {
  switch (topic.compression_type) {
    case TopicCompression::kProducer:
      return std::nullopt;
    case TopicCompression::kNone:
      return Compression::Of(Codec::kNone);
    case TopicCompression::kGzip:
      return Compression{Codec::kGzip, topic.compression_gzip_level};
    case TopicCompression::kSnappy:
      return Compression::Of(Codec::kSnappy);
    case TopicCompression::kLz4:
      return Compression{Codec::kLz4, topic.compression_lz4_level};
    case TopicCompression::kZstd:
      return Compression{Codec::kZstd, topic.compression_zstd_level};
  }
  return std::nullopt;
}

TimestampType TimestampTypeOf(const TopicConfig& topic) {
  return topic.message_timestamp_type == TopicTimestampType::kLogAppendTime
             ? TimestampType::kLogAppendTime
             : TimestampType::kCreateTime;
}

}  // namespace

StatusOr<LogConfig> ResolveLogConfig(const ConfigLayers& layers, const ConfigMap& topic_overrides) {
  ASSIGN_OR_RETURN(const TopicConfig topic, ResolveTopicConfig(layers, topic_overrides));
  const bool cached = topic.ack_durability == TopicAckDurability::kCache;
  return LogConfig{
      .segment_bytes = topic.segment_bytes,
      .segment_ms = topic.segment_ms,
      .segment_jitter_ms = topic.segment_jitter_ms,
      .segment_index_bytes = topic.segment_index_bytes,
      .index_interval_bytes = topic.index_interval_bytes,
      .retention_ms = topic.retention_ms,
      .retention_bytes = topic.retention_bytes,
      .cleanup_policy = {.is_delete = topic.cleanup_delete, .is_compact = topic.cleanup_compact},
      .delete_retention_ms = topic.delete_retention_ms,
      .min_compaction_lag_ms = topic.min_compaction_lag_ms,
      .max_compaction_lag_ms = topic.max_compaction_lag_ms,
      .min_cleanable_dirty_ratio = topic.min_cleanable_dirty_ratio,
      .file_delete_delay_ms = topic.file_delete_delay_ms,
      .flush_messages = topic.flush_messages,
      .flush_ms = topic.flush_ms,
      .ack_durability = cached ? LogAckDurability::kCache : LogAckDurability::kDisk,
      .min_insync_replicas = topic.min_insync_replicas,
      .unclean_leader_election_enable = topic.unclean_leader_election_enable,
      .max_message_bytes = topic.max_message_bytes,
      .message_timestamp_type = TimestampTypeOf(topic),
      .message_timestamp_before_max_ms = topic.message_timestamp_before_max_ms,
      .message_timestamp_after_max_ms = topic.message_timestamp_after_max_ms,
      .compression = CompressionOf(topic),
      .preallocate = topic.preallocate,
  };
}

}  // namespace penstock
