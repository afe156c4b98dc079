// The Network port over TCP.
#pragma once

#include <memory>
#include <vector>

#include "runtime/linux/epoll_reactor.h"
#include "runtime/linux/socket_address.h"
#include "runtime/network.h"

namespace penstock {

class LinuxNetwork final : public Network {
 public:
  // `reactor` outlives this and everything that it gives out.
  explicit LinuxNetwork(EpollReactor& reactor) : reactor_(reactor) {}

  Task<StatusOr<std::unique_ptr<Listener>>> Listen(Address address) override;
  Task<StatusOr<std::unique_ptr<Connection>>> Connect(Address address) override;

 private:
  // At once for numbers, on the file thread for names.
  Task<StatusOr<std::vector<SocketAddress>>> LookUp(Address address);
  Task<StatusOr<std::unique_ptr<Connection>>> ConnectTo(SocketAddress address);

  EpollReactor& reactor_;
};

}  // namespace penstock
