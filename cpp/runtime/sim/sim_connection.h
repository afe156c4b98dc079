// One end of a simulated connection: what is written travels in pieces, and may be reset.
#pragma once

#include <cstdint>
#include <memory>

#include "runtime/sim/pipe_connection.h"

namespace penstock {

class SimNetwork;
class SimNode;
class SimPipe;

class SimConnection final : public PipeConnection {
 public:
  SimConnection(SimNetwork& network, SimNode& node, const std::shared_ptr<SimPipe>& out,
                const std::shared_ptr<SimPipe>& in, Address local, Address peer);
  ~SimConnection() override;

  Task<Status> Write(SliceChain data) override;
  void Close() override;

 private:
  // One piece of `slice`, at most `room` bytes, cut anywhere if the network splits.
  Slice PieceOf(const Slice& slice, uint64_t room);

  SimNetwork& network_;
  SimNode& node_;
};

}  // namespace penstock
