// The Files port over a MemoryDisk, without faults and without delay: what ":memory:" and unit
// tests use.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/clock.h"
#include "runtime/files.h"
#include "runtime/sim/memory_disk.h"

namespace penstock {

class MemoryFiles final : public Files {
 public:
  // Both outlive this and every File and FileLock that it gives out.
  MemoryFiles(MemoryDisk& disk, Clock& clock) : disk_(disk), clock_(clock) {}

  Task<StatusOr<std::unique_ptr<File>>> Open(std::string path, OpenOptions options) override;
  Task<Status> Rename(std::string from, std::string to) override;
  Task<Status> Remove(std::string path) override;
  Task<StatusOr<std::vector<std::string>>> List(std::string directory) override;
  Task<Status> CreateDirectory(std::string path) override;
  Task<Status> RemoveTree(std::string path) override;
  Task<Status> SyncDirectory(std::string path) override;
  Task<StatusOr<FileInfo>> Describe(std::string path) override;
  Task<StatusOr<DiskSpace>> Space(std::string directory) override;
  Task<StatusOr<std::unique_ptr<FileLock>>> Lock(std::string path, std::string holder) override;

 private:
  MemoryDisk& disk_;
  Clock& clock_;
};

}  // namespace penstock
