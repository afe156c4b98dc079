// From a topic's configs to what the validator is asked for.
#include "replication/validation_options.h"

#include <gtest/gtest.h>

#include <optional>

namespace penstock {
namespace {

constexpr TimestampMs kNow{1'700'000'000'000};

ValidationOptions OptionsFor(const ConfigMap& topic) {
  const StatusOr<TopicConfig> config = ResolveTopicConfig({}, topic);
  EXPECT_TRUE(config.ok()) << config.status();
  return ValidationOptionsOf(config.ok() ? *config : TopicConfig(), kNow);
}

TEST(ValidationOptionsTest, ATopicWithoutConfigsHasTheLimitsOfTheValidator) {
  const ValidationOptions options = OptionsFor({});
  const ValidationOptions defaults;
  EXPECT_EQ(options.now, kNow);
  EXPECT_EQ(options.timestamp_type, defaults.timestamp_type);
  EXPECT_EQ(options.timestamp_before_max_ms, defaults.timestamp_before_max_ms);
  EXPECT_EQ(options.timestamp_after_max_ms, defaults.timestamp_after_max_ms);
  EXPECT_EQ(options.max_message_bytes, defaults.max_message_bytes);
  EXPECT_EQ(options.segment_bytes, defaults.segment_bytes);
  EXPECT_EQ(options.target_compression, std::nullopt);
  EXPECT_FALSE(options.is_compacted);
  EXPECT_FALSE(options.may_patch_input) << "a client in this program still holds its batch";
}

TEST(ValidationOptionsTest, EveryLimitIsTheTopics) {
  const ValidationOptions options = OptionsFor({{"message.timestamp.type", "LogAppendTime"},
                                                {"message.timestamp.before.max.ms", "11"},
                                                {"message.timestamp.after.max.ms", "12"},
                                                {"max.message.bytes", "13"},
                                                {"segment.bytes", "1048577"}});
  EXPECT_EQ(options.timestamp_type, TimestampType::kLogAppendTime);
  EXPECT_EQ(options.timestamp_before_max_ms, 11);
  EXPECT_EQ(options.timestamp_after_max_ms, 12);
  EXPECT_EQ(options.max_message_bytes, 13);
  EXPECT_EQ(options.segment_bytes, 1048577);
}

TEST(ValidationOptionsTest, EveryCodecComesWithItsLevel) {
  const ConfigMap levels = {{"compression.gzip.level", "3"},
                            {"compression.lz4.level", "4"},
                            {"compression.zstd.level", "5"}};
  const auto target = [&](const std::string& compression_type) {
    ConfigMap topic = levels;
    topic["compression.type"] = compression_type;
    return OptionsFor(topic).target_compression;
  };
  EXPECT_EQ(target("producer"), std::nullopt);
  EXPECT_EQ(target("uncompressed"), Compression::Of(Codec::kNone));
  EXPECT_EQ(target("gzip"), (Compression{Codec::kGzip, 3}));
  EXPECT_EQ(target("snappy"), Compression::Of(Codec::kSnappy));
  EXPECT_EQ(target("lz4"), (Compression{Codec::kLz4, 4}));
  EXPECT_EQ(target("zstd"), (Compression{Codec::kZstd, 5}));
}

TEST(ValidationOptionsTest, ACompactedTopicNeedsKeysAlsoIfItDeletes) {
  EXPECT_FALSE(OptionsFor({{"cleanup.policy", "delete"}}).is_compacted);
  EXPECT_TRUE(OptionsFor({{"cleanup.policy", "compact"}}).is_compacted);
  EXPECT_TRUE(OptionsFor({{"cleanup.policy", "compact,delete"}}).is_compacted);
}

}  // namespace
}  // namespace penstock
