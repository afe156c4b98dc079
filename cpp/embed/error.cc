#include "embed/error.h"

#include "base/check.h"

namespace penstock {

namespace {

ErrorKind KindOf(const Status& status) {
  if (ErrorCodeOf(status) == ErrorCode::kInvalidConfig) return ErrorKind::kInvalidArgument;
  switch (status.code()) {
    case StatusCode::kInvalidArgument:
    case StatusCode::kOutOfRange:
    case StatusCode::kUnimplemented:
      return ErrorKind::kInvalidArgument;
    case StatusCode::kNotFound:
      return ErrorKind::kNotFound;
    case StatusCode::kAlreadyExists:
      return ErrorKind::kAlreadyExists;
    case StatusCode::kFailedPrecondition:
    case StatusCode::kPermissionDenied:
      return ErrorKind::kNotPossibleNow;
    case StatusCode::kUnavailable:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kAborted:
      return ErrorKind::kUnavailable;
    case StatusCode::kCancelled:
      return ErrorKind::kCancelled;
    case StatusCode::kResourceExhausted:
      return ErrorKind::kOutOfSpace;
    case StatusCode::kDataLoss:
      return ErrorKind::kDataLoss;
    default:
      return ErrorKind::kInternal;
  }
}

}  // namespace

Error ErrorOf(const Status& status) {
  CHECK(!status.ok());
  return Error(KindOf(status), static_cast<int16_t>(ErrorCodeOf(status)),
               std::string(MessageOf(status)));
}

namespace internal {

void EndWithoutValue(const std::string& message) {
  CheckFailed(__FILE__, __LINE__, message.c_str());
}

}  // namespace internal
}  // namespace penstock
