// Java .properties: the format of Kafka's configuration files and of meta.properties.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "config/config_def.h"

namespace penstock {

struct Property {
  std::string key;
  std::string value;
  int line = 0;  // of the key, counted from 1
};

// Every property of `text` in its order: `=`, `:` or spaces after the key, `#` and `!` comments,
// a backslash at the end of a line continues it, \t \n \r \f \uXXXX and \anything are escapes.
// InvalidArgument with the line number for a broken \u escape.
StatusOr<std::vector<Property>> ParseProperties(std::string_view text);

// The last value of each key.
ConfigMap ToMap(const std::vector<Property>& properties);

// A text that ParseProperties and Java read back the same. Each line of `comment` gets a `#`.
std::string WriteProperties(std::string_view comment, const std::vector<Property>& properties);

}  // namespace penstock
