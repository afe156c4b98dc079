#include "base/status.h"

#include <ostream>

namespace penstock {

struct Status::Failure {
  StatusCode code;
  std::string message;
  ErrorCode kafka_code = ErrorCode::kNone;  // kNone: nobody gave one
  std::vector<StatusDetail> details;
};

namespace {

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

std::string_view NameOf(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return "ok";
    case StatusCode::kInvalidArgument:
      return "invalid argument";
    case StatusCode::kOutOfRange:
      return "out of range";
    case StatusCode::kNotFound:
      return "not found";
    case StatusCode::kAlreadyExists:
      return "already exists";
    case StatusCode::kFailedPrecondition:
      return "failed precondition";
    case StatusCode::kPermissionDenied:
      return "permission denied";
    case StatusCode::kUnavailable:
      return "unavailable";
    case StatusCode::kDeadlineExceeded:
      return "deadline exceeded";
    case StatusCode::kAborted:
      return "aborted";
    case StatusCode::kCancelled:
      return "cancelled";
    case StatusCode::kResourceExhausted:
      return "resource exhausted";
    case StatusCode::kDataLoss:
      return "data loss";
    case StatusCode::kUnimplemented:
      return "unimplemented";
    case StatusCode::kInternal:
      return "internal";
  }
  return "unknown";
}

Status::Status(StatusCode code, std::string_view message) {
  if (code == StatusCode::kOk) return;
  failure_ = std::make_shared<Failure>(
      Failure{.code = code, .message = std::string(message), .details = {}});
}

StatusCode Status::code() const { return ok() ? StatusCode::kOk : failure_->code; }
std::string_view Status::message() const {
  return ok() ? std::string_view() : std::string_view(failure_->message);
}

std::string Status::ToString() const {
  if (ok()) return "ok";
  return std::string(NameOf(code())) + ": " + failure_->message;
}

bool Status::operator==(const Status& other) const {
  if (failure_ == other.failure_) return true;
  if (ok() || other.ok()) return false;
  return failure_->code == other.failure_->code && failure_->message == other.failure_->message &&
         failure_->kafka_code == other.failure_->kafka_code;
}

std::ostream& operator<<(std::ostream& out, const Status& status) {
  return out << status.ToString();
}

Status KafkaError(ErrorCode code, std::string_view message) {
  CHECK(code != ErrorCode::kNone);
  return Status(std::make_shared<Status::Failure>(Status::Failure{
      .code = KindOf(code), .message = std::string(message), .kafka_code = code, .details = {}}));
}

ErrorCode ErrorCodeOf(const Status& status) {
  if (status.ok()) return ErrorCode::kNone;
  const ErrorCode given = GivenErrorCodeOf(status);
  return given == ErrorCode::kNone ? ClosestTo(status.code()) : given;
}

ErrorCode GivenErrorCodeOf(const Status& status) {
  return status.ok() ? ErrorCode::kNone : status.failure_->kafka_code;
}

Status Annotate(const Status& status, std::string_view context) {
  if (status.ok()) return status;
  auto annotated = std::make_shared<Status::Failure>(*status.failure_);
  annotated->message.insert(0, std::string(context) + ": ");
  return Status(std::move(annotated));
}

Status WithDetail(const Status& status, std::string_view name, std::string_view text) {
  if (status.ok()) return status;
  auto detailed = std::make_shared<Status::Failure>(*status.failure_);
  for (StatusDetail& known : detailed->details) {
    if (known.name != name) continue;
    known.text = text;
    return Status(std::move(detailed));
  }
  detailed->details.push_back({std::string(name), std::string(text)});
  return Status(std::move(detailed));
}

const std::vector<StatusDetail>& DetailsOf(const Status& status) {
  static const std::vector<StatusDetail> kNone;
  return status.ok() ? kNone : status.failure_->details;
}

std::optional<std::string> DetailOf(const Status& status, std::string_view name) {
  for (const StatusDetail& known : DetailsOf(status)) {
    if (known.name == name) return known.text;
  }
  return std::nullopt;
}

}  // namespace penstock
