#include "embed/node_core.h"

#include "base/strings.h"
#include "broker/handlers/handlers.h"

namespace penstock {

namespace {

// Where the broker listens in the network of the program.
Address Door() { return Address{.host = "in-process", .port = 1}; }

Runtime WithFiles(const Runtime& world, Files& files) {
  return Runtime{world.clock,   world.executor, world.timers, files,
                 world.network, world.random,   world.shards};
}

Runtime WithNetwork(const Runtime& runtime, Network& network) {
  return Runtime{runtime.clock, runtime.executor, runtime.timers, runtime.files,
                 network,       runtime.random,   runtime.shards};
}

}  // namespace

NodeCore::NodeCore(NodeCoreOptions options)
    : options_(std::move(options)),
      sink_(options_.log),
      memory_files_(disk_, thread_.world().runtime().clock),
      network_(thread_.world().runtime().executor),
      runtime_(WithFiles(thread_.world().runtime(), options_.path == kInMemory
                                                        ? memory_files_
                                                        : thread_.world().runtime().files)),
      inside_{WithNetwork(runtime_, network_), Door()},
      output_{.sink = sink_,
              .clock = [this] { return thread_.world().reactor().WallNow(); },
              .level_min = LogLevel::kInfo},
      faults_(BrokerHandlers(), runtime_),
      stopped_(runtime_.executor) {}

NodeCore::~NodeCore() {
  static_cast<void>(thread_.Run([this] { return StopAndTell(); }));  // in the log
  thread_.End();
}

StatusOr<std::unique_ptr<NodeCore>> NodeCore::Open(NodeCoreOptions options) {
  std::unique_ptr<NodeCore> core(new NodeCore(std::move(options)));
  RETURN_IF_ERROR(core->thread_.Run([&core] { return core->StartBroker(); }));
  return core;
}

Task<Status> NodeCore::StartBroker() {
  BrokerOptions options;
  options.directory = options_.path == kInMemory ? "memory" : options_.path;
  options.config = options_.config;
  options.opens_listeners = false;
  options.insecure = options_.insecure;
  options.holder = StrCat("pid ", thread_.process_id());
  options.faults = &faults_;
  StatusOr<std::unique_ptr<Broker>> broker =
      co_await Broker::Start(runtime_, output_, BrokerHandlers(), std::move(options));
  if (!broker.ok()) co_return broker.status();
  broker_ = *std::move(broker);
  Address door = Door();
  std::string name = "IN_PROCESS";
  const StatusOr<Address> open =
      co_await broker_->Serve(network_, std::move(door), std::move(name));
  co_return open.status();
}

StatusOr<Address> NodeCore::Serve(Address address) {
  return thread_.Run(
      [this, address = std::move(address)]() mutable { return AddListener(std::move(address)); });
}

StatusOr<int64_t> NodeCore::DropConnections() {
  RETURN_IF_ERROR(CheckServing());
  return static_cast<int64_t>(broker_->DropConnections());
}

Task<StatusOr<Address>> NodeCore::AddListener(Address address) {
  const std::shared_ptr<Broker> broker = broker_;
  CO_RETURN_IF_ERROR(CheckServing());
  std::string name = "PLAINTEXT";
  if (!addresses_.empty()) StrAppend(name, "_", addresses_.size() + 1);
  StatusOr<Address> bound =
      co_await broker->Serve(runtime_.network, std::move(address), std::move(name));
  if (bound.ok()) addresses_.push_back(*bound);
  co_return bound;
}

std::vector<Address> NodeCore::addresses() {
  return thread_.Run([this] { return ListAddresses(); }).value_or(std::vector<Address>());
}

Task<StatusOr<std::vector<Address>>> NodeCore::ListAddresses() { co_return addresses_; }

Status NodeCore::Stop() {
  return thread_.Run([this] { return StopBroker(); });
}

// The log and the clock of its lines belong to the node's thread.
Task<Status> NodeCore::StopAndTell() {
  const Status stopped = co_await StopBroker();
  if (!stopped.ok()) {
    Logger(output_, "node").Error("the broker did not stop in order", {{"cause", stopped}});
  }
  co_return stopped;
}

Task<Status> NodeCore::StopBroker() {
  if (stopping_) {
    co_await stopped_.Wait();
    co_return stop_status_;
  }
  stopping_ = true;
  if (broker_ != nullptr) {
    stop_status_ = co_await broker_->Stop();
  }
  broker_.reset();
  addresses_.clear();
  stopped_.Set();
  co_return stop_status_;
}

}  // namespace penstock
