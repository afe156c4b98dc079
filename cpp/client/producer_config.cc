#include "client/producer_config.h"

#include <array>
#include <string>

#include "base/check.h"
#include "base/strings.h"
#include "client/config_parser.h"

namespace penstock {
namespace {

using enum ConfigType;
using enum ConfigImportance;

constexpr ConfigValidator AtLeast(int64_t low) {
  return {.kind = ConfigValidator::Kind::kRange, .at_least = low};
}
constexpr ConfigValidator OneOf(std::string_view choices) {
  return {.kind = ConfigValidator::Kind::kOneOf, .choices = choices};
}
constexpr ConfigValidator Between(int64_t low, int64_t high) {
  return {.kind = ConfigValidator::Kind::kRange, .at_least = low, .at_most = high};
}
constexpr ConfigValidator BetweenOrMinusOne(int64_t low, int64_t high) {
  return {.kind = ConfigValidator::Kind::kRangeOrMinusOne, .at_least = low, .at_most = high};
}

constexpr int32_t kInFlightMaxOfIdempotence = 5;

constexpr auto kRows = std::to_array<ConfigDef>({
    {"acks", kString, "all", OneOf("all,-1,0,1"), kLow,
     "Who has a record when it counts as delivered: all replicas in sync, the leader, or nobody."},
    {"batch.size", kInt, "16384", AtLeast(0), kMedium,
     "Bytes of records, before compression, that make a batch full."},
    {"buffer.memory", kLong, "33554432", AtLeast(0), kHigh,
     "Bytes of records that may wait for their delivery."},
    {"compression.gzip.level", kInt, "-1", BetweenOrMinusOne(1, 9), kMedium, "Level of gzip."},
    {"compression.lz4.level", kInt, "9", Between(1, 17), kMedium, "Level of lz4."},
    {"compression.type", kString, "none", OneOf("none,gzip,snappy,lz4,zstd"), kHigh,
     "The codec of all batches."},
    {"compression.zstd.level", kInt, "3", Between(-131072, 22), kMedium, "Level of zstd."},
    {"delivery.timeout.ms", kInt, "120000", AtLeast(0), kMedium,
     "From the append of a record to its result, whatever happens."},
    {"enable.idempotence",
     kBoolean,
     "true",
     {},
     kLow,
     "Each record is written once and in order, also when it is sent again."},
    {"linger.ms", kLong, "5", AtLeast(0), kMedium,
     "How long a batch waits for further records before it is sent."},
    {"max.block.ms", kLong, "60000", AtLeast(0), kMedium,
     "How long an append waits for metadata and for memory."},
    {"max.in.flight.requests.per.connection", kInt, "5", AtLeast(1), kLow,
     "Requests that are sent to a broker before the first of them is answered."},
    {"max.request.size", kInt, "1048576", AtLeast(0), kMedium,
     "Bytes of the largest record, before compression, and of the batches of one request."},
    {"partitioner.ignore.keys",
     kBoolean,
     "false",
     {},
     kMedium,
     "Choose partitions as if records had no keys."},
    {"request.timeout.ms", kInt, "30000", AtLeast(0), kMedium,
     "How long the answer to a request is waited for."},
    {"retries", kInt, "2147483647", AtLeast(0), kHigh,
     "How often a batch is sent again after an error that may pass."},
    {"retry.backoff.max.ms", kLong, "1000", AtLeast(0), kLow, "The longest pause before a retry."},
    {"retry.backoff.ms", kLong, "100", AtLeast(0), kLow, "The pause before the first retry."},
});

Acks AcksOf(std::string_view text) {
  if (text == "0") return Acks::kNone;
  if (text == "1") return Acks::kLeader;
  return Acks::kAll;
}

Compression CompressionOf(const ParsedConfigs& parsed) {
  const std::string& name = parsed.Text("compression.type");
  const auto codec = CodecOfName(name);
  CHECK(codec.has_value());
  Compression compression = Compression::Of(*codec);
  if (*codec == Codec::kGzip || *codec == Codec::kLz4 || *codec == Codec::kZstd) {
    compression.level = parsed.Int32(StrCat("compression.", name, ".level"));
  }
  return compression;
}

Status Contradiction(std::string_view message) {
  return KafkaError(ErrorCode::kInvalidConfig, message);
}

Status SettleIdempotence(const ParsedConfigs& parsed, ProducerConfig& config) {
  if (!config.enable_idempotence) return OkStatus();
  const bool asked_for = parsed.given("enable.idempotence");
  if (config.retries == 0 && asked_for) {
    return Contradiction("Must set retries to non-zero when using the idempotent producer.");
  }
  if (config.acks != Acks::kAll && asked_for) {
    return Contradiction(
        "Must set acks to all in order to use the idempotent producer. Otherwise we cannot "
        "guarantee idempotence.");
  }
  if (config.max_in_flight > kInFlightMaxOfIdempotence) {
    return Contradiction(StrCat(
        "To use the idempotent producer, max.in.flight.requests.per.connection must be set to at "
        "most 5. Current value is ",
        config.max_in_flight, "."));
  }
  config.enable_idempotence = config.retries > 0 && config.acks == Acks::kAll;
  return OkStatus();
}

Status SettleDeliveryTimeout(const ParsedConfigs& parsed, ProducerConfig& config) {
  const Duration needed = config.linger + config.request_timeout;
  if (config.delivery_timeout >= needed) return OkStatus();
  if (parsed.given("delivery.timeout.ms")) {
    return Contradiction(
        "delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms");
  }
  config.delivery_timeout = needed;
  return OkStatus();
}

}  // namespace

std::span<const ConfigDef> ProducerConfig::Rows() { return kRows; }

StatusOr<ProducerConfig> ProducerConfig::Parse(const ConfigMap& given) {
  ASSIGN_OR_RETURN(const ParsedConfigs parsed, ParsedConfigs::Parse(kRows, given));
  ProducerConfig config;
  config.acks = AcksOf(parsed.Text("acks"));
  config.enable_idempotence = parsed.Bool("enable.idempotence");
  config.retries = parsed.Int32("retries");
  config.max_in_flight = parsed.Int32("max.in.flight.requests.per.connection");
  config.delivery_timeout = parsed.Time("delivery.timeout.ms");
  config.request_timeout = parsed.Time("request.timeout.ms");
  config.retry_backoff = parsed.Time("retry.backoff.ms");
  config.retry_backoff_max = parsed.Time("retry.backoff.max.ms");
  config.linger = parsed.Time("linger.ms");
  config.batch_bytes = parsed.Int32("batch.size");
  config.request_bytes_max = parsed.Int32("max.request.size");
  config.buffer_bytes = parsed.Int64("buffer.memory");
  config.block_max = parsed.Time("max.block.ms");
  config.compression = CompressionOf(parsed);
  config.ignore_keys = parsed.Bool("partitioner.ignore.keys");
  RETURN_IF_ERROR(SettleIdempotence(parsed, config));
  RETURN_IF_ERROR(SettleDeliveryTimeout(parsed, config));
  return config;
}

}  // namespace penstock
