#include "runtime/sim/sim_network.h"

#include <algorithm>

#include "base/strings.h"
#include "runtime/sim/sim_connection.h"
#include "runtime/sim/sim_delay.h"
#include "runtime/sim/sim_listener.h"
#include "runtime/sim/sim_node.h"
#include "runtime/sim/sim_pipe.h"
#include "runtime/sim/sim_world.h"

namespace penstock {

namespace {
// How often a connect that meets a cut tries again, as a kernel does.
constexpr Duration kConnectRetry = Milliseconds(200);
}  // namespace

SimNetwork::SimNetwork(SimWorld& world, uint64_t seed, uint64_t stream)
    : world_(world), random_(seed, stream) {}

void SimNetwork::Cut(SimNode& source, SimNode& target) {
  cuts_.emplace(source.name(), target.name());
}

void SimNetwork::CutBoth(SimNode& a, SimNode& b) {
  Cut(a, b);
  Cut(b, a);
}

void SimNetwork::Heal(SimNode& source, SimNode& target) {
  cuts_.erase({source.name(), target.name()});
  for (const auto& weak : pipes_) {
    if (const std::shared_ptr<SimPipe> pipe = weak.lock()) pipe->ReleaseHeld();
  }
}

void SimNetwork::HealAll() {
  cuts_.clear();
  for (const auto& weak : pipes_) {
    if (const std::shared_ptr<SimPipe> pipe = weak.lock()) pipe->ReleaseHeld();
  }
}

bool SimNetwork::IsCut(const SimNode& source, const SimNode& target) const {
  return cuts_.contains({source.name(), target.name()});
}

TimerHeap& SimNetwork::timers() { return world_.timers(); }

Duration SimNetwork::DrawOneWay() {
  return DrawDelay(random_, faults_.delay_min, faults_.delay_mean);
}

Instant SimNetwork::DrawArrival() { return world_.now() + DrawOneWay(); }

void SimNetwork::Trace(const SimNode& source, const SimNode& target, size_t bytes) {
  world_.trace().Add(source.name());
  world_.trace().Add(target.name());
  world_.trace().Add(bytes);
}

std::string SimNetwork::HostOf(const SimNode& node, const std::string& host) const {
  for (const std::string_view own : {"", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}) {
    if (host == own) return node.name();
  }
  return host;
}

bool SimNetwork::HasHost(const std::string& host) const { return world_.HasNode(host); }

uint16_t SimNetwork::NextPort() {
  if (next_port_ < 40'000) next_port_ = 40'000;  // it wrapped
  return next_port_++;
}

StatusOr<uint16_t> SimNetwork::Bind(const std::string& host, uint16_t port, SimListener& listener) {
  if (port == 0) {
    do {
      port = NextPort();
    } while (listeners_.contains({host, port}));
  }
  if (!listeners_.try_emplace({host, port}, &listener).second) {
    return FailedPrecondition(StrCat("listen on ", host, ":", port, ": address already in use"));
  }
  return port;
}

void SimNetwork::Unbind(const std::string& host, uint16_t port) { listeners_.erase({host, port}); }

SimListener* SimNetwork::FindListener(const std::string& host, uint16_t port) const {
  const auto found = listeners_.find({host, port});
  return found == listeners_.end() ? nullptr : found->second;
}

std::shared_ptr<SimPipe> SimNetwork::MakePipe(SimNode& source, SimNode& target) {
  std::erase_if(pipes_, [](const std::weak_ptr<SimPipe>& pipe) { return pipe.expired(); });
  auto pipe = std::make_shared<SimPipe>(*this, source, target);
  pipes_.push_back(pipe);
  return pipe;
}

Task<StatusOr<std::unique_ptr<Listener>>> SimNodeNetwork::Listen(Address address) {
  const std::string host = network_.HostOf(node_, address.host);
  if (host != node_.name()) {
    co_return InvalidArgument(
        StrCat("listen on ", address.ToString(), ": not an address of ", node_.name()));
  }
  auto listener = std::make_unique<SimListener>(network_, node_, address.host);
  const Status bound = listener->Bind(address.port);
  if (!bound.ok()) co_return bound;
  std::unique_ptr<Listener> port = std::move(listener);
  co_return port;
}

Task<StatusOr<std::unique_ptr<Connection>>> SimNodeNetwork::Connect(Address address) {
  const std::string host = network_.HostOf(node_, address.host);
  const bool world_has_host = network_.HasHost(host);
  const Duration there = network_.DrawOneWay();
  const Duration back = network_.DrawOneWay();
  const bool refused = network_.random().Happens(network_.faults().refuse_probability);
  const std::string what = StrCat("connect to ", address.ToString());
  if (there > Duration(0)) {
    co_await node_.Pass(there);
  }
  Duration waited{0};
  SimListener* listener = network_.FindListener(host, address.port);
  while (listener != nullptr &&
         (network_.IsCut(node_, listener->node()) || network_.IsCut(listener->node(), node_))) {
    if (waited >= network_.faults().connect_timeout)
      co_return Unavailable(StrCat(what, ": timed out"));
    waited += kConnectRetry;
    co_await node_.Pass(kConnectRetry);
    listener = network_.FindListener(host, address.port);
  }
  if (!world_has_host) co_return NotFound(StrCat(what, ": no such host"));
  if (listener == nullptr || refused) co_return Unavailable(StrCat(what, ": connection refused"));
  std::unique_ptr<Connection> connection = listener->Accepted(node_, address);
  if (back > Duration(0)) {
    co_await node_.Pass(back);
  }
  co_return connection;
}

}  // namespace penstock
