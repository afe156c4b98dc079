#include "client/producer_config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace penstock {
namespace {

std::string ErrorOf(const ConfigMap& given) {
  const auto config = ProducerConfig::Parse(given);
  if (config.ok()) return "";
  EXPECT_EQ(ErrorCodeOf(config.status()), ErrorCode::kInvalidConfig);
  return std::string(MessageOf(config.status()));
}

TEST(ProducerConfigTest, HasKafkasDefaults) {
  const auto config = ProducerConfig::Parse({});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(*config, ProducerConfig());
  EXPECT_EQ(config->acks, Acks::kAll);
  EXPECT_TRUE(config->enable_idempotence);
  EXPECT_EQ(config->linger, Milliseconds(5));
  EXPECT_EQ(config->buffer_bytes, 33554432);
}

TEST(ProducerConfigTest, KeepsItsRowsInTheOrderOfTheirNames) {
  EXPECT_TRUE(std::ranges::is_sorted(ProducerConfig::Rows(), {}, &ConfigDef::name));
}

TEST(ProducerConfigTest, ReadsEveryConfig) {
  const auto config = ProducerConfig::Parse({{"acks", "1"},
                                             {"batch.size", "1000"},
                                             {"buffer.memory", "5000000000"},
                                             {"compression.type", "zstd"},
                                             {"compression.zstd.level", "-7"},
                                             {"delivery.timeout.ms", "2000"},
                                             {"enable.idempotence", "false"},
                                             {"linger.ms", "20"},
                                             {"max.block.ms", "30"},
                                             {"max.in.flight.requests.per.connection", "9"},
                                             {"max.request.size", "4000"},
                                             {"partitioner.ignore.keys", "true"},
                                             {"request.timeout.ms", "500"},
                                             {"retries", "7"},
                                             {"retry.backoff.max.ms", "80"},
                                             {"retry.backoff.ms", "40"}});
  ASSERT_TRUE(config.ok()) << config.status();
  const ProducerConfig expected{.acks = Acks::kLeader,
                                .enable_idempotence = false,
                                .retries = 7,
                                .max_in_flight = 9,
                                .delivery_timeout = Milliseconds(2000),
                                .request_timeout = Milliseconds(500),
                                .retry_backoff = Milliseconds(40),
                                .retry_backoff_max = Milliseconds(80),
                                .linger = Milliseconds(20),
                                .batch_bytes = 1000,
                                .request_bytes_max = 4000,
                                .buffer_bytes = 5'000'000'000,
                                .block_max = Milliseconds(30),
                                .compression = {Codec::kZstd, -7},
                                .ignore_keys = true};
  EXPECT_EQ(*config, expected);
}

TEST(ProducerConfigTest, TakesTheLevelOfTheCodecThatIsUsed) {
  const auto gzip =
      ProducerConfig::Parse({{"compression.type", "gzip"}, {"compression.lz4.level", "4"}});
  ASSERT_TRUE(gzip.ok()) << gzip.status();
  EXPECT_EQ(gzip->compression, (Compression{Codec::kGzip, -1}));
  const auto snappy = ProducerConfig::Parse({{"compression.type", "snappy"}});
  ASSERT_TRUE(snappy.ok()) << snappy.status();
  EXPECT_EQ(snappy->compression, Compression::Of(Codec::kSnappy));
}

TEST(ProducerConfigTest, TurnsIdempotenceOffWhereItCannotBe) {
  for (const ConfigMap& given :
       {ConfigMap{{"acks", "1"}}, ConfigMap{{"acks", "0"}}, ConfigMap{{"retries", "0"}}}) {
    const auto config = ProducerConfig::Parse(given);
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_FALSE(config->enable_idempotence);
  }
}

TEST(ProducerConfigTest, RefusesIdempotenceThatWasAskedForAndCannotBe) {
  EXPECT_EQ(ErrorOf({{"acks", "1"}, {"enable.idempotence", "true"}}),
            "Must set acks to all in order to use the idempotent producer. Otherwise we cannot "
            "guarantee idempotence.");
  EXPECT_EQ(ErrorOf({{"retries", "0"}, {"enable.idempotence", "true"}}),
            "Must set retries to non-zero when using the idempotent producer.");
  EXPECT_EQ(ErrorOf({{"max.in.flight.requests.per.connection", "6"}}),
            "To use the idempotent producer, max.in.flight.requests.per.connection must be set to "
            "at most 5. Current value is 6.");
}

TEST(ProducerConfigTest, LeavesTimeForARequestWithinTheDelivery) {
  EXPECT_EQ(ErrorOf({{"delivery.timeout.ms", "30004"}}),
            "delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms");
  const auto config = ProducerConfig::Parse({{"linger.ms", "100000"}});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->delivery_timeout, Milliseconds(130'000));
}

TEST(ProducerConfigTest, NamesTheConfigThatIsWrong) {
  EXPECT_EQ(ErrorOf({{"acks", "2"}}),
            "Invalid value 2 for configuration acks: String must be one of: all, -1, 0, 1");
  EXPECT_EQ(ErrorOf({{"linger.ms", "-1"}}),
            "Invalid value -1 for configuration linger.ms: Value must be at least 0");
  EXPECT_EQ(ErrorOf({{"batch.size", "16k"}}),
            "Invalid value 16k for configuration batch.size: Not a number of type INT");
  EXPECT_EQ(ErrorOf({{"compresion.type", "zstd"}}),
            "Unknown configuration 'compresion.type', did you mean 'compression.type'?");
}

}  // namespace
}  // namespace penstock
