#include "base/status.h"

#include <charconv>

#include "absl/strings/cord.h"
#include "base/check.h"

namespace penstock {
namespace {

constexpr char kPayloadUrl[] = "penstock/error_code";

StatusCode KindOf(ErrorCode code) {
  return IsRetriable(code) ? StatusCode::kUnavailable : StatusCode::kFailedPrecondition;
}

ErrorCode ClosestTo(StatusCode kind) {
  switch (kind) {
    case StatusCode::kInvalidArgument:
      return ErrorCode::kInvalidRequest;
    case StatusCode::kDataLoss:
    case StatusCode::kResourceExhausted:  // the disk is full
      return ErrorCode::kKafkaStorageError;
    case StatusCode::kDeadlineExceeded:
      return ErrorCode::kRequestTimedOut;
    case StatusCode::kUnimplemented:
      return ErrorCode::kUnsupportedVersion;
    default:
      return ErrorCode::kUnknownServerError;
  }
}

}  // namespace

Status KafkaError(ErrorCode code, std::string_view message) {
  CHECK(code != ErrorCode::kNone);
  Status status = MakeStatus(KindOf(code), message);
  status.SetPayload(kPayloadUrl, absl::Cord(std::to_string(static_cast<int>(code))));
  return status;
}

ErrorCode ErrorCodeOf(const Status& status) {
  if (status.ok()) return ErrorCode::kNone;
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return ClosestTo(status.code());
  const std::string digits(*payload);
  int code = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), code);
  return static_cast<ErrorCode>(code);
}

Status Annotate(const Status& status, std::string_view context) {
  if (status.ok()) return status;
  std::string message(context);
  message += ": ";
  message += MessageOf(status);
  Status annotated = MakeStatus(status.code(), message);
  status.ForEachPayload([&annotated](absl::string_view url, const absl::Cord& payload) {
    annotated.SetPayload(url, payload);
  });
  return annotated;
}

}  // namespace penstock
