// Why a broker does not start, in one line with a hint.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "runtime/network.h"

namespace penstock {

// `status` with what was being done in front and, where there is a known way out, a hint behind.
Status StartError(const Status& status, std::string_view doing);

// True if only programs on the same machine can reach `host`.
bool IsLoopback(std::string_view host);
// An error if `address` is reachable from elsewhere: there is no TLS and no authentication.
Status CheckLoopback(const Address& address);

}  // namespace penstock
