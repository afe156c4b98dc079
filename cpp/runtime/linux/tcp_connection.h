// A TCP connection. Reads and writes are tried at once; only what the kernel refuses waits for the
// loop.
#pragma once

#include "runtime/linux/tcp_socket.h"
#include "runtime/network.h"

namespace penstock {

class TcpConnection final : public Connection {
 public:
  // Of a connected, non-blocking socket; call Prepare before anything else.
  TcpConnection(EpollReactor& reactor, FileDescriptor descriptor);
  Status Prepare();

  Task<StatusOr<size_t>> Read(Slice buffer) override;
  Task<Status> Write(SliceChain data) override;
  void Close() override { socket_.Close(); }
  Address local() const override { return local_; }
  Address peer() const override { return peer_; }

 private:
  EpollReactor& reactor_;
  TcpSocket socket_;
  Address local_;
  Address peer_;
};

}  // namespace penstock
