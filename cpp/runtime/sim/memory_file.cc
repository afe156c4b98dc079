#include "runtime/sim/memory_file.h"

#include <algorithm>

#include "base/strings.h"

namespace penstock {

Status MemoryFile::CheckWritable() const {
  if (writable_) return OkStatus();
  return FailedPrecondition(StrCat(path_, ": opened for reading only"));
}

Task<StatusOr<Slice>> MemoryFile::ReadAt(uint64_t position, size_t size) {
  const uint64_t end = inode_->bytes.size();
  const uint64_t left = position < end ? end - position : 0;
  Slice slice = Slice::Allocate(static_cast<size_t>(std::min<uint64_t>(size, left)));
  inode_->bytes.Read(position, {slice.mutable_data(), slice.size()});
  co_return slice;
}

Task<Status> MemoryFile::WriteAt(uint64_t position, SliceChain data) {
  CO_RETURN_IF_ERROR(CheckWritable());
  const Status status = disk_.Write(*inode_, position, data, clock_.WallNow());
  co_return Annotate(status, StrCat("write ", path_));
}

Task<Status> MemoryFile::Sync() {
  disk_.MakeDurable(*inode_, disk_.ChangeCount(*inode_));
  co_return OkStatus();
}

Task<Status> MemoryFile::Truncate(uint64_t size) {
  CO_RETURN_IF_ERROR(CheckWritable());
  const Status status = disk_.Truncate(*inode_, size, clock_.WallNow());
  co_return Annotate(status, StrCat("truncate ", path_));
}

Task<StatusOr<uint64_t>> MemoryFile::Size() { co_return inode_->bytes.size(); }

// Hints; memory has nothing to write back, and no blocks to find.
void MemoryFile::StartWriteback(uint64_t, uint64_t) {}
void MemoryFile::Reserve(uint64_t, uint64_t) {}

Task<Status> MemoryFile::DropCache(uint64_t position) {
  disk_.DropCache(*inode_, position);
  co_return OkStatus();
}

}  // namespace penstock
