#include "runtime/linux/linux_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/strings.h"
#include "runtime/linux/epoll_reactor.h"
#include "runtime/linux/errno_status.h"
#include "runtime/linux/file_calls.h"
#include "runtime/linux/linux_file.h"

namespace penstock {

namespace {

class LinuxLock final : public FileLock {
 public:
  explicit LinuxLock(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  const FileDescriptor descriptor_;
};

template <class Result>
Task<Result> Run(EpollReactor& reactor, absl::AnyInvocable<Result()> call) {
  return RunOnFileThread<Result>(reactor.file_thread(), reactor, std::move(call));
}

}  // namespace

Task<StatusOr<std::unique_ptr<File>>> LinuxFiles::Open(std::string path, OpenOptions options) {
  absl::AnyInvocable<StatusOr<FileDescriptor>()> call = [path, options]() {
    return file_calls::Open(path, options);
  };
  CO_ASSIGN_OR_RETURN(FileDescriptor descriptor, co_await Run(reactor_, std::move(call)));
  std::unique_ptr<File> file =
      std::make_unique<LinuxFile>(reactor_, std::move(descriptor), std::move(path));
  co_return file;
}

Task<Status> LinuxFiles::Rename(std::string from, std::string to) {
  return Run<Status>(reactor_, [from = std::move(from), to = std::move(to)]() {
    return file_calls::Rename(from, to);
  });
}

Task<Status> LinuxFiles::Remove(std::string path) {
  return Run<Status>(reactor_, [path = std::move(path)]() { return file_calls::Remove(path); });
}

Task<StatusOr<std::vector<std::string>>> LinuxFiles::List(std::string directory) {
  return Run<StatusOr<std::vector<std::string>>>(
      reactor_, [directory = std::move(directory)]() { return file_calls::List(directory); });
}

Task<Status> LinuxFiles::CreateDirectory(std::string path) {
  return Run<Status>(reactor_,
                     [path = std::move(path)]() { return file_calls::CreateDirectory(path); });
}

Task<Status> LinuxFiles::RemoveTree(std::string path) {
  return Run<Status>(reactor_, [path = std::move(path)]() { return file_calls::RemoveTree(path); });
}

// The device writes of all files are on their way before the first sync waits: whatever the first
// commit of the file system's journal covers, the others need not commit again.
Task<std::vector<Status>> LinuxFiles::SyncAll(std::vector<std::shared_ptr<File>> files) {
  std::vector<std::shared_ptr<FileDescriptor>> descriptors;
  descriptors.reserve(files.size());
  for (const std::shared_ptr<File>& file : files) {
    descriptors.push_back(static_cast<const LinuxFile&>(*file).descriptor());
  }
  absl::AnyInvocable<std::vector<int>()> sync = [descriptors = std::move(descriptors)]() {
    if (descriptors.size() > 1) {
      for (const auto& descriptor : descriptors) {
        // Only a hint: an error shows again at the sync.
        ::sync_file_range(descriptor->get(), 0, 0, SYNC_FILE_RANGE_WRITE);
      }
    }
    std::vector<int> errors;
    errors.reserve(descriptors.size());
    for (const auto& descriptor : descriptors) {
      errors.push_back(::fdatasync(descriptor->get()) == 0 ? 0 : errno);
    }
    return errors;
  };
  std::vector<int> errors = co_await Run(reactor_, std::move(sync));
  std::vector<Status> results;
  results.reserve(files.size());
  for (size_t i = 0; i < files.size(); ++i) {
    const std::string& path = static_cast<const LinuxFile&>(*files[i]).path();
    results.push_back(errors[i] == 0 ? OkStatus() : ErrnoStatus(errors[i], StrCat("sync ", path)));
  }
  co_return results;
}

Task<Status> LinuxFiles::SyncDirectory(std::string path) {
  return Run<Status>(reactor_,
                     [path = std::move(path)]() { return file_calls::SyncDirectory(path); });
}

Task<StatusOr<FileInfo>> LinuxFiles::Describe(std::string path) {
  return Run<StatusOr<FileInfo>>(reactor_,
                                 [path = std::move(path)]() { return file_calls::Describe(path); });
}

Task<StatusOr<DiskSpace>> LinuxFiles::Space(std::string directory) {
  return Run<StatusOr<DiskSpace>>(
      reactor_, [directory = std::move(directory)]() { return file_calls::Space(directory); });
}

Task<StatusOr<std::unique_ptr<FileLock>>> LinuxFiles::Lock(std::string path, std::string holder) {
  absl::AnyInvocable<StatusOr<FileDescriptor>()> call = [path, holder]() {
    return file_calls::Lock(path, holder);
  };
  CO_ASSIGN_OR_RETURN(FileDescriptor descriptor, co_await Run(reactor_, std::move(call)));
  std::unique_ptr<FileLock> lock = std::make_unique<LinuxLock>(std::move(descriptor));
  co_return lock;
}

}  // namespace penstock
