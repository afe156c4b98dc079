#include "config/config_value.h"

#include <gtest/gtest.h>

#include "config/config_table.h"

namespace penstock {
namespace {

// The normal form, or the error.
std::string Set(std::string_view name, std::string_view text) {
  const ConfigDef* def = FindConfig(ConfigScope::kTopic, name);
  EXPECT_NE(def, nullptr) << name;
  const StatusOr<std::string> value = NormalizeConfigValue(*def, text);
  if (value.ok()) return *value;
  EXPECT_EQ(ErrorCodeOf(value.status()), ErrorCode::kInvalidConfig);
  return std::string(MessageOf(value.status()));
}

TEST(ConfigValueTest, NumbersAreTrimmedAndHeldToTheirTypeAndRange) {
  EXPECT_EQ(Set("retention.ms", " 1000\t"), "1000");
  EXPECT_EQ(Set("retention.ms", "+7"), "7");
  EXPECT_EQ(Set("retention.ms", "-2"),
            "Invalid value -2 for configuration retention.ms: Value must be at least -1");
  EXPECT_EQ(Set("retention.ms", "1 week"),
            "Invalid value 1 week for configuration retention.ms: Not a number of type LONG");
  EXPECT_EQ(Set("retention.ms", ""),
            "Invalid value  for configuration retention.ms: Not a number of type LONG");
  EXPECT_EQ(Set("segment.bytes", "2147483648"),
            "Invalid value 2147483648 for configuration segment.bytes: Not a number of type INT");
  EXPECT_EQ(Set("segment.bytes", "1048575"),
            "Invalid value 1048575 for configuration segment.bytes: Value must be at least "
            "1048576");
  EXPECT_EQ(Set("compression.zstd.level", "23"),
            "Invalid value 23 for configuration compression.zstd.level: Value must be no more "
            "than 22");
}

TEST(ConfigValueTest, GzipLevelsHaveAHole) {
  EXPECT_EQ(Set("compression.gzip.level", "-1"), "-1");
  EXPECT_EQ(Set("compression.gzip.level", "9"), "9");
  EXPECT_EQ(Set("compression.gzip.level", "0"),
            "Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and "
            "9 or equal to -1");
}

TEST(ConfigValueTest, DoublesPrintAsInJava) {
  EXPECT_EQ(Set("min.cleanable.dirty.ratio", "1"), "1.0");
  EXPECT_EQ(Set("min.cleanable.dirty.ratio", ".25"), "0.25");
  EXPECT_EQ(Set("min.cleanable.dirty.ratio", "1.5"),
            "Invalid value 1.5 for configuration min.cleanable.dirty.ratio: Value must be no more "
            "than 1");
  EXPECT_NE(Set("min.cleanable.dirty.ratio", "nan"), "nan");
}

TEST(ConfigValueTest, BooleansIgnoreCase) {
  EXPECT_EQ(Set("preallocate", " TRUE "), "true");
  EXPECT_EQ(Set("preallocate", "False"), "false");
  EXPECT_EQ(Set("preallocate", "yes"),
            "Invalid value yes for configuration preallocate: Expected value to be either true or "
            "false");
}

TEST(ConfigValueTest, AListHasNoDuplicatesAndMayBeEmpty) {
  EXPECT_EQ(Set("cleanup.policy", "compact , delete"), "compact,delete");
  EXPECT_EQ(Set("cleanup.policy", ""), "");
  EXPECT_EQ(Set("cleanup.policy", "delete,delete"),
            "Configuration 'cleanup.policy' values must not be duplicated.");
  EXPECT_EQ(Set("cleanup.policy", "delete,"),
            "Configuration 'cleanup.policy' values must not be empty.");
  EXPECT_EQ(Set("cleanup.policy", "keep"),
            "Invalid value keep for configuration cleanup.policy: String must be one of: compact, "
            "delete");
}

TEST(ConfigValueTest, AStringIsOneOfItsChoices) {
  EXPECT_EQ(Set("compression.type", "lz4"), "lz4");
  EXPECT_EQ(Set("compression.type", "brotli"),
            "Invalid value brotli for configuration compression.type: String must be one of: "
            "uncompressed, zstd, lz4, snappy, gzip, producer");
  EXPECT_EQ(Set("ack.durability", "cache"), "cache");
}

TEST(ConfigValueTest, ThrottledReplicasAreAStarOrPairs) {
  const std::string_view name = "leader.replication.throttled.replicas";
  EXPECT_EQ(Set(name, "*"), "*");
  EXPECT_EQ(Set(name, "0:1, 2:3"), "0:1,2:3");
  EXPECT_NE(Set(name, "0:1,*").find("must be the literal '*'"), std::string::npos);
  EXPECT_NE(Set(name, "0-1").find("must be the literal '*'"), std::string::npos);
}

}  // namespace
}  // namespace penstock
