#include "runtime/linux/errno_status.h"

#include <cerrno>
#include <system_error>

#include "base/strings.h"

namespace penstock {

namespace {

StatusCode CodeOf(int error) {
  switch (error) {
    case ENOENT:
      return StatusCode::kNotFound;
    case EEXIST:
      return StatusCode::kAlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS:
      return StatusCode::kPermissionDenied;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
      return StatusCode::kResourceExhausted;
    case EIO:
      return StatusCode::kDataLoss;
    case EFBIG:
      return StatusCode::kOutOfRange;
    case EINVAL:
    case ENAMETOOLONG:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      return StatusCode::kInvalidArgument;
    case ENOTDIR:
    case EISDIR:
    case ENOTEMPTY:
    case EBADF:
    case EADDRINUSE:
      return StatusCode::kFailedPrecondition;
    case ECONNREFUSED:
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
      return StatusCode::kUnavailable;
    default:
      return StatusCode::kInternal;
  }
}

}  // namespace

Status ErrnoStatus(int error, std::string_view context) {
  const std::string reason = std::generic_category().message(error);
  return MakeStatus(CodeOf(error), StrCat(context, ": ", reason));
}

}  // namespace penstock
