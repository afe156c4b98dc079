// A non-blocking socket in the loop: who waits for it to become readable or writable.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "runtime/linux/epoll_reactor.h"
#include "runtime/linux/file_descriptor.h"
#include "runtime/run_queue.h"

namespace penstock {

class TcpSocket final : public EpollReactor::Watcher {
 public:
  // `reactor` outlives the socket.
  TcpSocket(EpollReactor& reactor, FileDescriptor descriptor);
  TcpSocket(const TcpSocket&) = delete;
  TcpSocket& operator=(const TcpSocket&) = delete;
  ~TcpSocket() override { Close(); }

  // Once, before the first wait.
  Status Register();
  // Wakes everybody.
  void Close();
  bool closed() const { return !descriptor_.valid(); }
  int fd() const { return descriptor_.get(); }

  // An attempt failed for now, or took everything that was there: the next one waits for an edge
  // first.
  void ClearReadable() { readable_ = peer_ended_; }
  void ClearWritable() { writable_ = broken_; }
  // Whether an attempt may succeed. Wait by Parking in the line below while it may not.
  bool readable() const { return readable_ || closed(); }
  bool writable() const { return writable_ || closed(); }
  RunQueue& readers() { return readers_; }
  RunQueue& writers() { return writers_; }

  void OnReady(uint32_t events) override;

 private:
  void Wake(RunQueue& line);

  EpollReactor& reactor_;
  FileDescriptor descriptor_;
  bool registered_ = false;
  bool readable_ = true;
  bool writable_ = true;
  // No edge may come any more; every attempt tells the state at once.
  bool peer_ended_ = false;  // nothing more to read after what is there
  bool broken_ = false;      // both directions
  RunQueue readers_;
  RunQueue writers_;
};

}  // namespace penstock
