// A message as JSON, in the names and shapes of Kafka's own JSON: camelCase fields, bytes in
// base64, ids as 22 characters, records by their size, absent tags left out. For logs, the command
// line and the console.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/slice.h"

namespace penstock {

// Only the fields that `version` carries, in the order of the schema, tagged fields last. One line.
template <class M>
std::string ToJson(const M& message, int16_t version);

namespace internal {

// `text` in quotes. Bytes that are not UTF-8 become U+FFFD, so that the result always is.
void AppendJsonText(std::string& out, std::string_view text);
void AppendJsonBase64(std::string& out, const Slice& bytes);
// "leader_id" as "leaderId":
void AppendJsonName(std::string& out, std::string_view snake_name);
// The shortest decimal that reads back as `value`; what JSON has no number for is a text.
void AppendJsonDouble(std::string& out, double value);

}  // namespace internal
}  // namespace penstock
