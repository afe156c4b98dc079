// One end of a connection over two pipes in memory: reading and closing. How bytes are sent is up
// to the network.
#pragma once

#include <memory>

#include "runtime/network.h"
#include "runtime/sim/memory_pipe.h"

namespace penstock {

class PipeConnection : public Connection {
 public:
  Task<StatusOr<size_t>> Read(Slice buffer) override;
  Address local() const override { return local_; }
  Address peer() const override { return peer_; }

 protected:
  // The pipes are shared with the other end, which may go first.
  PipeConnection(std::shared_ptr<MemoryPipe> out, std::shared_ptr<MemoryPipe> in, Address local,
                 Address peer);

  MemoryPipe& out() { return *out_; }
  MemoryPipe& in() { return *in_; }
  // `reset`: the other side sees that bytes were lost.
  void CloseWith(bool reset);
  // True when there is something to read, false at the end of the stream.
  Task<StatusOr<bool>> WaitForBytes();
  // OK while writing makes sense.
  Status Writable() const;
  Status Reset() const;

 private:
  const std::shared_ptr<MemoryPipe> out_;
  const std::shared_ptr<MemoryPipe> in_;
  const Address local_;
  const Address peer_;
  bool closed_ = false;
};

}  // namespace penstock
