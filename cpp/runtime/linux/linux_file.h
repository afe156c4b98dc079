// An open file. Small writes and reads that the page cache can answer are made at once; the rest
// goes to the file thread.
#pragma once

#include <memory>
#include <string>

#include "runtime/files.h"
#include "runtime/linux/file_descriptor.h"

namespace penstock {

class EpollReactor;

class LinuxFile final : public File {
 public:
  LinuxFile(EpollReactor& reactor, FileDescriptor descriptor, std::string path);
  ~LinuxFile() override;

  Task<StatusOr<Slice>> ReadAt(uint64_t position, size_t size) override;
  Task<Status> WriteAt(uint64_t position, SliceChain data) override;
  Task<Status> Sync() override;
  Task<Status> Truncate(uint64_t size) override;
  Task<StatusOr<uint64_t>> Size() override;
  void StartWriteback(uint64_t position, uint64_t size) override;
  void Reserve(uint64_t position, uint64_t size) override;

  const std::shared_ptr<FileDescriptor>& descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }
  Task<Status> DropCache(uint64_t position) override;

 private:
  EpollReactor& reactor_;
  // Shared with operations on the file thread, which may outlast this object; the last one closes.
  std::shared_ptr<FileDescriptor> descriptor_;
  const std::string path_;
};

}  // namespace penstock
