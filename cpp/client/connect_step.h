// Which step on the way to a broker failed. The Status of a connection that did not come about
// says it.
#pragma once

#include <optional>
#include <string_view>

#include "base/status.h"

namespace penstock {

enum class ConnectStep {
  kResolve,    // the host name has no address
  kConnect,    // nobody accepts connections there
  kHandshake,  // somebody does, but the versions of the APIs could not be agreed on
};

// "resolve", "connect", "handshake".
std::string_view NameOf(ConnectStep step);

// `status` with the step that it happened in; its message stays.
Status FailedAt(ConnectStep step, Status status);
// Nothing if the status has none.
std::optional<ConnectStep> FailedStepOf(const Status& status);

}  // namespace penstock
