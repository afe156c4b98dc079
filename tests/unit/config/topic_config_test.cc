#include "config/topic_config.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(TopicConfigTest, TheStructsDefaultsAreTheTables) {
  const StatusOr<TopicConfig> config = ResolveTopicConfig({}, {});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_TRUE(*config == TopicConfig());
}

TEST(TopicConfigTest, OverridesAndBrokerDefaultsAreTyped) {
  ConfigLayers layers;
  layers.static_broker = {{"log.roll.hours", "2"}, {"log.ack.durability", "cache"}};
  const StatusOr<TopicConfig> config =
      ResolveTopicConfig(layers, {{"cleanup.policy", "compact"},
                                  {"compression.type", "uncompressed"},
                                  {"message.timestamp.type", "LogAppendTime"},
                                  {"internal.segment.bytes", "512"}});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->segment_ms, 7200000);
  EXPECT_EQ(config->ack_durability, TopicAckDurability::kCache);
  EXPECT_TRUE(config->cleanup_compact);
  EXPECT_FALSE(config->cleanup_delete);
  EXPECT_EQ(config->compression_type, TopicCompression::kNone);
  EXPECT_EQ(config->message_timestamp_type, TopicTimestampType::kLogAppendTime);
  EXPECT_EQ(config->segment_bytes, 512);
}

TEST(TopicConfigTest, AnOverrideThatIsNotValidIsNamed) {
  const StatusOr<TopicConfig> config = ResolveTopicConfig({}, {{"segment.ms", "0"}});
  EXPECT_EQ(MessageOf(config.status()),
            "Invalid value 0 for configuration segment.ms: Value must be at least 1");
}

}  // namespace
}  // namespace penstock
