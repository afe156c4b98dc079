#include "config/config_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/strings.h"

namespace penstock {
namespace {

Status InvalidValue(const ConfigDef& def, std::string_view value, std::string_view why) {
  return KafkaError(ErrorCode::kInvalidConfig,
                    StrCat("Invalid value ", value, " for configuration ", def.name, ": ", why));
}

Status InvalidList(const ConfigDef& def, std::string_view what) {
  return KafkaError(ErrorCode::kInvalidConfig, StrCat("Configuration '", def.name, "' ", what));
}

bool EqualIgnoringCase(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(),
                    [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x - 'A' + 'a' : x) == y; });
}

// Java's parsers take one leading plus, from_chars takes none.
std::string_view WithoutPlus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '+' && text[1] != '-') text.remove_prefix(1);
  return text;
}

StatusOr<ConfigValue> ParseInteger(const ConfigDef& def, std::string_view text) {
  int64_t low = std::numeric_limits<int64_t>::min();
  int64_t high = std::numeric_limits<int64_t>::max();
  if (def.type == ConfigType::kInt) {
    low = std::numeric_limits<int32_t>::min();
    high = std::numeric_limits<int32_t>::max();
  } else if (def.type == ConfigType::kShort) {
    low = std::numeric_limits<int16_t>::min();
    high = std::numeric_limits<int16_t>::max();
  }
  const std::optional<int64_t> number = ParseInt64(WithoutPlus(text));
  if (!number || *number < low || *number > high) {
    return InvalidValue(def, text, StrCat("Not a number of type ", NameOf(def.type)));
  }
  return ConfigValue(*number);
}

Status CheckRange(const ConfigDef& def, const ConfigValue& value) {
  const ConfigValidator& validator = def.validator;
  const std::string shown = FormatConfigValue(value);
  const auto check = [&](auto number) {
    if (validator.at_least && number < static_cast<decltype(number)>(*validator.at_least)) {
      return InvalidValue(def, shown, StrCat("Value must be at least ", *validator.at_least));
    }
    if (validator.at_most && number > static_cast<decltype(number)>(*validator.at_most)) {
      return InvalidValue(def, shown, StrCat("Value must be no more than ", *validator.at_most));
    }
    return OkStatus();
  };
  if (const int64_t* integer = std::get_if<int64_t>(&value)) return check(*integer);
  const double number = std::get<double>(value);
  if (std::isnan(number)) return InvalidValue(def, shown, "Value must be a number");
  return check(number);
}

Status CheckRangeOrMinusOne(const ConfigDef& def, const ConfigValue& value) {
  const int64_t number = std::get<int64_t>(value);
  const int64_t low = *def.validator.at_least;
  const int64_t high = *def.validator.at_most;
  if (number == -1 || (number >= low && number <= high)) return OkStatus();
  return InvalidValue(def, FormatConfigValue(value),
                      StrCat("Value must be between ", low, " and ", high, " or equal to -1"));
}

Status CheckChoice(const ConfigDef& def, const std::string& value) {
  std::string choices;
  for (const std::string_view choice : Split(def.validator.choices, ',')) {
    if (choice == value) return OkStatus();
    StrAppend(choices, choices.empty() ? "" : ", ", choice);
  }
  return InvalidValue(def, value, StrCat("String must be one of: ", choices));
}

Status CheckList(const ConfigDef& def, const std::vector<std::string>& values) {
  if (values.empty() && !def.validator.empty_allowed) {
    const std::string choices = DescribeValidator(def.validator);
    return InvalidList(def, StrCat("must not be empty. Valid values include: ",
                                   choices.empty() ? "any non-empty value" : choices));
  }
  std::vector<std::string> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return InvalidList(def, "values must not be duplicated.");
  }
  for (const std::string& value : values) {
    if (value.empty()) return InvalidList(def, "values must not be empty.");
    if (def.validator.choices.empty()) continue;
    RETURN_IF_ERROR(CheckChoice(def, value));
  }
  return OkStatus();
}

bool IsReplica(std::string_view text) {
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const size_t colon = text.find(':');
  return colon != std::string_view::npos && digits(text.substr(0, colon)) &&
         digits(text.substr(colon + 1));
}

Status CheckThrottledReplicas(const ConfigDef& def, const std::vector<std::string>& values) {
  std::string joined;
  bool replicas = true;
  for (const std::string& value : values) {
    joined += value;
    replicas = replicas && (value.empty() || IsReplica(value));
  }
  if (replicas || joined == "*") return OkStatus();
  return InvalidValue(def, FormatConfigValue(values),
                      StrCat(def.name,
                             " must be the literal '*' or a list of replicas in the following "
                             "format: [partitionId]:[brokerId],[partitionId]:[brokerId],..."));
}

Status Validate(const ConfigDef& def, const ConfigValue& value) {
  using Kind = ConfigValidator::Kind;
  switch (def.validator.kind) {
    case Kind::kAny:
      return OkStatus();
    case Kind::kRange:
      return CheckRange(def, value);
    case Kind::kRangeOrMinusOne:
      return CheckRangeOrMinusOne(def, value);
    case Kind::kOneOf:
      return CheckChoice(def, std::get<std::string>(value));
    case Kind::kListOf:
    case Kind::kUniqueList:
      return CheckList(def, std::get<std::vector<std::string>>(value));
    case Kind::kThrottledReplicas:
      return CheckThrottledReplicas(def, std::get<std::vector<std::string>>(value));
  }
  return OkStatus();
}

StatusOr<ConfigValue> ParseType(const ConfigDef& def, std::string_view text) {
  switch (def.type) {
    case ConfigType::kBoolean:
      if (EqualIgnoringCase(text, "true")) return ConfigValue(true);
      if (EqualIgnoringCase(text, "false")) return ConfigValue(false);
      return InvalidValue(def, text, "Expected value to be either true or false");
    case ConfigType::kInt:
    case ConfigType::kShort:
    case ConfigType::kLong:
      return ParseInteger(def, text);
    case ConfigType::kDouble: {
      const std::optional<double> number = ParseDouble(WithoutPlus(text));
      if (!number) return InvalidValue(def, text, "Not a number of type DOUBLE");
      return ConfigValue(*number);
    }
    case ConfigType::kList:
      return ConfigValue(SplitConfigList(text));
    case ConfigType::kString:
    case ConfigType::kClass:
    case ConfigType::kPassword:
      return ConfigValue(std::string(text));
  }
  return InvalidValue(def, text, "Unknown type.");
}

std::string FormatDouble(double number) {
  std::array<char, 64> text;
  const auto result = std::to_chars(text.data(), text.data() + text.size(), number);
  std::string out(text.data(), result.ptr);
  // As Java prints them: a whole number keeps its point.
  if (out.find_first_not_of("-0123456789") == std::string::npos) out += ".0";
  return out;
}

}  // namespace

std::vector<std::string> SplitConfigList(std::string_view text) {
  std::vector<std::string> pieces;
  text = StripSpaces(text);
  if (text.empty()) return pieces;
  for (const std::string_view piece : Split(text, ',')) pieces.emplace_back(StripSpaces(piece));
  return pieces;
}

StatusOr<ConfigValue> ParseConfigValue(const ConfigDef& def, std::string_view text) {
  ASSIGN_OR_RETURN(ConfigValue value, ParseType(def, StripSpaces(text)));
  RETURN_IF_ERROR(Validate(def, value));
  return value;
}

std::string FormatConfigValue(const ConfigValue& value) {
  if (const bool* yes = std::get_if<bool>(&value)) return *yes ? "true" : "false";
  if (const int64_t* number = std::get_if<int64_t>(&value)) return StrCat(*number);
  if (const double* number = std::get_if<double>(&value)) return FormatDouble(*number);
  if (const std::string* text = std::get_if<std::string>(&value)) return *text;
  std::string out;
  bool first = true;
  for (const std::string& piece : std::get<std::vector<std::string>>(value)) {
    if (!first) out += ',';
    out += piece;
    first = false;
  }
  return out;
}

StatusOr<std::string> NormalizeConfigValue(const ConfigDef& def, std::string_view text) {
  ASSIGN_OR_RETURN(const ConfigValue value, ParseConfigValue(def, text));
  return FormatConfigValue(value);
}

}  // namespace penstock
