// An address of the operating system, and its way to and from text.
#pragma once

#include <sys/socket.h>

#include <vector>

#include "base/status.h"
#include "runtime/network.h"

namespace penstock {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
  // The host as a number.
  Address ToAddress() const;

  static SocketAddress OfLocalEnd(int fd);
  static SocketAddress OfPeer(int fd);
};

// What the host of `address` means, best first. A number is translated at once; a name may block on
// a name server.
StatusOr<std::vector<SocketAddress>> Resolve(const Address& address);
bool IsNumeric(const Address& address);

}  // namespace penstock
