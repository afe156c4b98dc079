// One open file of a MemoryDisk, without faults. SimFile puts the faults before it.
#pragma once

#include <string>

#include "runtime/clock.h"
#include "runtime/files.h"
#include "runtime/sim/memory_disk.h"

namespace penstock {

class MemoryFile final : public File {
 public:
  MemoryFile(MemoryDisk& disk, Clock& clock, MemoryInodePtr inode, std::string path, bool writable)
      : disk_(disk),
        clock_(clock),
        inode_(std::move(inode)),
        path_(std::move(path)),
        writable_(writable) {}

  Task<StatusOr<Slice>> ReadAt(uint64_t position, size_t size) override;
  Task<Status> WriteAt(uint64_t position, SliceChain data) override;
  Task<Status> Sync() override;
  Task<Status> Truncate(uint64_t size) override;
  Task<StatusOr<uint64_t>> Size() override;
  void StartWriteback(uint64_t position, uint64_t size) override;
  void Reserve(uint64_t position, uint64_t size) override;
  Task<Status> DropCache(uint64_t position) override;

  const std::string& path() const { return path_; }
  MemoryInode& inode() { return *inode_; }

 private:
  Status CheckWritable() const;

  MemoryDisk& disk_;
  Clock& clock_;
  const MemoryInodePtr inode_;
  const std::string path_;
  const bool writable_;
};

}  // namespace penstock
