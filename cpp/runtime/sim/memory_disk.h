// A file system in memory that can tell what a crash would leave: data since the last Sync of its
// file, and names since the last SyncDirectory of their directory, are not safe.
//
// Everything happens at once here; MemoryFiles and SimFiles put the Files port over it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "runtime/files.h"
#include "runtime/seeded_random.h"
#include "runtime/sim/memory_inode.h"

namespace penstock {

// What happens at a crash to what was not synced.
struct CrashFaults {
  double keep_all_probability = 0.2;   // of one file: as if everything had been written back
  double keep_none_probability = 0.3;  // of one file: nothing since the last sync is left
  // In between each sector of each write stays or goes on its own, or is torn: garbage, if `tear`.
  double tear_probability = 0.1;
  bool tear = true;
  size_t sector_bytes = 512;
  // Names that were not synced, of one directory.
  double keep_all_names_probability = 0;
  double keep_no_names_probability = 0;
  // In between some first changes of them stay, as a journal leaves them.
};

class MemoryDisk {
 public:
  struct Options {
    uint64_t capacity_bytes = uint64_t{1} << 40;
    bool remembers_unsynced = false;  // needed for Crash; costs a second copy of the data
  };

  MemoryDisk() : MemoryDisk(Options()) {}
  explicit MemoryDisk(Options options);

  StatusOr<MemoryInodePtr> Open(std::string_view path, const OpenOptions& options, TimestampMs now);
  Status Rename(std::string_view from, std::string_view to);
  Status Remove(std::string_view path);
  StatusOr<std::vector<std::string>> List(std::string_view directory) const;
  Status CreateDirectory(std::string_view path, TimestampMs now);
  Status RemoveTree(std::string_view path);
  Status SyncDirectory(std::string_view path);
  StatusOr<FileInfo> Describe(std::string_view path) const;
  DiskSpace Space() const;
  // What programs see in the file now.
  StatusOr<std::string> Read(std::string_view path) const;
  void SetCapacity(uint64_t bytes) { options_.capacity_bytes = bytes; }

  // ResourceExhausted when the disk is full; the first bytes that fit are written all the same.
  Status Write(MemoryInode& file, uint64_t position, const SliceChain& data, TimestampMs now);
  Status Truncate(MemoryInode& file, uint64_t size, TimestampMs now);
  // Changes so far; a sync that begins now covers these.
  uint64_t ChangeCount(const MemoryInode& file) const;
  // Makes the first `count` changes durable.
  void MakeDurable(MemoryInode& file, uint64_t count);
  // A sync that failed: these changes stay visible, and no later sync will write them.
  void ForgetUnsynced(MemoryInode& file, uint64_t count);
  // From `position` on programs see what the device has, unless something is unsynced.
  void DropCache(MemoryInode& file, uint64_t position);

  // Power is lost: what programs see becomes what the crash left. Files that are open must not be
  // used any more.
  void Crash(SeededRandom& random, const CrashFaults& faults);
  // Flips a bit at rest.
  Status FlipBit(std::string_view path, uint64_t position, int bit);

  // Locks by path, with what their holders wrote. They end with their holders.
  std::map<std::string, std::string>& locks() { return locks_; }

 private:
  struct Place {  // where a path leads: the directory, the last name, and what is there, if
                  // anything
    MemoryInode* directory = nullptr;
    std::string name;
    MemoryInodePtr inode;
  };

  StatusOr<Place> Find(std::string_view path) const;
  StatusOr<MemoryInodePtr> FindDirectory(std::string_view path) const;
  void Apply(MemoryInode& directory, MemoryInode::Step step);
  void AddUsed(const MemoryInode& file, uint64_t old_size);
  uint64_t Room() const;
  void Unlink(MemoryInode& inode);
  uint64_t BytesUnder(const MemoryInode& inode) const;
  static void CrashDirectory(MemoryInode& directory, SeededRandom& random,
                             const CrashFaults& faults);
  static void CrashFile(MemoryInode& file, SeededRandom& random, const CrashFaults& faults);
  static void CrashUnder(MemoryInode& directory, SeededRandom& random, const CrashFaults& faults);

  Options options_;
  MemoryInodePtr root_;
  uint64_t used_bytes_ = 0;
  std::map<std::string, std::string> locks_;
};

}  // namespace penstock
