// A listening TCP port.
#pragma once

#include <string>

#include "runtime/linux/socket_address.h"
#include "runtime/linux/tcp_socket.h"
#include "runtime/network.h"

namespace penstock {

class TcpListener final : public Listener {
 public:
  // Listens on `at`. `host` is what the caller wrote; address() repeats it.
  static StatusOr<std::unique_ptr<TcpListener>> Open(EpollReactor& reactor, const SocketAddress& at,
                                                     std::string host);

  TcpListener(EpollReactor& reactor, FileDescriptor descriptor, Address address);

  Task<StatusOr<std::unique_ptr<Connection>>> Accept() override;
  Address address() const override { return address_; }

 private:
  EpollReactor& reactor_;
  TcpSocket socket_;
  const Address address_;
};

}  // namespace penstock
