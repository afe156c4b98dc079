#include "runtime/sim/memory_files.h"

#include <utility>

#include "base/strings.h"
#include "runtime/sim/memory_file.h"

namespace penstock {

namespace {

class MemoryLock final : public FileLock {
 public:
  MemoryLock(MemoryDisk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
  ~MemoryLock() override { disk_.locks().erase(path_); }

 private:
  MemoryDisk& disk_;
  const std::string path_;
};

}  // namespace

Task<StatusOr<std::unique_ptr<File>>> MemoryFiles::Open(std::string path, OpenOptions options) {
  StatusOr<MemoryInodePtr> inode = disk_.Open(path, options, clock_.WallNow());
  if (!inode.ok()) co_return Annotate(inode.status(), "open");
  std::unique_ptr<File> file = std::make_unique<MemoryFile>(disk_, clock_, *std::move(inode),
                                                            std::move(path), options.writable);
  co_return file;
}

Task<Status> MemoryFiles::Rename(std::string from, std::string to) {
  co_return disk_.Rename(from, to);
}

Task<Status> MemoryFiles::Remove(std::string path) { co_return disk_.Remove(path); }

Task<StatusOr<std::vector<std::string>>> MemoryFiles::List(std::string directory) {
  co_return disk_.List(directory);
}

Task<Status> MemoryFiles::CreateDirectory(std::string path) {
  co_return disk_.CreateDirectory(path, clock_.WallNow());
}

Task<Status> MemoryFiles::RemoveTree(std::string path) { co_return disk_.RemoveTree(path); }

Task<Status> MemoryFiles::SyncDirectory(std::string path) { co_return disk_.SyncDirectory(path); }

Task<StatusOr<FileInfo>> MemoryFiles::Describe(std::string path) { co_return disk_.Describe(path); }

Task<StatusOr<DiskSpace>> MemoryFiles::Space(std::string directory) {
  const StatusOr<FileInfo> info = disk_.Describe(directory);
  if (!info.ok()) co_return info.status();
  co_return disk_.Space();
}

Task<StatusOr<std::unique_ptr<FileLock>>> MemoryFiles::Lock(std::string path, std::string holder) {
  OpenOptions options{.create = true};
  StatusOr<MemoryInodePtr> inode = disk_.Open(path, options, clock_.WallNow());
  if (!inode.ok()) co_return Annotate(inode.status(), "lock");
  const auto [held, taken] = disk_.locks().try_emplace(path, holder);
  if (!taken) co_return FailedPrecondition(StrCat(path, " is held by ", held->second));
  const uint64_t nothing = 0;
  Status written = disk_.Truncate(**inode, nothing, clock_.WallNow());
  if (written.ok()) {
    const SliceChain text(Slice::CopyOf(holder));
    written = disk_.Write(**inode, nothing, text, clock_.WallNow());
  }
  std::unique_ptr<FileLock> lock = std::make_unique<MemoryLock>(disk_, path);
  if (!written.ok()) co_return Annotate(written, StrCat("lock ", path));
  co_return lock;
}

}  // namespace penstock
