// Kafka's error codes: number, name, whether a retry may help, and one sentence. The table is
// error_codes.inc.
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <string_view>

namespace penstock {

enum class ErrorCode : int16_t {
#define ERROR_CODE(code, name, identifier, retriable, message) identifier = code,
#include "base/error_codes.inc"
#undef ERROR_CODE
};

// "UNKNOWN_TOPIC_OR_PARTITION"; a number that no release knows is "UNKNOWN_SERVER_ERROR".
std::string_view NameOf(ErrorCode code);
// One sentence for people; empty for kNone.
std::string_view DescriptionOf(ErrorCode code);
bool IsRetriable(ErrorCode code);

struct ErrorInfo {
  ErrorCode code;
  std::string_view name;
  bool retriable;
  std::string_view message;
};
// All of them, kNone included, by number.
std::span<const ErrorInfo> AllErrors();

inline std::ostream& operator<<(std::ostream& out, ErrorCode code) { return out << NameOf(code); }

}  // namespace penstock
