#include "runtime/sim/memory_connection.h"

namespace penstock {

Task<StatusOr<Slice>> MemoryConnection::Receive() {
  const StatusOr<bool> more = co_await WaitForBytes();
  if (!more.ok()) co_return more.status();
  co_return *more ? in().Take() : Slice();
}

Task<Status> MemoryConnection::Write(SliceChain data) {
  for (const Slice& slice : data.slices()) {
    while (Writable().ok() && out().unread_bytes() >= kWindowBytes) {
      co_await out().writable().Wait();
    }
    CO_RETURN_IF_ERROR(Writable());
    out().Send(slice);
  }
  co_return OkStatus();
}

}  // namespace penstock
