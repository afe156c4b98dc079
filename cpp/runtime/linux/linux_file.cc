#include "runtime/linux/linux_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>

#include "base/strings.h"
#include "runtime/linux/chain_cursor.h"
#include "runtime/linux/epoll_reactor.h"
#include "runtime/linux/errno_status.h"
#include "runtime/yield.h"

namespace penstock {

namespace {

// A write of this size into the page cache takes less than a wake of the file thread.
constexpr size_t kInlineWriteBytesMax = size_t{256} << 10;

constexpr uint64_t kPageBytesMax = uint64_t{64} << 10;

constexpr uint64_t kPositionMax = std::numeric_limits<off_t>::max();

// All of `data`; 0 or an errno.
int WriteAll(int fd, uint64_t position, const SliceChain& data) {
  ChainCursor cursor(data);
  std::array<iovec, ChainCursor::kVectorMax> vector;
  while (cursor.left() > 0) {
    const size_t count = cursor.Fill(vector);
    const ssize_t written =
        ::pwritev(fd, vector.data(), static_cast<int>(count), static_cast<off_t>(position));
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    if (written == 0) return EIO;
    cursor.Advance(static_cast<size_t>(written));
    position += static_cast<uint64_t>(written);
  }
  return 0;
}

struct ReadResult {
  size_t bytes = 0;    // read in all
  bool ended = false;  // all of it, or the end of the file
  int error = 0;
};

// Fills `out` from what the page cache has.
ReadResult ReadCached(int fd, uint64_t position, std::span<uint8_t> out) {
  ReadResult result;
  while (result.bytes < out.size()) {
    const iovec part{.iov_base = out.data() + result.bytes, .iov_len = out.size() - result.bytes};
    const ssize_t count =
        ::preadv2(fd, &part, 1, static_cast<off_t>(position + result.bytes), RWF_NOWAIT);
    if (count > 0) {
      result.bytes += static_cast<size_t>(count);
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    result.ended = count == 0;
    // A file system that cannot say so, or pages that must come from the device: the file thread
    // reads them.
    if (count < 0 && errno != EAGAIN && errno != EOPNOTSUPP && errno != ENOSYS)
      result.error = errno;
    return result;
  }
  result.ended = true;
  return result;
}

ReadResult ReadWaiting(int fd, uint64_t position, std::span<uint8_t> out) {
  ReadResult result{.ended = true};
  while (result.bytes < out.size()) {
    const ssize_t count = ::pread(fd, out.data() + result.bytes, out.size() - result.bytes,
                                  static_cast<off_t>(position + result.bytes));
    if (count == 0) break;
    if (count > 0) {
      result.bytes += static_cast<size_t>(count);
    } else if (errno != EINTR) {
      result.error = errno;
      break;
    }
  }
  return result;
}

// Never more than the file has: a reader may ask for far more than there is.
size_t BytesAt(int fd, uint64_t position, size_t wanted) {
  struct stat info;
  if (::fstat(fd, &info) != 0) return wanted;
  const uint64_t end = static_cast<uint64_t>(info.st_size);
  return position >= end ? 0 : static_cast<size_t>(std::min<uint64_t>(wanted, end - position));
}

}  // namespace

LinuxFile::LinuxFile(EpollReactor& reactor, FileDescriptor descriptor, std::string path)
    : reactor_(reactor),
      descriptor_(std::make_shared<FileDescriptor>(std::move(descriptor))),
      path_(std::move(path)) {}

// Closing can free the blocks of a file without a name, which takes long.
LinuxFile::~LinuxFile() {
  StartOnFileThread(reactor_.file_thread(),
                    [descriptor = std::move(descriptor_)]() mutable { descriptor.reset(); });
}

Task<StatusOr<Slice>> LinuxFile::ReadAt(uint64_t position, size_t size) {
  if (position > kPositionMax || size > kPositionMax - position) {
    co_return OutOfRange(StrCat("read ", path_, ": position out of range"));
  }
  if (!reactor_.TakeCredit()) {
    co_await Yield(reactor_);
  }
  const int fd = descriptor_->get();
  Slice slice = Slice::Allocate(BytesAt(fd, position, size));
  std::span<uint8_t> out(slice.mutable_data(), slice.size());
  ReadResult read = ReadCached(fd, position, out);
  if (!read.ended && read.error == 0) {
    const size_t cached = read.bytes;
    absl::AnyInvocable<ReadResult()> rest = [descriptor = descriptor_, held = slice, position, out,
                                             cached]() {
      return ReadWaiting(descriptor->get(), position + cached, out.subspan(cached));
    };
    read = co_await RunOnFileThread<ReadResult>(reactor_.file_thread(), reactor_, std::move(rest));
    read.bytes += cached;
  }
  if (read.error != 0) co_return ErrnoStatus(read.error, StrCat("read ", path_));
  co_return slice.Sub(0, read.bytes);
}

Task<Status> LinuxFile::WriteAt(uint64_t position, SliceChain data) {
  if (position > kPositionMax || data.size() > kPositionMax - position) {
    co_return OutOfRange(StrCat("write ", path_, ": position out of range"));
  }
  int error = 0;
  if (data.size() <= kInlineWriteBytesMax) {
    if (!reactor_.TakeCredit()) {
      co_await Yield(reactor_);
    }
    error = WriteAll(descriptor_->get(), position, data);
  } else {
    absl::AnyInvocable<int()> write = [descriptor = descriptor_, position,
                                       held = std::move(data)]() {
      return WriteAll(descriptor->get(), position, held);
    };
    error = co_await RunOnFileThread<int>(reactor_.file_thread(), reactor_, std::move(write));
  }
  if (error != 0) co_return ErrnoStatus(error, StrCat("write ", path_));
  co_return OkStatus();
}

Task<Status> LinuxFile::Sync() {
  absl::AnyInvocable<int()> sync = [descriptor = descriptor_]() {
    return ::fdatasync(descriptor->get()) == 0 ? 0 : errno;
  };
  const int error =
      co_await RunOnFileThread<int>(reactor_.file_thread(), reactor_, std::move(sync));
  if (error != 0) co_return ErrnoStatus(error, StrCat("sync ", path_));
  co_return OkStatus();
}

Task<Status> LinuxFile::Truncate(uint64_t size) {
  if (size > kPositionMax) co_return OutOfRange(StrCat("truncate ", path_, ": size out of range"));
  absl::AnyInvocable<int()> truncate = [descriptor = descriptor_, size]() {
    while (::ftruncate(descriptor->get(), static_cast<off_t>(size)) != 0) {
      if (errno != EINTR) return errno;
    }
    return 0;
  };
  const int error =
      co_await RunOnFileThread<int>(reactor_.file_thread(), reactor_, std::move(truncate));
  if (error != 0) co_return ErrnoStatus(error, StrCat("truncate ", path_));
  co_return OkStatus();
}

Task<StatusOr<uint64_t>> LinuxFile::Size() {
  struct stat info;
  if (::fstat(descriptor_->get(), &info) != 0) co_return ErrnoStatus(errno, StrCat("stat ", path_));
  co_return static_cast<uint64_t>(info.st_size);
}

void LinuxFile::StartWriteback(uint64_t position, uint64_t size) {
  if (position > kPositionMax || size > kPositionMax - position) return;
  StartOnFileThread(reactor_.file_thread(), [descriptor = descriptor_, position, size]() {
    // A hint: what fails here fails again, and is reported, at the next Sync.
    ::sync_file_range(descriptor->get(), static_cast<off_t>(position), static_cast<off_t>(size),
                      SYNC_FILE_RANGE_WRITE);
  });
}

void LinuxFile::Reserve(uint64_t position, uint64_t size) {
  if (position > kPositionMax || size > kPositionMax - position) return;
  StartOnFileThread(reactor_.file_thread(), [descriptor = descriptor_, position, size]() {
    // A hint: a file system that cannot do it, or is full, says so to the writes that need it.
    ::fallocate(descriptor->get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(position),
                static_cast<off_t>(size));
  });
}

Task<Status> LinuxFile::DropCache(uint64_t position) {
  if (position > kPositionMax) co_return OutOfRange(StrCat("drop cache of ", path_));
  absl::AnyInvocable<int()> drop = [descriptor = descriptor_, position]() {
    // Pages that are not covered whole stay, but for the last one: a length of zero means the end.
    const auto page = static_cast<off_t>(position - position % kPageBytesMax);
    return ::posix_fadvise(descriptor->get(), page, 0, POSIX_FADV_DONTNEED);
  };
  const int error =
      co_await RunOnFileThread<int>(reactor_.file_thread(), reactor_, std::move(drop));
  if (error != 0) co_return ErrnoStatus(error, StrCat("drop cache of ", path_));
  co_return OkStatus();
}

}  // namespace penstock
