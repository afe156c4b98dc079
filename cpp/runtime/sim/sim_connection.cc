#include "runtime/sim/sim_connection.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "runtime/sim/sim_network.h"
#include "runtime/sim/sim_node.h"
#include "runtime/sim/sim_pipe.h"

namespace penstock {

namespace {
Status Closed() { return Cancelled("the connection was closed"); }
}  // namespace

SimConnection::SimConnection(SimNetwork& network, SimNode& node, std::shared_ptr<SimPipe> out,
                             std::shared_ptr<SimPipe> in, Address local, Address peer)
    : network_(network),
      node_(node),
      out_(std::move(out)),
      in_(std::move(in)),
      local_(std::move(local)),
      peer_(std::move(peer)) {}

SimConnection::~SimConnection() { Close(); }

void SimConnection::Close() {
  if (closed_) return;
  closed_ = true;
  // Bytes that nobody will read make the other side see a reset, as with TCP.
  const bool reset = node_.crashing() || !in_->arrived().empty();
  out_->End(reset ? SimPipe::Ending::kReset : SimPipe::Ending::kEndOfStream);
  in_->CloseReader();
  in_->readable().NotifyAll();
  out_->writable().NotifyAll();
}

Status SimConnection::Reset() const {
  return Unavailable(StrCat("connection with ", peer_.ToString(), " reset by peer"));
}

Task<StatusOr<size_t>> SimConnection::Read(Slice buffer) {
  CHECK(!buffer.empty());
  while (true) {
    if (closed_) co_return Closed();
    if (!in_->arrived().empty()) break;
    if (in_->ending() == SimPipe::Ending::kReset) co_return Reset();
    if (in_->ending() == SimPipe::Ending::kEndOfStream) co_return size_t{0};
    co_await in_->readable().Wait();
  }
  size_t count = 0;
  std::deque<Slice>& arrived = in_->arrived();
  while (!arrived.empty() && count < buffer.size()) {
    Slice& first = arrived.front();
    const size_t size = std::min(first.size(), buffer.size() - count);
    std::memcpy(buffer.mutable_data() + count, first.data(), size);
    count += size;
    if (size == first.size()) {
      arrived.pop_front();
    } else {
      first = first.Sub(size);
    }
  }
  in_->CountRead(count);
  co_return count;
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
    if (closed_) co_return Closed();
    if (out_->reader_gone()) co_return Reset();
    if (bytes_before_reset == 0) {
      out_->End(SimPipe::Ending::kReset);
      Close();
      co_return Reset();
    }
    const uint64_t unread = out_->UnreadBytes();
    const uint64_t window = network_.faults().window_bytes;
    if (unread >= window) {
      co_await out_->writable().Wait();
      continue;
    }
    const Slice piece =
        PieceOf(data.slices().front(), std::min(window - unread, bytes_before_reset));
    data.RemovePrefix(piece.size());
    if (bytes_before_reset != ~uint64_t{0}) bytes_before_reset -= piece.size();
    out_->Send(piece);
  }
  co_return OkStatus();
}

}  // namespace penstock
