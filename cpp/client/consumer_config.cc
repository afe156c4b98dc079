#include "client/consumer_config.h"

#include <array>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "client/config_parser.h"

namespace penstock {
namespace {

using enum ConfigType;
using enum ConfigImportance;

constexpr std::string_view kReadCommitted = "read_committed";

constexpr ConfigValidator AtLeast(int64_t low) {
  return {.kind = ConfigValidator::Kind::kRange, .at_least = low};
}

constexpr auto kRows = std::to_array<ConfigDef>({
    {"auto.offset.reset",
     kString,
     "latest",
     {},
     kMedium,
     "Where to begin when there is no position: earliest, latest, none (an error), or "
     "by_duration:PnDTnHnMn.nS."},
    {"check.crcs",
     kBoolean,
     "true",
     {},
     kLow,
     "Hold every batch against its CRC before it is handed out."},
    {"default.api.timeout.ms", kInt, "60000", AtLeast(0), kMedium,
     "How long a call waits that is not told how long."},
    {"fetch.max.bytes", kInt, "52428800", AtLeast(0), kMedium,
     "Bytes of one answer to a fetch, and about what is read ahead of each broker."},
    {"fetch.max.wait.ms", kInt, "500", AtLeast(0), kLow,
     "How long a broker waits for fetch.min.bytes."},
    {"fetch.min.bytes", kInt, "1", AtLeast(0), kHigh, "Bytes for which a broker answers at once."},
    {"isolation.level",
     kString,
     "read_uncommitted",
     {.kind = ConfigValidator::Kind::kOneOf, .choices = "read_committed,read_uncommitted"},
     kMedium,
     "Whether records of open and of aborted transactions are read."},
    {"max.partition.fetch.bytes", kInt, "1048576", AtLeast(0), kHigh,
     "Bytes of one partition in the answer to a fetch; a single batch may be larger."},
    {"request.timeout.ms", kInt, "30000", AtLeast(0), kMedium,
     "How long the answer to a request is waited for."},
    {"retry.backoff.max.ms", kLong, "1000", AtLeast(0), kLow, "The longest pause before a retry."},
    {"retry.backoff.ms", kLong, "100", AtLeast(0), kLow, "The pause before the first retry."},
});

StatusOr<OffsetReset> ResetOf(const ParsedConfigs& parsed) {
  const std::string& text = parsed.Text("auto.offset.reset");
  StatusOr<OffsetReset> reset = OffsetReset::Parse(text);
  if (reset.ok()) return reset;
  const Status refused = KafkaError(
      ErrorCode::kInvalidConfig,
      StrCat("Invalid value ", text, " for configuration auto.offset.reset: Invalid value `", text,
             "` for configuration auto.offset.reset. The value must be either 'earliest', "
             "'latest', 'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'."));
  return WithDetail(refused, kConfigDetail, "auto.offset.reset");
}

}  // namespace

std::span<const ConfigDef> ConsumerConfig::Rows() { return kRows; }

StatusOr<ConsumerConfig> ConsumerConfig::Parse(const ConfigMap& given) {
  ASSIGN_OR_RETURN(const ParsedConfigs parsed, ParsedConfigs::Parse(kRows, given));
  ConsumerConfig config;
  ASSIGN_OR_RETURN(config.auto_offset_reset, ResetOf(parsed));
  config.read_committed = parsed.Text("isolation.level") == kReadCommitted;
  config.check_crcs = parsed.Bool("check.crcs");
  config.fetch_bytes_min = parsed.Int32("fetch.min.bytes");
  config.fetch_wait_max = parsed.Time("fetch.max.wait.ms");
  config.fetch_bytes_max = parsed.Int32("fetch.max.bytes");
  config.partition_fetch_bytes_max = parsed.Int32("max.partition.fetch.bytes");
  config.request_timeout = parsed.Time("request.timeout.ms");
  config.default_api_timeout = parsed.Time("default.api.timeout.ms");
  config.retry_backoff = parsed.Time("retry.backoff.ms");
  config.retry_backoff_max = parsed.Time("retry.backoff.max.ms");
  return config;
}

}  // namespace penstock
