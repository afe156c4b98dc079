// Only for the sources of the table: the rows of each part and short names for validators.
#pragma once

#include <span>

#include "config/config_def.h"

namespace penstock::internal {

std::span<const ConfigDef> TopicConfigRows();
std::span<const ConfigDef> BrokerConfigRows();

constexpr ConfigValidator AtLeast(int64_t n) {
  return {.kind = ConfigValidator::Kind::kRange, .at_least = n};
}
constexpr ConfigValidator Range(int64_t low, int64_t high) {
  return {.kind = ConfigValidator::Kind::kRange, .at_least = low, .at_most = high};
}
constexpr ConfigValidator RangeOrMinusOne(int64_t low, int64_t high) {
  return {.kind = ConfigValidator::Kind::kRangeOrMinusOne, .at_least = low, .at_most = high};
}
constexpr ConfigValidator OneOf(std::string_view choices) {
  return {.kind = ConfigValidator::Kind::kOneOf, .choices = choices};
}
constexpr ConfigValidator ListOf(std::string_view choices) {
  return {.kind = ConfigValidator::Kind::kListOf, .choices = choices};
}
constexpr ConfigValidator NonEmptyListOf(std::string_view choices) {
  return {.kind = ConfigValidator::Kind::kListOf, .choices = choices, .empty_allowed = false};
}
constexpr ConfigValidator NonEmptyUniqueList() {
  return {.kind = ConfigValidator::Kind::kUniqueList, .empty_allowed = false};
}
constexpr ConfigValidator ThrottledReplicas() {
  return {.kind = ConfigValidator::Kind::kThrottledReplicas};
}

}  // namespace penstock::internal
