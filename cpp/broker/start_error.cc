#include "broker/start_error.h"

#include <array>
#include <utility>

#include "base/strings.h"

namespace penstock {

namespace {

struct Hint {
  std::string_view reason;  // as the operating system says it
  std::string_view way_out;
};

constexpr std::array<Hint, 10> kHints{{
    {"Address already in use", "stop the program that listens there, or choose another port"},
    {"Cannot assign requested address", "no interface of this machine has that address"},
    {"Name or service not known", "check the host name"},
    {"Permission denied", "check owner and mode; ports below 1024 need privileges"},
    {"Operation not permitted", "check owner, mode and attributes"},
    {"Read-only file system", "choose a directory that can be written"},
    {"No space left on device", "free some space, or choose another directory"},
    {"Disk quota exceeded", "free some space, or choose another directory"},
    {"No such file or directory", "nothing can be made there; choose another directory"},
    {"Not a directory", "a file has the name of the directory; choose another one"},
}};

}  // namespace

Status StartError(const Status& status, std::string_view doing) {
  if (status.ok()) return status;
  std::string message = doing.empty() ? "" : StrCat(doing, ": ");
  message += MessageOf(status);
  for (const Hint& hint : kHints) {
    if (message.find(hint.reason) == std::string::npos) continue;
    StrAppend(message, " (", hint.way_out, ')');
    break;
  }
  return MakeStatus(status.code(), message);
}

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Status CheckLoopback(const Address& address) {
  if (IsLoopback(address.host)) return OkStatus();
  return FailedPrecondition(
      StrCat("other machines can reach ", address.ToString(),
             ", and there is no TLS and no authentication yet (listen on 127.0.0.1, or pass "
             "--insecure to serve everybody)"));
}

}  // namespace penstock
