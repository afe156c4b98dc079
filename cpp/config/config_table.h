// The table of configs: every topic config of Kafka 4.3, the broker configs of what exists,
// penstock's own, and the names of those that Kafka has and penstock does not have yet.
#pragma once

#include <span>
#include <string_view>

#include "base/status.h"
#include "config/config_def.h"

namespace penstock {

// Sorted by name.
std::span<const ConfigDef> TopicConfigs();
std::span<const ConfigDef> BrokerConfigs();
std::span<const ConfigDef> ConfigsOf(ConfigScope scope);
// Broker configs of Kafka 4.3 that are refused as "not there yet". Sorted.
std::span<const std::string_view> MissingBrokerConfigs();

// Null if there is none of that name.
const ConfigDef* FindConfig(ConfigScope scope, std::string_view name);

// INVALID_CONFIG for a name that is not in the table: says whether Kafka knows it, and which name
// may have been meant.
Status CheckConfigName(ConfigScope scope, std::string_view name);

}  // namespace penstock
