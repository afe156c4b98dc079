#include "runtime/linux/linux_network.h"

#include <cerrno>
#include <utility>

#include "base/strings.h"
#include "runtime/linux/errno_status.h"
#include "runtime/linux/tcp_connection.h"
#include "runtime/linux/tcp_listener.h"

namespace penstock {

Task<StatusOr<std::vector<SocketAddress>>> LinuxNetwork::LookUp(Address address) {
  if (IsNumeric(address)) co_return Resolve(address);
  using Found = StatusOr<std::vector<SocketAddress>>;
  absl::AnyInvocable<Found()> call = [address]() { return Resolve(address); };
  co_return co_await RunOnFileThread<Found>(reactor_.file_thread(), reactor_, std::move(call));
}

Task<StatusOr<std::unique_ptr<Listener>>> LinuxNetwork::Listen(Address address) {
  std::vector<std::string> hosts;
  if (address.host.empty()) {
    hosts = {"::", "0.0.0.0"};  // the first takes both families, where the machine has IPv6
  } else {
    hosts = {address.host};
  }
  Status failure = InvalidArgument(StrCat("listen on ", address.ToString(), ": no such host"));
  for (const std::string& host : hosts) {
    Address one{.host = host, .port = address.port};
    CO_ASSIGN_OR_RETURN(const std::vector<SocketAddress> found, co_await LookUp(std::move(one)));
    for (const SocketAddress& at : found) {
      auto listener = TcpListener::Open(reactor_, at, address.host);
      if (listener.ok()) {
        std::unique_ptr<Listener> port = *std::move(listener);
        co_return port;
      }
      failure = listener.status();
      // Somebody else has the port: not a reason to take the other family only.
      if (failure.code() == StatusCode::kFailedPrecondition) co_return failure;
    }
  }
  co_return failure;
}

Task<StatusOr<std::unique_ptr<Connection>>> LinuxNetwork::Connect(Address address) {
  const std::string what = StrCat("connect to ", address.ToString());
  auto found = co_await LookUp(address);
  if (!found.ok()) co_return Annotate(found.status(), what);
  Status failure = Unavailable("the host has no address");
  for (const SocketAddress& at : *found) {
    auto connection = co_await ConnectTo(at);
    if (connection.ok()) co_return connection;
    failure = connection.status();
  }
  co_return Annotate(failure, what);
}

Task<StatusOr<std::unique_ptr<Connection>>> LinuxNetwork::ConnectTo(SocketAddress address) {
  const std::string number = address.ToAddress().ToString();
  FileDescriptor descriptor(
      ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!descriptor.valid()) co_return ErrnoStatus(errno, number);
  const int fd = descriptor.get();
  if (::connect(fd, address.get(), address.size) != 0 && errno != EINPROGRESS) {
    co_return ErrnoStatus(errno, number);
  }
  {
    // Its own registration, for the time of the handshake; the connection makes another one.
    struct Handshake final : public EpollReactor::Watcher {
      explicit Handshake(EpollReactor& loop, int socket_fd) : reactor(loop), fd(socket_fd) {}
      ~Handshake() override {
        if (watched) reactor.Unwatch(fd, *this);
      }
      void OnReady(uint32_t events) override {
        if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) == 0) return;
        done = true;
        while (!line.empty()) reactor.Post(line.PopFront());
      }
      EpollReactor& reactor;
      const int fd;
      bool watched = false;
      bool done = false;
      RunQueue line;
    };
    Handshake handshake(reactor_, fd);
    CO_RETURN_IF_ERROR(reactor_.Watch(fd, handshake));
    handshake.watched = true;
    while (!handshake.done) {
      Parking parking(handshake.line);
      co_await parking;
    }
  }
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) co_return ErrnoStatus(error, number);
  auto connection = std::make_unique<TcpConnection>(reactor_, std::move(descriptor));
  CO_RETURN_IF_ERROR(connection->Prepare());
  std::unique_ptr<Connection> port = std::move(connection);
  co_return port;
}

}  // namespace penstock
