// The data half of MemoryDisk: writes, syncs, and what a crash leaves of them.
#include <algorithm>

#include "base/check.h"
#include "base/strings.h"
#include "runtime/sim/memory_disk.h"

namespace penstock {

void MemoryDisk::AddUsed(const MemoryInode& file, uint64_t old_size) {
  if (!file.linked) return;
  CHECK(used_bytes_ >= old_size);
  used_bytes_ = used_bytes_ - old_size + file.bytes.size();
}

Status MemoryDisk::Write(MemoryInode& file, uint64_t position, const SliceChain& data,
                         TimestampMs now) {
  constexpr uint64_t kFileBytesMax = uint64_t{1} << 44;  // as ext4
  if (position > kFileBytesMax || data.size() > kFileBytesMax - position) {
    return OutOfRange("file too large");
  }
  const uint64_t old_size = file.bytes.size();
  const uint64_t end = std::min<uint64_t>(position + data.size(), old_size + Room());
  uint64_t at = position;
  for (const Slice& slice : data.slices()) {
    if (at >= end) break;
    const Slice fits = slice.Sub(0, std::min<uint64_t>(slice.size(), end - at));
    file.bytes.Write(at, fits.span());
    if (options_.remembers_unsynced) {
      file.unsynced.push_back({.position = at, .data = {fits.data(), fits.data() + fits.size()}});
    }
    at += fits.size();
  }
  AddUsed(file, old_size);
  file.modified_ms = now.value();
  if (at < position + data.size()) return ResourceExhausted("No space left on device");
  return OkStatus();
}

uint64_t MemoryDisk::Room() const {
  return options_.capacity_bytes - std::min(used_bytes_, options_.capacity_bytes);
}

Status MemoryDisk::Truncate(MemoryInode& file, uint64_t size, TimestampMs now) {
  const uint64_t old_size = file.bytes.size();
  if (size > old_size && size - old_size > Room()) {
    return ResourceExhausted("No space left on device");
  }
  file.bytes.Resize(size);
  if (options_.remembers_unsynced) {
    file.unsynced.push_back({.position = size, .data = {}, .truncation = true});
  }
  AddUsed(file, old_size);
  file.modified_ms = now.value();
  return OkStatus();
}

uint64_t MemoryDisk::ChangeCount(const MemoryInode& file) const {
  return file.changes_settled + file.unsynced.size();
}

void MemoryDisk::MakeDurable(MemoryInode& file, uint64_t count) {
  while (file.changes_settled < count) {
    const MemoryInode::Change& change = file.unsynced.front();
    if (change.truncation) {
      file.durable_bytes.Resize(change.position);
    } else {
      file.durable_bytes.Write(change.position, change.data);
    }
    file.unsynced.pop_front();
    ++file.changes_settled;
  }
}

void MemoryDisk::ForgetUnsynced(MemoryInode& file, uint64_t count) {
  while (file.changes_settled < count) {
    file.unsynced.pop_front();
    ++file.changes_settled;
  }
}

void MemoryDisk::DropCache(MemoryInode& file, uint64_t position) {
  if (!options_.remembers_unsynced || !file.unsynced.empty()) return;
  const uint64_t size = file.bytes.size();
  if (position >= size) return;
  PagedBytes device = file.durable_bytes;
  device.Resize(size);  // the file keeps its size; where the device has nothing, there are zeros
  std::vector<uint8_t> bytes(size - position);
  device.Read(position, bytes);
  file.bytes.Write(position, bytes);
}

void MemoryDisk::Crash(SeededRandom& random, const CrashFaults& faults) {
  CHECK(options_.remembers_unsynced);
  CrashUnder(*root_, random, faults);
  used_bytes_ = BytesUnder(*root_);
  locks_.clear();
}

// A journal writes steps in their order: some first ones are left, the others are gone.
void MemoryDisk::CrashDirectory(MemoryInode& directory, SeededRandom& random,
                                const CrashFaults& faults) {
  const double draw = random.Fraction();
  uint64_t kept = random.Below(directory.unsynced_steps.size() + 1);
  if (draw < faults.keep_all_names_probability) {
    kept = directory.unsynced_steps.size();
  } else if (draw < faults.keep_all_names_probability + faults.keep_no_names_probability) {
    kept = 0;
  }
  for (uint64_t i = 0; i < kept; ++i) {
    for (const auto& [name, inode] : directory.unsynced_steps[i]) {
      if (inode == nullptr) {
        directory.durable_entries.erase(name);
      } else {
        directory.durable_entries[name] = inode;
      }
    }
  }
  directory.unsynced_steps.clear();
  directory.entries = directory.durable_entries;
}

void MemoryDisk::CrashUnder(MemoryInode& directory, SeededRandom& random,
                            const CrashFaults& faults) {
  CrashDirectory(directory, random, faults);
  for (const auto& entry : directory.entries) {
    entry.second->linked = true;
    if (entry.second->directory) {
      CrashUnder(*entry.second, random, faults);
    } else {
      CrashFile(*entry.second, random, faults);
    }
  }
}

void MemoryDisk::CrashFile(MemoryInode& file, SeededRandom& random, const CrashFaults& faults) {
  const double draw = random.Fraction();
  const bool keep_all = draw < faults.keep_all_probability;
  const bool keep_none =
      !keep_all && draw < faults.keep_all_probability + faults.keep_none_probability;
  for (const MemoryInode::Change& change : file.unsynced) {
    if (keep_none) break;
    if (change.truncation) {
      if (keep_all || random.OneOf(1, 2)) file.durable_bytes.Resize(change.position);
      continue;
    }
    for (size_t done = 0; done < change.data.size();) {
      const uint64_t at = change.position + done;
      const size_t count = static_cast<size_t>(std::min<uint64_t>(
          change.data.size() - done, faults.sector_bytes - at % faults.sector_bytes));
      std::vector<uint8_t> sector(change.data.begin() + static_cast<ptrdiff_t>(done),
                                  change.data.begin() + static_cast<ptrdiff_t>(done + count));
      done += count;
      if (!keep_all && random.OneOf(1, 2)) continue;
      if (!keep_all && faults.tear && random.Happens(faults.tear_probability)) {
        for (size_t i = random.Below(count); i < count; ++i) {
          sector[i] = static_cast<uint8_t>(random.Next());
        }
      }
      file.durable_bytes.Write(at, sector);
    }
  }
  file.changes_settled += file.unsynced.size();
  file.unsynced.clear();
  file.bytes = file.durable_bytes;
}

}  // namespace penstock
