// From the Status of the core to the Error of the public headers.
#include "base/check.h"
#include "door/core.h"

namespace penstock {
inline namespace v0 {

namespace {

// What the broker, or our own code in Kafka's words, has said; nothing where the Status alone
// tells.
std::optional<ErrorKind> KindOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kUnknownTopicId:
      return ErrorKind::kNotFound;
    case ErrorCode::kTopicAlreadyExists:
      return ErrorKind::kAlreadyExists;
    case ErrorCode::kInvalidConfig:
    case ErrorCode::kInvalidPartitions:
    case ErrorCode::kInvalidReplicaAssignment:
    case ErrorCode::kInvalidReplicationFactor:
    case ErrorCode::kInvalidRequest:
    case ErrorCode::kInvalidTimestamp:
    case ErrorCode::kInvalidTopicException:
    case ErrorCode::kMessageTooLarge:
    case ErrorCode::kOffsetOutOfRange:
    case ErrorCode::kRecordListTooLarge:
      return ErrorKind::kInvalidArgument;
    case ErrorCode::kRequestTimedOut:
      return ErrorKind::kTimeout;
    case ErrorCode::kCorruptMessage:
    case ErrorCode::kInvalidRecord:
      return ErrorKind::kDataLoss;
    default:
      return std::nullopt;
  }
}

ErrorKind KindOf(const Status& status) {
  if (const auto kind = KindOf(GivenErrorCodeOf(status)); kind.has_value()) return *kind;
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
    case StatusCode::kAborted:
      return ErrorKind::kUnavailable;
    case StatusCode::kDeadlineExceeded:
      return ErrorKind::kTimeout;
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

namespace detail {

void EndWithoutValue(const std::string& message) {
  CheckFailed(__FILE__, __LINE__, message.c_str());
}

}  // namespace detail
}  // namespace v0
}  // namespace penstock
