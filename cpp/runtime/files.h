// Port: files and directories. Paths are absolute or relative to the process; in the simulated
// world to the node.
//
// An operation in flight holds its slices; cancelling its Task never frees memory that the world
// may still touch. Errors name the path. A write, sync or truncate that failed leaves the file's
// content undefined: the owner stops using it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/slice.h"
#include "base/status.h"
#include "runtime/task.h"

namespace penstock {

class File {
 public:
  virtual ~File() = default;  // closes

  // Up to `size` bytes from `position`; fewer only at the end of the file. The slice is not shared
  // with anybody.
  virtual Task<StatusOr<Slice>> ReadAt(uint64_t position, size_t size) = 0;
  // All of `data` at `position`, extending the file where needed. Not durable before Sync.
  virtual Task<Status> WriteAt(uint64_t position, SliceChain data) = 0;
  // fdatasync: everything written before the call is durable when it is done.
  virtual Task<Status> Sync() = 0;
  virtual Task<Status> Truncate(uint64_t size) = 0;
  virtual Task<StatusOr<uint64_t>> Size() = 0;
  // A hint: start writing [position, position + size) to the device, without waiting. Errors show
  // at the next Sync.
  virtual void StartWriteback(uint64_t position, uint64_t size) = 0;
  // A hint: [position, position + size) will be written soon; a file system that finds its blocks
  // ready syncs sooner. The file's size stays; Truncate gives back what was not used.
  virtual void Reserve(uint64_t position, uint64_t size) = 0;
  // Reads from `position` on come from the device from now on, as far as there is nothing unsynced:
  // after a sync that failed, memory may go on to show what the device never took.
  virtual Task<Status> DropCache(uint64_t position) = 0;
};

struct OpenOptions {
  bool create = false;     // make the file if it is missing
  bool exclusive = false;  // with create: fail if it exists
  bool writable = true;
};

struct DiskSpace {
  uint64_t total_bytes = 0;
  uint64_t usable_bytes = 0;
};

struct FileInfo {
  uint64_t size = 0;
  bool directory = false;
  int64_t modified_ms = 0;  // wall clock, milliseconds since 1970
};

// Held for as long as it lives; ends with the process, however it ends.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

class Files {
 public:
  virtual ~Files() = default;

  // kNotFound if it is missing and not to be created.
  virtual Task<StatusOr<std::unique_ptr<File>>> Open(std::string path, OpenOptions options) = 0;
  // Replaces `to` if it exists. Durable after SyncDirectory of the parent(s).
  virtual Task<Status> Rename(std::string from, std::string to) = 0;
  virtual Task<Status> Remove(std::string path) = 0;
  // Names (not paths) in the directory, sorted.
  virtual Task<StatusOr<std::vector<std::string>>> List(std::string directory) = 0;
  // With missing parents; OK if it exists.
  virtual Task<Status> CreateDirectory(std::string path) = 0;
  // The directory and all that is in it.
  virtual Task<Status> RemoveTree(std::string path) = 0;
  // As Sync of each file, whose device writes may run together; gives their results in this order.
  // The files were opened by this port. Here: one after the other.
  virtual Task<std::vector<Status>> SyncAll(std::vector<std::shared_ptr<File>> files);
  // Makes creations, renames and removals in the directory durable.
  virtual Task<Status> SyncDirectory(std::string path) = 0;
  // kNotFound if there is none.
  virtual Task<StatusOr<FileInfo>> Describe(std::string path) = 0;
  virtual Task<StatusOr<DiskSpace>> Space(std::string directory) = 0;
  // Takes the lock on `path` (created if missing) and writes `holder` into it. Held by somebody
  // else, another opener in this process included: kFailedPrecondition whose message holds what the
  // holder wrote.
  virtual Task<StatusOr<std::unique_ptr<FileLock>>> Lock(std::string path, std::string holder) = 0;
};

}  // namespace penstock
