// What a call gives: a value or an Error. Nothing here throws.
#pragma once

#include <cstdint>
#include <optional>
#include <penstock/export.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace penstock {
inline namespace v0 {

enum class ErrorKind {
  kInvalidArgument,  // what was asked makes no sense; asking again does not help
  kNotFound,         // a file, directory or topic is not there
  kAlreadyExists,    // it is there already
  kNotPossibleNow,   // the state forbids it: the directory is in use, the port is taken
  kUnavailable,      // a resource or a peer does not answer; trying again may help
  kTimeout,          // no answer within the time; what was asked for may still happen
  kCancelled,        // the node or the client was closed before it answered
  kOutOfSpace,       // no room on the disk, or a limit was reached
  kDataLoss,         // bytes on the disk are not what was written
  kInternal,         // a fault of penstock
};

class Error {
 public:
  Error(ErrorKind kind, int16_t kafka_code, std::string message)
      : kind_(kind), kafka_code_(kafka_code), message_(std::move(message)) {}

  ErrorKind kind() const { return kind_; }
  // The number that Kafka's protocol has for it; -1 (UNKNOWN_SERVER_ERROR) where it has none.
  int16_t kafka_code() const { return kafka_code_; }
  // One line: what was being done, what went wrong and, where there is one, the way out.
  const std::string& message() const { return message_; }

 private:
  ErrorKind kind_;
  int16_t kafka_code_;
  std::string message_;
};

namespace detail {
// Ends the program: a value was taken from a result that has none.
[[noreturn]] PENSTOCK_API void EndWithoutValue(const std::string& message);
}  // namespace detail

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // Only if !ok().
  const Error& error() const { return std::get<1>(content_); }
  // Ends the program with the error's message if there is no value.
  T& value() & {
    if (!ok()) detail::EndWithoutValue(error().message());
    return std::get<0>(content_);
  }
  const T& value() const& {
    if (!ok()) detail::EndWithoutValue(error().message());
    return std::get<0>(content_);
  }
  T&& value() && { return std::move(value()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  // Only if !ok().
  const Error& error() const { return *error_; }
  // Ends the program with the error's message if there is one.
  void value() const {
    if (!ok()) detail::EndWithoutValue(error().message());
  }

 private:
  std::optional<Error> error_;
};

}  // namespace v0
}  // namespace penstock
