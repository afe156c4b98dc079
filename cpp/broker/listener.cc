#include "broker/listener.h"

#include <utility>

namespace penstock {

namespace {
// After a failed accept: whatever was missing (descriptors, memory) does not come back at once.
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);
}  // namespace

Task<> BrokerListener::Run() {
  while (true) {
    co_await connections_.WaitForPlace();
    StatusOr<std::unique_ptr<Connection>> stream = co_await port_->Accept();
    if (stream.ok()) {
      connections_.Add(*std::move(stream), info_);
      continue;
    }
    logger_.LogLimited(limiter_, "accept", LogLevel::kError, "a connection could not be accepted",
                       {{"listener", info_.name}, {"cause", stream.status()}});
    const Instant later = clock_.Now() + kAcceptPause;
    co_await timers_.SleepUntil(later);
  }
}

}  // namespace penstock
