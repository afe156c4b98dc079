// One end of a simulated connection.
#pragma once

#include <memory>

#include "runtime/network.h"

namespace penstock {

class SimNetwork;
class SimNode;
class SimPipe;

class SimConnection final : public Connection {
 public:
  // The pipes are shared with the other end, which may go first.
  SimConnection(SimNetwork& network, SimNode& node, std::shared_ptr<SimPipe> out,
                std::shared_ptr<SimPipe> in, Address local, Address peer);
  ~SimConnection() override;

  Task<StatusOr<size_t>> Read(Slice buffer) override;
  Task<Status> Write(SliceChain data) override;
  void Close() override;
  Address local() const override { return local_; }
  Address peer() const override { return peer_; }

 private:
  // One piece of `slice`, at most `room` bytes, cut anywhere if the network splits.
  Slice PieceOf(const Slice& slice, uint64_t room);
  Status Reset() const;

  SimNetwork& network_;
  SimNode& node_;
  const std::shared_ptr<SimPipe> out_;
  const std::shared_ptr<SimPipe> in_;
  const Address local_;
  const Address peer_;
  bool closed_ = false;
};

}  // namespace penstock
