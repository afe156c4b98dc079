#include "replication/validation_options.h"

#include <optional>

#include "record/codec.h"

namespace penstock {
namespace {

std::optional<Compression> CompressionOf(const TopicConfig& config) {
  switch (config.compression_type) {
    case TopicCompression::kProducer:
      return std::nullopt;
    case TopicCompression::kNone:
      return Compression::Of(Codec::kNone);
    case TopicCompression::kGzip:
      return Compression{Codec::kGzip, config.compression_gzip_level};
    case TopicCompression::kSnappy:
      return Compression::Of(Codec::kSnappy);
    case TopicCompression::kLz4:
      return Compression{Codec::kLz4, config.compression_lz4_level};
    case TopicCompression::kZstd:
      return Compression{Codec::kZstd, config.compression_zstd_level};
  }
  return std::nullopt;
}

TimestampType TimestampTypeOf(const TopicConfig& config) {
  return config.message_timestamp_type == TopicTimestampType::kLogAppendTime
             ? TimestampType::kLogAppendTime
             : TimestampType::kCreateTime;
}

}  // namespace

ValidationOptions ValidationOptionsOf(const TopicConfig& config, TimestampMs now) {
  return ValidationOptions{.now = now,
                           .timestamp_type = TimestampTypeOf(config),
                           .timestamp_before_max_ms = config.message_timestamp_before_max_ms,
                           .timestamp_after_max_ms = config.message_timestamp_after_max_ms,
                           .max_message_bytes = config.max_message_bytes,
                           .segment_bytes = config.segment_bytes,
                           .target_compression = CompressionOf(config),
                           .is_compacted = config.cleanup_compact,
                           // They may lie in the memory of a client that sends them again.
                           .may_patch_input = false};
}

}  // namespace penstock
