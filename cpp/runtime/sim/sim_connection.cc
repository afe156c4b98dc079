#include "runtime/sim/sim_connection.h"

#include <algorithm>
#include <utility>

#include "runtime/sim/sim_network.h"
#include "runtime/sim/sim_node.h"
#include "runtime/sim/sim_pipe.h"

namespace penstock {

SimConnection::SimConnection(SimNetwork& network, SimNode& node,
                             const std::shared_ptr<SimPipe>& out,
                             const std::shared_ptr<SimPipe>& in, Address local, Address peer)
    : PipeConnection(out, in, std::move(local), std::move(peer)), network_(network), node_(node) {}

SimConnection::~SimConnection() { SimConnection::Close(); }

void SimConnection::Close() {
  // Bytes that nobody will read make the other side see a reset, as with TCP.
  CloseWith(node_.crashing() || !in().empty());
}

Slice SimConnection::PieceOf(const Slice& slice, uint64_t room) {
  size_t size = static_cast<size_t>(std::min<uint64_t>(slice.size(), room));
  SeededRandom& random = network_.random();
  if (random.Happens(network_.faults().split_probability)) size = 1 + random.Below(size);
  return slice.Sub(0, size);
}

Task<Status> SimConnection::Write(SliceChain data) {
  uint64_t bytes_before_reset = ~uint64_t{0};
  if (network_.random().Happens(network_.faults().reset_probability)) {
    bytes_before_reset = network_.random().Below(data.size() + 1);
  }
  while (!data.empty()) {
    CO_RETURN_IF_ERROR(Writable());
    if (bytes_before_reset == 0) {
      out().End(MemoryPipe::Ending::kReset);
      Close();
      co_return Reset();
    }
    const uint64_t unread = out().unread_bytes();
    const uint64_t window = network_.faults().window_bytes;
    if (unread >= window) {
      co_await out().writable().Wait();
      continue;
    }
    const Slice piece =
        PieceOf(data.slices().front(), std::min(window - unread, bytes_before_reset));
    data.RemovePrefix(piece.size());
    if (bytes_before_reset != ~uint64_t{0}) bytes_before_reset -= piece.size();
    out().Send(piece);
  }
  co_return OkStatus();
}

}  // namespace penstock
