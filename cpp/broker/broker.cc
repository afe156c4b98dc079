#include "broker/broker.h"

#include <utility>

#include "broker/broker_node.h"

namespace penstock {

Task<StatusOr<std::unique_ptr<Broker>>> Broker::Start(Runtime& runtime, const LogOutput& output,
                                                      const HandlerTable& handlers,
                                                      BrokerOptions options) {
  auto node = std::make_unique<BrokerNode>(runtime, output, handlers, std::move(options));
  const Status started = co_await node->Start();
  if (!started.ok()) {
    const Status taken_back = co_await node->Stop();
    if (!taken_back.ok()) {
      Logger(output, "broker").Error("a failed start left something", {{"status", taken_back}});
    }
    co_return started;
  }
  co_return std::unique_ptr<Broker>(std::move(node));
}

}  // namespace penstock
