// Errors as values. The only door to absl::Status: Debian's Abseil has a string_view of its own, so
// messages go in and out through std::string_view here. A Status may carry a Kafka error code
// (base/error_code.h).
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/error_code.h"

namespace penstock {

using absl::OkStatus;
using absl::Status;
using absl::StatusCode;
template <class T>
using StatusOr = absl::StatusOr<T>;

inline Status MakeStatus(StatusCode code, std::string_view message) {
  return Status(code, absl::string_view(message.data(), message.size()));
}
inline Status InvalidArgument(std::string_view message) {
  return MakeStatus(StatusCode::kInvalidArgument, message);
}
inline Status NotFound(std::string_view message) {
  return MakeStatus(StatusCode::kNotFound, message);
}
inline Status AlreadyExists(std::string_view message) {
  return MakeStatus(StatusCode::kAlreadyExists, message);
}
inline Status FailedPrecondition(std::string_view message) {
  return MakeStatus(StatusCode::kFailedPrecondition, message);
}
inline Status OutOfRange(std::string_view message) {
  return MakeStatus(StatusCode::kOutOfRange, message);
}
inline Status ResourceExhausted(std::string_view message) {
  return MakeStatus(StatusCode::kResourceExhausted, message);
}
inline Status Unavailable(std::string_view message) {
  return MakeStatus(StatusCode::kUnavailable, message);
}
inline Status DataLoss(std::string_view message) {
  return MakeStatus(StatusCode::kDataLoss, message);
}
inline Status Internal(std::string_view message) {
  return MakeStatus(StatusCode::kInternal, message);
}
inline Status Cancelled(std::string_view message) {
  return MakeStatus(StatusCode::kCancelled, message);
}
inline Status Unimplemented(std::string_view message) {
  return MakeStatus(StatusCode::kUnimplemented, message);
}

inline std::string_view MessageOf(const Status& status) {
  return {status.message().data(), status.message().size()};
}

// A Status that a Kafka client will see as `code`. `code` must not be kNone.
Status KafkaError(ErrorCode code, std::string_view message);

// The Kafka code of `status`: kNone for OK, the code given to KafkaError, else the closest one for
// the kind of status (kUnknownServerError where there is none).
ErrorCode ErrorCodeOf(const Status& status);

// `status` with "context: " in front of its message; code and Kafka code stay. OK stays OK.
Status Annotate(const Status& status, std::string_view context);

}  // namespace penstock

#define PENSTOCK_CONCAT_INNER(a, b) a##b
#define PENSTOCK_CONCAT(a, b) PENSTOCK_CONCAT_INNER(a, b)

// Returns early from a plain function.
#define RETURN_IF_ERROR(expression)                                               \
  do {                                                                            \
    if (::penstock::Status status_ = (expression); !status_.ok()) return status_; \
  } while (false)

#define ASSIGN_OR_RETURN(declaration, expression) \
  ASSIGN_OR_RETURN_INNER(PENSTOCK_CONCAT(result_, __LINE__), declaration, expression)
#define ASSIGN_OR_RETURN_INNER(result, declaration, expression) \
  auto result = (expression);                                   \
  if (!result.ok()) return std::move(result).status();          \
  declaration = *std::move(result)

// The same inside a coroutine; `expression` may be an awaited call: CO_RETURN_IF_ERROR(co_await
// F(names)).
#define CO_RETURN_IF_ERROR(expression) \
  CO_RETURN_IF_ERROR_INNER(PENSTOCK_CONCAT(status_, __LINE__), expression)
#define CO_RETURN_IF_ERROR_INNER(status, expression) \
  ::penstock::Status status = expression;            \
  if (!status.ok()) co_return status

#define CO_ASSIGN_OR_RETURN(declaration, expression) \
  CO_ASSIGN_OR_RETURN_INNER(PENSTOCK_CONCAT(result_, __LINE__), declaration, expression)
#define CO_ASSIGN_OR_RETURN_INNER(result, declaration, expression) \
  auto result = expression;                                        \
  if (!result.ok()) co_return std::move(result).status();          \
  declaration = *std::move(result)
