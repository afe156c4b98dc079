#include "config/config_table.h"

#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "config/config_rows.h"

namespace penstock {
namespace {

bool IsMissingBrokerConfig(std::string_view name) {
  const auto names = MissingBrokerConfigs();
  return std::binary_search(names.begin(), names.end(), name);
}

std::string Suggestion(ConfigScope scope, std::string_view name) {
  std::vector<std::string_view> names;
  for (const ConfigDef& def : ConfigsOf(scope)) {
    if (!def.internal) names.push_back(def.name);
  }
  const std::string_view nearest = NearestOf(name, names);
  return nearest.empty() ? std::string() : StrCat(" (did you mean ", nearest, "?)");
}

}  // namespace

std::span<const ConfigDef> TopicConfigs() { return internal::TopicConfigRows(); }
std::span<const ConfigDef> BrokerConfigs() { return internal::BrokerConfigRows(); }
std::span<const ConfigDef> ConfigsOf(ConfigScope scope) {
  return scope == ConfigScope::kTopic ? TopicConfigs() : BrokerConfigs();
}

const ConfigDef* FindConfig(ConfigScope scope, std::string_view name) {
  const std::span<const ConfigDef> rows = ConfigsOf(scope);
  const auto row = std::lower_bound(
      rows.begin(), rows.end(), name,
      [](const ConfigDef& def, std::string_view wanted) { return def.name < wanted; });
  return row != rows.end() && row->name == name ? &*row : nullptr;
}

Status CheckConfigName(ConfigScope scope, std::string_view name) {
  if (FindConfig(scope, name) != nullptr) return OkStatus();
  if (scope == ConfigScope::kTopic) {
    return KafkaError(ErrorCode::kInvalidConfig,
                      StrCat("Unknown topic config name: ", name, Suggestion(scope, name)));
  }
  // Kafka's configs of one listener carry its name in front; they come with TLS and SASL.
  if (IsMissingBrokerConfig(name) || name.starts_with("listener.name.")) {
    return KafkaError(
        ErrorCode::kInvalidConfig,
        StrCat("Broker config ", name, " is Kafka's, but penstock does not have it yet"));
  }
  return KafkaError(ErrorCode::kInvalidConfig,
                    StrCat("Unknown broker config name: ", name, Suggestion(scope, name)));
}

std::string_view NameOf(ConfigType type) {
  static constexpr std::string_view kNames[] = {"UNKNOWN", "BOOLEAN", "STRING", "INT",
                                                "SHORT",   "LONG",    "DOUBLE", "LIST",
                                                "CLASS",   "PASSWORD"};
  return kNames[static_cast<size_t>(type)];
}

std::string_view NameOf(ConfigImportance importance) {
  static constexpr std::string_view kNames[] = {"high", "medium", "low"};
  return kNames[static_cast<size_t>(importance)];
}

std::string DescribeValidator(const ConfigValidator& validator) {
  using Kind = ConfigValidator::Kind;
  switch (validator.kind) {
    case Kind::kAny:
    case Kind::kUniqueList:
      return "";
    case Kind::kRange:
    case Kind::kRangeOrMinusOne: {
      std::string out = "[";
      if (validator.at_least) StrAppend(out, *validator.at_least, ',');
      out += "...";
      if (validator.at_most) StrAppend(out, ',', *validator.at_most);
      out += ']';
      return validator.kind == Kind::kRangeOrMinusOne ? out + " or -1" : out;
    }
    case Kind::kOneOf:
    case Kind::kListOf: {
      std::string out = "[";
      for (const std::string_view choice : Split(validator.choices, ',')) {
        if (out.size() > 1) out += ", ";
        out += choice;
      }
      return out + "]";
    }
    case Kind::kThrottledReplicas:
      return "[partitionId]:[brokerId],[partitionId]:[brokerId],...";
  }
  return "";
}

}  // namespace penstock
