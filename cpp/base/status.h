// Errors as values: what kind, in which words, with which Kafka code (base/error_code.h), and with
// which named details for whoever takes the error apart. Decision 0006 says why this is not
// Abseil's.
#pragma once

#include <concepts>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.h"
#include "base/error_code.h"

namespace penstock {

enum class StatusCode {
  kOk,
  kInvalidArgument,     // what was asked makes no sense in any state
  kOutOfRange,          // it makes sense, but beyond what is there
  kNotFound,            //
  kAlreadyExists,       //
  kFailedPrecondition,  // the state forbids it, and will until somebody changes it
  kPermissionDenied,    //
  kUnavailable,         // trying again may help
  kDeadlineExceeded,    //
  kAborted,             // something else came between
  kCancelled,           // whoever asked, or the owner, wants it no more
  kResourceExhausted,   // no space on the disk, no descriptors, a limit
  kDataLoss,            // bytes are not what was written
  kUnimplemented,       //
  kInternal,            // a fault of penstock
};
std::string_view NameOf(StatusCode code);

struct StatusDetail {
  std::string name;
  std::string text;
};

// Copies are cheap and share what they say; success holds nothing. Thread-safe as an int is.
class [[nodiscard]] Status {
 public:
  Status() = default;  // OK
  Status(StatusCode code, std::string_view message);

  bool ok() const { return failure_ == nullptr; }
  StatusCode code() const;
  std::string_view message() const;  // "" if OK
  // For logs and tests: "not found: no such file".
  std::string ToString() const;
  // Kind, words and Kafka code.
  bool operator==(const Status& other) const;

 private:
  friend Status KafkaError(ErrorCode code, std::string_view message);
  friend ErrorCode ErrorCodeOf(const Status& status);
  friend ErrorCode GivenErrorCodeOf(const Status& status);
  friend Status Annotate(const Status& status, std::string_view context);
  friend Status WithDetail(const Status& status, std::string_view name, std::string_view text);
  friend const std::vector<StatusDetail>& DetailsOf(const Status& status);

  struct Failure;
  explicit Status(std::shared_ptr<const Failure> failure) : failure_(std::move(failure)) {}

  std::shared_ptr<const Failure> failure_;  // null: OK
};
std::ostream& operator<<(std::ostream& out, const Status& status);

// A value, or why there is none. Taking the value of an error ends the process.
template <class T>
class [[nodiscard]] StatusOr {
 public:
  StatusOr(Status status) : content_(std::in_place_index<0>, std::move(status)) {
    CHECK(!std::get<0>(content_).ok());
  }
  template <class U = T>
    requires(std::convertible_to<U &&, T> && !std::same_as<std::remove_cvref_t<U>, StatusOr> &&
             !std::same_as<std::remove_cvref_t<U>, Status>)
  StatusOr(U&& value) : content_(std::in_place_index<1>, std::forward<U>(value)) {}
  template <class U>
    requires(std::convertible_to<U &&, T> && !std::same_as<U, T>)
  StatusOr(StatusOr<U> other)
      : content_(other.ok() ? Content(std::in_place_index<1>, *std::move(other))
                            : Content(std::in_place_index<0>, other.status())) {}

  bool ok() const { return content_.index() == 1; }
  Status status() const { return ok() ? Status() : std::get<0>(content_); }

  T& value() & { return Value(*this); }
  const T& value() const& { return Value(*this); }
  T&& value() && { return std::move(Value(*this)); }
  T& operator*() & { return Value(*this); }
  const T& operator*() const& { return Value(*this); }
  T&& operator*() && { return std::move(Value(*this)); }
  T* operator->() { return &Value(*this); }
  const T* operator->() const { return &Value(*this); }

  template <class U>
  T value_or(U&& otherwise) const& {
    return ok() ? std::get<1>(content_) : static_cast<T>(std::forward<U>(otherwise));
  }
  template <class U>
  T value_or(U&& otherwise) && {
    return ok() ? std::get<1>(std::move(content_)) : static_cast<T>(std::forward<U>(otherwise));
  }

  bool operator==(const StatusOr& other) const
    requires std::equality_comparable<T>
  {
    return content_ == other.content_;
  }

 private:
  using Content = std::variant<Status, T>;

  template <class Self>
  static auto& Value(Self& self) {
    auto* value = std::get_if<1>(&self.content_);
    CHECK(value != nullptr);
    return *value;
  }

  Content content_;
};

inline Status OkStatus() { return Status(); }
inline Status InvalidArgument(std::string_view message) {
  return Status(StatusCode::kInvalidArgument, message);
}
inline Status NotFound(std::string_view message) { return Status(StatusCode::kNotFound, message); }
inline Status AlreadyExists(std::string_view message) {
  return Status(StatusCode::kAlreadyExists, message);
}
inline Status FailedPrecondition(std::string_view message) {
  return Status(StatusCode::kFailedPrecondition, message);
}
inline Status OutOfRange(std::string_view message) {
  return Status(StatusCode::kOutOfRange, message);
}
inline Status ResourceExhausted(std::string_view message) {
  return Status(StatusCode::kResourceExhausted, message);
}
inline Status Unavailable(std::string_view message) {
  return Status(StatusCode::kUnavailable, message);
}
inline Status DataLoss(std::string_view message) { return Status(StatusCode::kDataLoss, message); }
inline Status Internal(std::string_view message) { return Status(StatusCode::kInternal, message); }
inline Status Cancelled(std::string_view message) {
  return Status(StatusCode::kCancelled, message);
}
inline Status Unimplemented(std::string_view message) {
  return Status(StatusCode::kUnimplemented, message);
}

inline Status MakeStatus(StatusCode code, std::string_view message) {
  return Status(code, message);
}
inline std::string_view MessageOf(const Status& status) { return status.message(); }

// A Status that a Kafka client will see as `code`. `code` must not be kNone.
Status KafkaError(ErrorCode code, std::string_view message);

// The Kafka code of `status`: kNone for OK, the code given to KafkaError, else the closest one for
// the kind of status (kUnknownServerError where there is none).
ErrorCode ErrorCodeOf(const Status& status);
// Only the code given to KafkaError; kNone where nobody gave one.
ErrorCode GivenErrorCodeOf(const Status& status);

// `status` with "context: " in front of its message; code, Kafka code and details stay. OK stays
// OK.
Status Annotate(const Status& status, std::string_view context);

// A named text beside the message. OK stays OK.
Status WithDetail(const Status& status, std::string_view name, std::string_view text);
// Nothing if there is no such detail.
std::optional<std::string> DetailOf(const Status& status, std::string_view name);
// All of them, in the order of their names' first use. Valid as long as the status.
const std::vector<StatusDetail>& DetailsOf(const Status& status);

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
