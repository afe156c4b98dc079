#include "runtime/linux/file_calls.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/strings.h"
#include "runtime/linux/errno_status.h"

namespace penstock::file_calls {

namespace {

constexpr mode_t kFileMode = 0644;

FileDescriptor OpenFd(const char* path, int flags) {
  int fd = -1;
  do {
    fd = ::open(path, flags | O_CLOEXEC, kFileMode);
  } while (fd < 0 && errno == EINTR);
  return FileDescriptor(fd);
}

// The text that the holder of a lock left.
std::string HolderOf(int fd) {
  std::array<char, 256> text;
  const ssize_t count = ::pread(fd, text.data(), text.size(), 0);
  const std::string_view holder(text.data(), count > 0 ? static_cast<size_t>(count) : 0);
  return std::string(StripSpaces(holder));
}

}  // namespace

StatusOr<FileDescriptor> Open(const std::string& path, const OpenOptions& options) {
  int flags = options.writable ? O_RDWR : O_RDONLY;
  if (options.create) flags |= O_CREAT;
  if (options.create && options.exclusive) flags |= O_EXCL;
  FileDescriptor descriptor = OpenFd(path.c_str(), flags);
  if (!descriptor.valid()) return ErrnoStatus(errno, StrCat("open ", path));
  struct stat info;
  if (::fstat(descriptor.get(), &info) != 0) return ErrnoStatus(errno, StrCat("stat ", path));
  if (S_ISDIR(info.st_mode)) return ErrnoStatus(EISDIR, StrCat("open ", path));
  return descriptor;
}

Status Rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return OkStatus();
  return ErrnoStatus(errno, StrCat("rename ", from, " to ", to));
}

Status Remove(const std::string& path) {
  if (::remove(path.c_str()) == 0) return OkStatus();
  return ErrnoStatus(errno, StrCat("remove ", path));
}

StatusOr<std::vector<std::string>> List(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(directory.c_str()), &::closedir);
  if (stream == nullptr) return ErrnoStatus(errno, StrCat("list ", directory));
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return ErrnoStatus(errno, StrCat("list ", directory));
  std::sort(names.begin(), names.end());
  return names;
}

Status CreateDirectory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return ErrnoStatus(error.value(), StrCat("create directory ", path));
  struct stat info;
  if (::stat(path.c_str(), &info) != 0)
    return ErrnoStatus(errno, StrCat("create directory ", path));
  if (!S_ISDIR(info.st_mode)) return ErrnoStatus(ENOTDIR, StrCat("create directory ", path));
  return OkStatus();
}

Status RemoveTree(const std::string& path) {
  std::error_code error;
  const auto count = std::filesystem::remove_all(path, error);
  if (error) return ErrnoStatus(error.value(), StrCat("remove ", path));
  if (count == 0) return ErrnoStatus(ENOENT, StrCat("remove ", path));
  return OkStatus();
}

Status SyncDirectory(const std::string& path) {
  const FileDescriptor directory = OpenFd(path.c_str(), O_RDONLY | O_DIRECTORY);
  if (!directory.valid()) return ErrnoStatus(errno, StrCat("open ", path));
  if (::fsync(directory.get()) != 0) return ErrnoStatus(errno, StrCat("sync ", path));
  return OkStatus();
}

StatusOr<FileInfo> Describe(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return ErrnoStatus(errno, StrCat("stat ", path));
  return FileInfo{
      .size = S_ISDIR(info.st_mode) ? 0 : static_cast<uint64_t>(info.st_size),
      .directory = S_ISDIR(info.st_mode),
      .modified_ms = int64_t{info.st_mtim.tv_sec} * 1000 + info.st_mtim.tv_nsec / 1'000'000};
}

StatusOr<DiskSpace> Space(const std::string& directory) {
  struct statvfs info;
  if (::statvfs(directory.c_str(), &info) != 0) {
    return ErrnoStatus(errno, StrCat("space of ", directory));
  }
  return DiskSpace{.total_bytes = uint64_t{info.f_blocks} * info.f_frsize,
                   .usable_bytes = uint64_t{info.f_bavail} * info.f_frsize};
}

StatusOr<FileDescriptor> Lock(const std::string& path, const std::string& holder) {
  FileDescriptor descriptor = OpenFd(path.c_str(), O_RDWR | O_CREAT);
  if (!descriptor.valid()) return ErrnoStatus(errno, StrCat("lock ", path));
  // Of the open file description: it excludes other opens in this process too, and no close of
  // another descriptor of the same file lets go of it.
  struct flock whole_file{};
  whole_file.l_type = F_WRLCK;
  whole_file.l_whence = SEEK_SET;
  if (::fcntl(descriptor.get(), F_OFD_SETLK, &whole_file) != 0) {
    if (errno != EAGAIN && errno != EACCES) return ErrnoStatus(errno, StrCat("lock ", path));
    const std::string other = HolderOf(descriptor.get());
    return FailedPrecondition(
        StrCat(path, " is held by ", other.empty() ? "somebody else" : other));
  }
  if (::ftruncate(descriptor.get(), 0) != 0) return ErrnoStatus(errno, StrCat("truncate ", path));
  const ssize_t written = ::pwrite(descriptor.get(), holder.data(), holder.size(), 0);
  if (written < 0) return ErrnoStatus(errno, StrCat("write ", path));
  if (static_cast<size_t>(written) != holder.size())
    return ErrnoStatus(ENOSPC, StrCat("write ", path));
  return descriptor;
}

}  // namespace penstock::file_calls
