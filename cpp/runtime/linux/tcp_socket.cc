#include "runtime/linux/tcp_socket.h"

#include <utility>

namespace penstock {

TcpSocket::TcpSocket(EpollReactor& reactor, FileDescriptor descriptor)
    : reactor_(reactor), descriptor_(std::move(descriptor)) {}

Status TcpSocket::Register() {
  RETURN_IF_ERROR(reactor_.Watch(fd(), *this));
  registered_ = true;
  return OkStatus();
}

void TcpSocket::Close() {
  if (closed()) return;
  if (registered_) reactor_.Unwatch(fd(), *this);
  descriptor_.Close();
  Wake(readers_);
  Wake(writers_);
}

void TcpSocket::OnReady(uint32_t events) {
  if ((events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0) peer_ended_ = true;
  if ((events & (EPOLLHUP | EPOLLERR)) != 0) broken_ = true;
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
    readable_ = true;
    Wake(readers_);
  }
  if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) {
    writable_ = true;
    Wake(writers_);
  }
}

void TcpSocket::Wake(RunQueue& line) {
  while (!line.empty()) reactor_.Post(line.PopFront());
}

}  // namespace penstock
