#include "client/config_parser.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "base/strings.h"

namespace penstock {
namespace {

constexpr int64_t kLongestMs = int64_t{100} * 365 * 24 * 60 * 60 * 1000;

Status UnknownName(std::span<const ConfigDef> rows, std::string_view name) {
  std::vector<std::string_view> names;
  for (const ConfigDef& row : rows) names.push_back(row.name);
  const std::string_view nearest = NearestOf(name, names);
  std::string message = StrCat("Unknown configuration '", name, "'");
  if (!nearest.empty()) StrAppend(message, ", did you mean '", nearest, "'?");
  return WithDetail(KafkaError(ErrorCode::kInvalidConfig, message), kConfigDetail, name);
}

StatusOr<ConfigValue> Parsed(const ConfigDef& row, std::string_view text) {
  StatusOr<ConfigValue> value = ParseConfigValue(row, text);
  if (!value.ok()) return WithDetail(value.status(), kConfigDetail, row.name);
  return value;
}

}  // namespace

StatusOr<ParsedConfigs> ParsedConfigs::Parse(std::span<const ConfigDef> rows,
                                             const ConfigMap& given) {
  ParsedConfigs parsed;
  for (const ConfigDef& row : rows) {
    const auto found = given.find(row.name);
    if (found == given.end()) {
      CHECK(row.default_value.has_value());
      ASSIGN_OR_RETURN(parsed.values_[row.name], Parsed(row, *row.default_value));
    } else {
      ASSIGN_OR_RETURN(parsed.values_[row.name], Parsed(row, found->second));
      parsed.given_.insert(found->first);
    }
  }
  for (const auto& [name, value] : given) {
    if (!parsed.given(name)) return UnknownName(rows, name);
  }
  return parsed;
}

Duration ParsedConfigs::Time(std::string_view name) const {
  return Milliseconds(std::min(Int64(name), kLongestMs));
}

const ConfigValue& ParsedConfigs::At(std::string_view name) const {
  const auto found = values_.find(name);
  CHECK(found != values_.end());
  return found->second;
}

}  // namespace penstock
