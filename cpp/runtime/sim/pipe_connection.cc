#include "runtime/sim/pipe_connection.h"

#include <utility>

#include "base/check.h"
#include "base/strings.h"

namespace penstock {

namespace {
Status Closed() { return Cancelled("the connection was closed"); }
}  // namespace

PipeConnection::PipeConnection(std::shared_ptr<MemoryPipe> out, std::shared_ptr<MemoryPipe> in,
                               Address local, Address peer)
    : out_(std::move(out)), in_(std::move(in)), local_(std::move(local)), peer_(std::move(peer)) {}

void PipeConnection::CloseWith(bool reset) {
  if (closed_) return;
  closed_ = true;
  out_->End(reset ? MemoryPipe::Ending::kReset : MemoryPipe::Ending::kEndOfStream);
  in_->CloseReader();
  in_->readable().NotifyAll();
  out_->writable().NotifyAll();
}

Status PipeConnection::Reset() const {
  return Unavailable(StrCat("connection with ", peer_.ToString(), " reset by peer"));
}

Status PipeConnection::Writable() const {
  if (closed_) return Closed();
  return out_->reader_gone() ? Reset() : OkStatus();
}

Task<StatusOr<bool>> PipeConnection::WaitForBytes() {
  while (true) {
    if (closed_) co_return Closed();
    if (!in_->empty()) co_return true;
    if (in_->ending() == MemoryPipe::Ending::kReset) co_return Reset();
    if (in_->ending() == MemoryPipe::Ending::kEndOfStream) co_return false;
    co_await in_->readable().Wait();
  }
}

Task<StatusOr<size_t>> PipeConnection::Read(Slice buffer) {
  CHECK(!buffer.empty());
  const StatusOr<bool> more = co_await WaitForBytes();
  if (!more.ok()) co_return more.status();
  co_return *more ? in_->Read(buffer) : size_t{0};
}

}  // namespace penstock
