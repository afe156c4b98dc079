// From the layers of configs to what a log runs with.
#include "replication/resolve_log_config.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

LogConfig Resolve(const ConfigMap& topic, const ConfigLayers& layers = {}) {
  const auto resolved = ResolveLogConfig(layers, topic);
  EXPECT_TRUE(resolved.ok()) << resolved.status();
  return resolved.ok() ? *resolved : LogConfig();
}

TEST(ResolveLogConfigTest, HasTheDefaultsOfALog) { EXPECT_EQ(Resolve({}), LogConfig()); }

TEST(ResolveLogConfigTest, TopicsGoBeforeTheBroker) {
  ConfigLayers layers;
  layers.static_broker = {{"log.retention.ms", "1000"}, {"log.segment.bytes", "2000000"}};
  const LogConfig config = Resolve({{"retention.ms", "5"}}, layers);
  EXPECT_EQ(config.retention_ms, 5);
  EXPECT_EQ(config.segment_bytes, 2000000);
}

TEST(ResolveLogConfigTest, TranslatesWhatTheLogNamesItsOwnWay) {
  const LogConfig config = Resolve({{"ack.durability", "cache"},
                                    {"cleanup.policy", "compact,delete"},
                                    {"message.timestamp.type", "LogAppendTime"},
                                    {"compression.type", "gzip"},
                                    {"compression.gzip.level", "3"}});
  EXPECT_EQ(config.ack_durability, LogAckDurability::kCache);
  EXPECT_TRUE(config.cleanup_policy.is_compact && config.cleanup_policy.is_delete);
  EXPECT_EQ(config.message_timestamp_type, TimestampType::kLogAppendTime);
  ASSERT_TRUE(config.compression.has_value());
  EXPECT_EQ(config.compression->codec, Codec::kGzip);
  EXPECT_EQ(config.compression->level, 3);
  EXPECT_FALSE(Resolve({{"compression.type", "producer"}}).compression.has_value());
  EXPECT_EQ(Resolve({{"compression.type", "uncompressed"}}).compression->codec, Codec::kNone);
}

TEST(ResolveLogConfigTest, NamesAnOverrideThatItCannotRead) {
  const auto resolved = ResolveLogConfig({}, {{"retention.ms", "soon"}});
  ASSERT_FALSE(resolved.ok());
  EXPECT_NE(MessageOf(resolved.status()).find("retention.ms"), std::string_view::npos);
}

}  // namespace
}  // namespace penstock
