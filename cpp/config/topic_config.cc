#include "config/topic_config.h"

#include <string_view>
#include <utility>
#include <vector>

#include "config/config_fields.h"

namespace penstock {
namespace {

TopicCompression CompressionOf(std::string_view text) {
  static constexpr std::pair<std::string_view, TopicCompression> kNames[] = {
      {"uncompressed", TopicCompression::kNone}, {"gzip", TopicCompression::kGzip},
      {"snappy", TopicCompression::kSnappy},     {"lz4", TopicCompression::kLz4},
      {"zstd", TopicCompression::kZstd},
  };
  for (const auto& [name, compression] : kNames) {
    if (name == text) return compression;
  }
  return TopicCompression::kProducer;
}

void ReadChoices(internal::ConfigFields& fields, TopicConfig& config) {
  std::string durability = "disk";
  fields.Read("ack.durability", durability);
  config.ack_durability =
      durability == "cache" ? TopicAckDurability::kCache : TopicAckDurability::kDisk;

  std::vector<std::string> policies = {"delete"};
  fields.Read("cleanup.policy", policies);
  config.cleanup_delete = false;
  for (const std::string& policy : policies) {
    (policy == "compact" ? config.cleanup_compact : config.cleanup_delete) = true;
  }

  std::string compression = "producer";
  fields.Read("compression.type", compression);
  config.compression_type = CompressionOf(compression);

  std::string timestamp_type = "CreateTime";
  fields.Read("message.timestamp.type", timestamp_type);
  config.message_timestamp_type = timestamp_type == "LogAppendTime"
                                      ? TopicTimestampType::kLogAppendTime
                                      : TopicTimestampType::kCreateTime;
}

}  // namespace

StatusOr<TopicConfig> ResolveTopicConfig(const ConfigLayers& layers,
                                         const ConfigMap& topic_overrides) {
  internal::ConfigFields fields(ConfigScope::kTopic,
                                [&](const ConfigDef& def) -> std::optional<std::string> {
                                  // An override goes in as it is, so that one that is not valid is
                                  // reported.
                                  const auto override_text = topic_overrides.find(def.name);
                                  if (override_text != topic_overrides.end())
                                    return override_text->second;
                                  return EffectiveTopicConfig(layers, topic_overrides, def);
                                });
  TopicConfig config;
  ReadChoices(fields, config);
  fields.Read("compression.gzip.level", config.compression_gzip_level);
  fields.Read("compression.lz4.level", config.compression_lz4_level);
  fields.Read("compression.zstd.level", config.compression_zstd_level);
  fields.Read("delete.retention.ms", config.delete_retention_ms);
  fields.Read("file.delete.delay.ms", config.file_delete_delay_ms);
  fields.Read("flush.messages", config.flush_messages);
  fields.Read("flush.ms", config.flush_ms);
  fields.Read("index.interval.bytes", config.index_interval_bytes);
  fields.Read("max.compaction.lag.ms", config.max_compaction_lag_ms);
  fields.Read("max.message.bytes", config.max_message_bytes);
  fields.Read("message.timestamp.after.max.ms", config.message_timestamp_after_max_ms);
  fields.Read("message.timestamp.before.max.ms", config.message_timestamp_before_max_ms);
  fields.Read("min.cleanable.dirty.ratio", config.min_cleanable_dirty_ratio);
  fields.Read("min.compaction.lag.ms", config.min_compaction_lag_ms);
  fields.Read("min.insync.replicas", config.min_insync_replicas);
  fields.Read("preallocate", config.preallocate);
  fields.Read("remote.storage.enable", config.remote_storage_enable);
  fields.Read("retention.bytes", config.retention_bytes);
  fields.Read("retention.ms", config.retention_ms);
  fields.Read("segment.bytes", config.segment_bytes);
  fields.Read("internal.segment.bytes", config.segment_bytes);
  fields.Read("segment.index.bytes", config.segment_index_bytes);
  fields.Read("segment.jitter.ms", config.segment_jitter_ms);
  fields.Read("segment.ms", config.segment_ms);
  fields.Read("unclean.leader.election.enable", config.unclean_leader_election_enable);
  RETURN_IF_ERROR(fields.status());
  return config;
}

}  // namespace penstock
