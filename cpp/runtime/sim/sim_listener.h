// A port of a simulated node that others connect to.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "runtime/condition.h"
#include "runtime/network.h"

namespace penstock {

class SimNetwork;
class SimNode;

class SimListener final : public Listener {
 public:
  // `host` as the caller wrote it.
  SimListener(SimNetwork& network, SimNode& node, std::string host);
  ~SimListener() override;

  Status Bind(uint16_t port);
  Task<StatusOr<std::unique_ptr<Connection>>> Accept() override;
  Address address() const override { return address_; }

  // Queues a new connection for Accept; the other end of it, for `client`, which named `address`.
  std::unique_ptr<Connection> Accepted(SimNode& client, const Address& address);
  SimNode& node() { return node_; }

 private:
  SimNetwork& network_;
  SimNode& node_;
  Address address_;
  bool bound_ = false;
  std::deque<std::unique_ptr<Connection>> waiting_;
  Condition arrived_;
};

}  // namespace penstock
