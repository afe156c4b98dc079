#include "client/consumer_config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "client/config_parser.h"

namespace penstock {
namespace {

std::string ErrorOf(const ConfigMap& given) {
  const auto config = ConsumerConfig::Parse(given);
  if (config.ok()) return "";
  EXPECT_EQ(ErrorCodeOf(config.status()), ErrorCode::kInvalidConfig);
  EXPECT_TRUE(DetailOf(config.status(), kConfigDetail).has_value());
  return std::string(MessageOf(config.status()));
}

TEST(ConsumerConfigTest, HasKafkasDefaults) {
  const auto config = ConsumerConfig::Parse({});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(*config, ConsumerConfig());
  EXPECT_EQ(config->auto_offset_reset.kind, OffsetReset::Kind::kLatest);
  EXPECT_FALSE(config->read_committed);
  EXPECT_TRUE(config->check_crcs);
  EXPECT_EQ(config->fetch_bytes_max, 52428800);
  EXPECT_EQ(config->partition_fetch_bytes_max, 1048576);
  EXPECT_EQ(config->fetch_wait_max, Milliseconds(500));
}

TEST(ConsumerConfigTest, KeepsItsRowsInTheOrderOfTheirNames) {
  EXPECT_TRUE(std::ranges::is_sorted(ConsumerConfig::Rows(), {}, &ConfigDef::name));
}

TEST(ConsumerConfigTest, ReadsEveryConfig) {
  const auto config = ConsumerConfig::Parse({{"auto.offset.reset", "by_duration:PT1H"},
                                             {"check.crcs", "false"},
                                             {"default.api.timeout.ms", "7000"},
                                             {"fetch.max.bytes", "1000000"},
                                             {"fetch.max.wait.ms", "50"},
                                             {"fetch.min.bytes", "100"},
                                             {"isolation.level", "read_committed"},
                                             {"max.partition.fetch.bytes", "20000"},
                                             {"request.timeout.ms", "5000"},
                                             {"retry.backoff.max.ms", "80"},
                                             {"retry.backoff.ms", "40"}});
  ASSERT_TRUE(config.ok()) << config.status();
  const OffsetReset an_hour_ago{.kind = OffsetReset::Kind::kByDuration,
                                .age = std::chrono::hours(1)};
  const ConsumerConfig expected{.auto_offset_reset = an_hour_ago,
                                .read_committed = true,
                                .check_crcs = false,
                                .fetch_bytes_min = 100,
                                .fetch_wait_max = Milliseconds(50),
                                .fetch_bytes_max = 1'000'000,
                                .partition_fetch_bytes_max = 20'000,
                                .request_timeout = Milliseconds(5'000),
                                .default_api_timeout = Milliseconds(7'000),
                                .retry_backoff = Milliseconds(40),
                                .retry_backoff_max = Milliseconds(80)};
  EXPECT_EQ(*config, expected);
}

TEST(ConsumerConfigTest, RefusesInKafkasWords) {
  EXPECT_EQ(ErrorOf({{"auto.offset.reset", "smallest"}}),
            "Invalid value smallest for configuration auto.offset.reset: Invalid value `smallest` "
            "for configuration auto.offset.reset. The value must be either 'earliest', 'latest', "
            "'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'.");
  EXPECT_EQ(ErrorOf({{"fetch.min.bytes", "-1"}}),
            "Invalid value -1 for configuration fetch.min.bytes: Value must be at least 0");
  EXPECT_NE(ErrorOf({{"isolation.level", "serializable"}}), "");
  EXPECT_EQ(ErrorOf({{"auto.offset.rest", "latest"}}),
            "Unknown configuration 'auto.offset.rest', did you mean 'auto.offset.reset'?");
}

}  // namespace
}  // namespace penstock
