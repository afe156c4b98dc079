// Starts the broker on the machine's disk and serves until it is asked to stop.
#include "tests/sim/broker/broker_subject.h"

#include "broker/handlers/handlers.h"

namespace penstock::sim {

SimNode::Program BrokerSubject::NextStart() {
  serving_ = false;
  failure_.clear();
  stop_.emplace(machine_);
  return [this](Runtime& runtime) { return Serve(runtime); };
}

Task<> BrokerSubject::Serve(Runtime& runtime) {
  BrokerOptions options;
  options.directory = "/data";
  options.config = config_;
  Address address{.host = machine_.name(), .port = kBrokerPort};
  options.kafka.push_back(std::move(address));
  options.insecure = true;
  auto broker = co_await Broker::Start(runtime, output_, BrokerHandlers(), std::move(options));
  if (!broker.ok()) {
    failure_ = MessageOf(broker.status());
    co_return;
  }
  serving_ = true;
  co_await stop_->Wait();
  const Status stopped = co_await (*broker)->Stop();
  if (!stopped.ok()) failure_ = MessageOf(stopped);
}

std::unique_ptr<Subject> MakeBrokerSubject(SimNode& machine) {
  return std::make_unique<BrokerSubject>(machine, ConfigMap());
}

}  // namespace penstock::sim
