// Kafka's configs, under Kafka's names and with values as text: {{"linger.ms", "5"}}.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace penstock {
inline namespace v0 {

// A name that is not known and a value that is not allowed are kInvalidArgument; the message names
// them and what is allowed. What is not given has Kafka's default.
using Configs = std::map<std::string, std::string, std::less<>>;

}  // namespace v0
}  // namespace penstock
