#include "base/error_code.h"

namespace penstock {

std::string_view NameOf(ErrorCode code) {
  switch (code) {
#define ERROR_CODE(number, name, identifier, retriable, message) \
  case ErrorCode::identifier:                                    \
    return #name;
#include "base/error_codes.inc"
#undef ERROR_CODE
  }
  return "UNKNOWN_SERVER_ERROR";
}

std::string_view DescriptionOf(ErrorCode code) {
  switch (code) {
#define ERROR_CODE(number, name, identifier, retriable, message) \
  case ErrorCode::identifier:                                    \
    return message;
#include "base/error_codes.inc"
#undef ERROR_CODE
  }
  return DescriptionOf(ErrorCode::kUnknownServerError);
}

bool IsRetriable(ErrorCode code) {
  switch (code) {
#define ERROR_CODE(number, name, identifier, retriable, message) \
  case ErrorCode::identifier:                                    \
    return retriable;
#include "base/error_codes.inc"
#undef ERROR_CODE
  }
  return false;
}

std::span<const ErrorInfo> AllErrors() {
  static constexpr ErrorInfo kRows[] = {
#define ERROR_CODE(number, name, identifier, retriable, message) \
  {ErrorCode::identifier, #name, retriable, message},
#include "base/error_codes.inc"
#undef ERROR_CODE
  };
  return kRows;
}

}  // namespace penstock
