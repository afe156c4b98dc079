#include "runtime/linux/socket_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/strings.h"
#include "runtime/linux/errno_status.h"

namespace penstock {

Address SocketAddress::ToAddress() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  Address address;
  if (family() == AF_INET) {
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(storage);
    ::inet_ntop(AF_INET, &ipv4.sin_addr, text.data(), text.size());
    address.port = ntohs(ipv4.sin_port);
  } else if (family() == AF_INET6) {
    const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(storage);
    address.port = ntohs(ipv6.sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr)) {  // an IPv4 peer of a listener on every interface
      ::inet_ntop(AF_INET, &ipv6.sin6_addr.s6_addr[12], text.data(), text.size());
    } else {
      ::inet_ntop(AF_INET6, &ipv6.sin6_addr, text.data(), text.size());
    }
  }
  address.host = text.data();
  return address;
}

SocketAddress SocketAddress::OfLocalEnd(int fd) {
  SocketAddress address;
  address.size = sizeof address.storage;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.size);
  return address;
}

SocketAddress SocketAddress::OfPeer(int fd) {
  SocketAddress address;
  address.size = sizeof address.storage;
  ::getpeername(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.size);
  return address;
}

bool IsNumeric(const Address& address) {
  std::array<uint8_t, sizeof(in6_addr)> number;
  return ::inet_pton(AF_INET, address.host.c_str(), number.data()) == 1 ||
         ::inet_pton(AF_INET6, address.host.c_str(), number.data()) == 1;
}

StatusOr<std::vector<SocketAddress>> Resolve(const Address& address) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | (IsNumeric(address) ? AI_NUMERICHOST : 0);
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  const int error = ::getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
  if (error == EAI_SYSTEM) return ErrnoStatus(errno, StrCat("look up ", address.host));
  if (error != 0) {
    const std::string_view reason = ::gai_strerror(error);
    const std::string what = StrCat("look up ", address.host, ": ", reason);
    return error == EAI_NONAME || error == EAI_NODATA ? NotFound(what) : Unavailable(what);
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, &::freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    SocketAddress one;
    std::memcpy(&one.storage, entry->ai_addr, entry->ai_addrlen);
    one.size = entry->ai_addrlen;
    addresses.push_back(one);
  }
  return addresses;
}

}  // namespace penstock
