// One end of a connection in memory. What is written arrives at once and by reference.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "runtime/sim/pipe_connection.h"
#include "runtime/slice_stream.h"

namespace penstock {

class MemoryConnection final : public PipeConnection, public SliceStream {
 public:
  // Sent and not yet read; a writer waits when there is as much. A slice is never cut, so that one
  // more may stand beyond it.
  static constexpr uint64_t kWindowBytes = uint64_t{4} << 20;

  MemoryConnection(std::shared_ptr<MemoryPipe> out, std::shared_ptr<MemoryPipe> in, Address local,
                   Address peer)
      : PipeConnection(std::move(out), std::move(in), std::move(local), std::move(peer)) {}
  ~MemoryConnection() override { Close(); }

  Task<StatusOr<Slice>> Receive() override;
  Task<Status> Write(SliceChain data) override;
  void Close() override { CloseWith(!in().empty()); }
};

}  // namespace penstock
