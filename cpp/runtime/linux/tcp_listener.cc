#include "runtime/linux/tcp_listener.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "base/strings.h"
#include "runtime/linux/errno_status.h"
#include "runtime/linux/tcp_connection.h"
#include "runtime/yield.h"

namespace penstock {

namespace {

constexpr int kBacklog = 4096;

// Without descriptors or memory the connection stays in the kernel's queue; trying at once again
// would only burn time.
constexpr Duration kExhaustedPause = Milliseconds(100);

bool IsExhaustion(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

// Errors of one connection that went away before it was accepted, or of the network at that moment.
bool IsOfOneConnection(int error) {
  switch (error) {
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
    case ETIMEDOUT:
      return true;
    default:
      return false;
  }
}

}  // namespace

StatusOr<std::unique_ptr<TcpListener>> TcpListener::Open(EpollReactor& reactor,
                                                         const SocketAddress& at,
                                                         std::string host) {
  const std::string what = StrCat("listen on ", at.ToAddress().ToString());
  FileDescriptor descriptor(::socket(at.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!descriptor.valid()) return ErrnoStatus(errno, what);
  const int on = 1;
  const int off = 0;
  ::setsockopt(descriptor.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (at.family() == AF_INET6) {
    // "" means every interface of both families; a number means itself.
    const int& only_ipv6 = host.empty() ? off : on;
    ::setsockopt(descriptor.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, sizeof only_ipv6);
  }
  if (::bind(descriptor.get(), at.get(), at.size) != 0) return ErrnoStatus(errno, what);
  if (::listen(descriptor.get(), kBacklog) != 0) return ErrnoStatus(errno, what);
  const uint16_t port = SocketAddress::OfLocalEnd(descriptor.get()).ToAddress().port;
  auto listener = std::make_unique<TcpListener>(reactor, std::move(descriptor),
                                                Address{.host = std::move(host), .port = port});
  RETURN_IF_ERROR(listener->socket_.Register());
  return listener;
}

TcpListener::TcpListener(EpollReactor& reactor, FileDescriptor descriptor, Address address)
    : reactor_(reactor), socket_(reactor, std::move(descriptor)), address_(std::move(address)) {}

Task<StatusOr<std::unique_ptr<Connection>>> TcpListener::Accept() {
  if (!reactor_.TakeCredit()) {
    co_await Yield(reactor_);
  }
  while (true) {
    if (!socket_.readable()) {
      Parking parking(socket_.readers());
      co_await parking;
      continue;
    }
    FileDescriptor descriptor(
        ::accept4(socket_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    const int error = errno;
    if (descriptor.valid()) {
      auto connection = std::make_unique<TcpConnection>(reactor_, std::move(descriptor));
      const Status prepared = connection->Prepare();
      if (!prepared.ok()) continue;  // it has gone already
      std::unique_ptr<Connection> port = std::move(connection);
      co_return port;
    }
    if (error == EAGAIN) {
      socket_.ClearReadable();
    } else if (IsExhaustion(error)) {
      const Instant again = reactor_.Now() + kExhaustedPause;
      co_await reactor_.SleepUntil(again);
    } else if (error != EINTR && !IsOfOneConnection(error)) {
      co_return ErrnoStatus(error, StrCat("accept on ", address_.ToString()));
    }
  }
}

}  // namespace penstock
