#include "runtime/linux/tcp_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "runtime/linux/chain_cursor.h"
#include "runtime/linux/errno_status.h"
#include "runtime/linux/socket_address.h"
#include "runtime/yield.h"

namespace penstock {

namespace {

Status Closed() { return Cancelled("the connection was closed"); }

// One gathered send; bytes, or -1 and errno.
ssize_t SendSome(int fd, const ChainCursor& cursor) {
  std::array<iovec, ChainCursor::kVectorMax> vector;
  msghdr message{};
  message.msg_iov = vector.data();
  message.msg_iovlen = cursor.Fill(vector);
  return ::sendmsg(fd, &message, MSG_NOSIGNAL);
}

}  // namespace

TcpConnection::TcpConnection(EpollReactor& reactor, FileDescriptor descriptor)
    : reactor_(reactor), socket_(reactor, std::move(descriptor)) {}

Status TcpConnection::Prepare() {
  const int on = 1;
  if (::setsockopt(socket_.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
    return ErrnoStatus(errno, "TCP_NODELAY");
  }
  local_ = SocketAddress::OfLocalEnd(socket_.fd()).ToAddress();
  peer_ = SocketAddress::OfPeer(socket_.fd()).ToAddress();
  return socket_.Register();
}

Task<StatusOr<size_t>> TcpConnection::Read(Slice buffer) {
  CHECK(!buffer.empty());
  if (!reactor_.TakeCredit()) {
    co_await Yield(reactor_);
  }
  while (true) {
    if (!socket_.readable()) {
      Parking parking(socket_.readers());
      co_await parking;
      continue;
    }
    if (socket_.closed()) co_return Closed();
    const ssize_t count = ::recv(socket_.fd(), buffer.mutable_data(), buffer.size(), 0);
    if (count >= 0) {
      const size_t bytes = static_cast<size_t>(count);
      // Less than there was room for: nothing is left, and more will come with an edge.
      if (bytes < buffer.size()) socket_.ClearReadable();
      co_return bytes;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) co_return ErrnoStatus(errno, StrCat("receive from ", peer_.ToString()));
    socket_.ClearReadable();
    // Where no edge will come it is tried again, but never without a turn for others.
    if (socket_.readable()) {
      co_await Yield(reactor_);
    }
  }
}

Task<Status> TcpConnection::Write(SliceChain data) {
  ChainCursor cursor(data);
  if (!reactor_.TakeCredit()) {
    co_await Yield(reactor_);
  }
  while (cursor.left() > 0) {
    if (!socket_.writable()) {
      Parking parking(socket_.writers());
      co_await parking;
      continue;
    }
    if (socket_.closed()) co_return Closed();
    const ssize_t count = SendSome(socket_.fd(), cursor);
    if (count >= 0) {
      cursor.Advance(static_cast<size_t>(count));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) co_return ErrnoStatus(errno, StrCat("send to ", peer_.ToString()));
    socket_.ClearWritable();
    if (socket_.writable()) {
      co_await Yield(reactor_);
    }
  }
  co_return OkStatus();
}

}  // namespace penstock
