#include "runtime/sim/sim_listener.h"

#include <utility>

#include "runtime/sim/sim_connection.h"
#include "runtime/sim/sim_network.h"
#include "runtime/sim/sim_node.h"
#include "runtime/sim/sim_pipe.h"

namespace penstock {

SimListener::SimListener(SimNetwork& network, SimNode& node, std::string host)
    : network_(network),
      node_(node),
      address_{.host = std::move(host), .port = 0},
      arrived_(node) {}

SimListener::~SimListener() {
  if (bound_) network_.Unbind(node_.name(), address_.port);
}

Status SimListener::Bind(uint16_t port) {
  ASSIGN_OR_RETURN(address_.port, network_.Bind(node_.name(), port, *this));
  bound_ = true;
  return OkStatus();
}

Task<StatusOr<std::unique_ptr<Connection>>> SimListener::Accept() {
  while (waiting_.empty()) {
    co_await arrived_.Wait();
  }
  std::unique_ptr<Connection> connection = std::move(waiting_.front());
  waiting_.pop_front();
  co_return connection;
}

std::unique_ptr<Connection> SimListener::Accepted(SimNode& client, const Address& address) {
  const std::shared_ptr<SimPipe> up = network_.MakePipe(client, node_);
  const std::shared_ptr<SimPipe> down = network_.MakePipe(node_, client);
  up->SetReverse(down);
  down->SetReverse(up);
  const Address client_address{.host = client.name(), .port = network_.NextPort()};
  waiting_.push_back(
      std::make_unique<SimConnection>(network_, node_, down, up, address, client_address));
  arrived_.NotifyOne();
  return std::make_unique<SimConnection>(network_, client, up, down, client_address, address);
}

}  // namespace penstock
