// A config's text as a value of its type, checked by Kafka's rules. Errors are INVALID_CONFIG in
// the words of Kafka's ConfigException: "Invalid value X for configuration Y: ...".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"
#include "config/config_def.h"

namespace penstock {

// int64_t for the three integer types; string for STRING, CLASS and PASSWORD.
using ConfigValue = std::variant<bool, int64_t, double, std::string, std::vector<std::string>>;

// The pieces of a LIST between commas, without the spaces around; none for an empty text.
std::vector<std::string> SplitConfigList(std::string_view text);

// `text` without the spaces around it, parsed and validated.
StatusOr<ConfigValue> ParseConfigValue(const ConfigDef& def, std::string_view text);

// The text that DescribeConfigs shows: lists joined by commas, numbers in their shortest form.
std::string FormatConfigValue(const ConfigValue& value);

// ParseConfigValue and FormatConfigValue in one.
StatusOr<std::string> NormalizeConfigValue(const ConfigDef& def, std::string_view text);

}  // namespace penstock
