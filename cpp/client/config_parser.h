// A client's configs as they were given, under Kafka's names, typed and checked against a table of
// rows; for the parsers of producers and consumers.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/time.h"
#include "config/config_def.h"
#include "config/config_value.h"

namespace penstock {

// The detail of an error that names the config.
inline constexpr std::string_view kConfigDetail = "config";

class ParsedConfigs {
 public:
  // Every row has a value afterwards, the default where none was given. Each row has a default.
  // INVALID_CONFIG for a value that its row does not allow, in the words of Kafka's
  // ConfigException, and for a name that no row has, with the name that may have been meant. Both
  // have kConfigDetail.
  static StatusOr<ParsedConfigs> Parse(std::span<const ConfigDef> rows, const ConfigMap& given);

  bool given(std::string_view name) const { return given_.contains(name); }

  // Only names and types of the rows.
  bool Bool(std::string_view name) const { return std::get<bool>(At(name)); }
  int64_t Int64(std::string_view name) const { return std::get<int64_t>(At(name)); }
  int32_t Int32(std::string_view name) const { return static_cast<int32_t>(Int64(name)); }
  const std::string& Text(std::string_view name) const { return std::get<std::string>(At(name)); }
  // A number of milliseconds; what is longer than 100 years is 100 years, so that a point in time
  // can be reckoned with it.
  Duration Time(std::string_view name) const;

 private:
  const ConfigValue& At(std::string_view name) const;

  std::map<std::string_view, ConfigValue> values_;  // the names of the rows
  std::set<std::string, std::less<>> given_;
};

}  // namespace penstock
