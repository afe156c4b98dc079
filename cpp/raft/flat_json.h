// Reads the little JSON of Kafka's state files: an object of numbers, texts and lists of such
// objects.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace penstock {

struct JsonValue {
  enum class Kind : uint8_t { kNull, kNumber, kText, kList, kObject };
  Kind kind = Kind::kNull;
  int64_t number = 0;
  std::string text;
  std::vector<JsonValue> list;
  std::map<std::string, JsonValue, std::less<>> object;

  // Null if this is no object or has no such member.
  const JsonValue* Find(std::string_view name) const;
};

// InvalidArgument with the position for what is not well formed, nested deeper than 8, or has a
// number that is no 64-bit integer.
StatusOr<JsonValue> ParseFlatJson(std::string_view text);

}  // namespace penstock
