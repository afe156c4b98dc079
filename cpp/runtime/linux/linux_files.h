// The Files port over the operating system. Whatever looks at directories runs on the file thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/files.h"

namespace penstock {

class EpollReactor;

class LinuxFiles final : public Files {
 public:
  // `reactor` outlives this and every File and FileLock that it gives out.
  explicit LinuxFiles(EpollReactor& reactor) : reactor_(reactor) {}

  Task<StatusOr<std::unique_ptr<File>>> Open(std::string path, OpenOptions options) override;
  Task<Status> Rename(std::string from, std::string to) override;
  Task<Status> Remove(std::string path) override;
  Task<StatusOr<std::vector<std::string>>> List(std::string directory) override;
  Task<Status> CreateDirectory(std::string path) override;
  Task<Status> RemoveTree(std::string path) override;
  Task<std::vector<Status>> SyncAll(std::vector<std::shared_ptr<File>> files) override;
  Task<Status> SyncDirectory(std::string path) override;
  Task<StatusOr<FileInfo>> Describe(std::string path) override;
  Task<StatusOr<DiskSpace>> Space(std::string directory) override;
  Task<StatusOr<std::unique_ptr<FileLock>>> Lock(std::string path, std::string holder) override;

 private:
  EpollReactor& reactor_;
};

}  // namespace penstock
