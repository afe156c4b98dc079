// A file or directory of a MemoryDisk: what programs see, and what would be left after a crash.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/slice.h"
#include "runtime/sim/paged_bytes.h"

namespace penstock {

struct MemoryInode;
// Shared: by the directories that name it (now, and after a crash) and by whoever has it open.
using MemoryInodePtr = std::shared_ptr<MemoryInode>;

struct MemoryInode {
  // A write, or without data a truncation to `position`, that no sync has covered yet.
  struct Change {
    uint64_t position = 0;
    std::vector<uint8_t> data;
    bool truncation = false;
  };
  // Names that changed together: a rename inside a directory is one step.
  using Step = std::vector<std::pair<std::string, MemoryInodePtr>>;  // no inode: the name went
  using Entries = std::map<std::string, MemoryInodePtr>;

  bool directory = false;
  bool linked = true;  // has a name; only then do its bytes count as used
  int64_t modified_ms = 0;

  PagedBytes bytes;
  PagedBytes durable_bytes;
  std::deque<Change> unsynced;
  uint64_t changes_settled = 0;  // how many changes have left `unsynced`

  Entries entries;
  Entries durable_entries;
  std::vector<Step> unsynced_steps;
};

}  // namespace penstock
