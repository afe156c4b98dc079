#include "runtime/sim/memory_disk.h"

#include <algorithm>

#include "base/check.h"
#include "base/strings.h"

namespace penstock {

namespace {

Status Missing(std::string_view path) {
  return NotFound(StrCat(path, ": no such file or directory"));
}
Status NotADirectory(std::string_view path) {
  return FailedPrecondition(StrCat(path, ": not a directory"));
}

// The names on the way; "." and empty names are dropped, ".." goes back.
std::vector<std::string> NamesOf(std::string_view path) {
  std::vector<std::string> names;
  for (const std::string_view name : Split(path, '/')) {
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      if (!names.empty()) names.pop_back();
      continue;
    }
    names.emplace_back(name);
  }
  return names;
}

MemoryInodePtr NewInode(bool directory, TimestampMs now) {
  auto inode = std::make_shared<MemoryInode>();
  inode->directory = directory;
  inode->modified_ms = now.value();
  return inode;
}

}  // namespace

MemoryDisk::MemoryDisk(Options options)
    : options_(options), root_(NewInode(true, TimestampMs(0))) {}

StatusOr<MemoryDisk::Place> MemoryDisk::Find(std::string_view path) const {
  const std::vector<std::string> names = NamesOf(path);
  Place place;
  place.inode = root_;
  for (const std::string& name : names) {
    if (place.inode == nullptr) return Missing(path);
    if (!place.inode->directory) return NotADirectory(path);
    place.directory = place.inode.get();
    place.name = name;
    const auto entry = place.directory->entries.find(name);
    place.inode = entry == place.directory->entries.end() ? nullptr : entry->second;
  }
  return place;
}

StatusOr<MemoryInodePtr> MemoryDisk::FindDirectory(std::string_view path) const {
  ASSIGN_OR_RETURN(const Place place, Find(path));
  if (place.inode == nullptr) return Missing(path);
  if (!place.inode->directory) return NotADirectory(path);
  return place.inode;
}

void MemoryDisk::Apply(MemoryInode& directory, MemoryInode::Step step) {
  for (const auto& [name, inode] : step) {
    if (inode == nullptr) {
      directory.entries.erase(name);
    } else {
      directory.entries[name] = inode;
    }
  }
  if (options_.remembers_unsynced) directory.unsynced_steps.push_back(std::move(step));
}

StatusOr<MemoryInodePtr> MemoryDisk::Open(std::string_view path, const OpenOptions& options,
                                          TimestampMs now) {
  ASSIGN_OR_RETURN(const Place place, Find(path));
  if (place.inode != nullptr) {
    if (place.inode->directory) return FailedPrecondition(StrCat(path, ": is a directory"));
    if (options.create && options.exclusive) return AlreadyExists(StrCat(path, ": file exists"));
    return place.inode;
  }
  if (!options.create) return Missing(path);
  if (Room() == 0) return ResourceExhausted(StrCat(path, ": No space left on device"));
  MemoryInodePtr file = NewInode(false, now);
  Apply(*place.directory, {{place.name, file}});
  return file;
}

Status MemoryDisk::Rename(std::string_view from, std::string_view to) {
  ASSIGN_OR_RETURN(const Place source, Find(from));
  ASSIGN_OR_RETURN(const Place target, Find(to));
  if (source.inode == nullptr) return Missing(from);
  if (source.directory == nullptr || target.directory == nullptr) {
    return InvalidArgument(StrCat("rename ", from, " to ", to, ": the root cannot be renamed"));
  }
  if (source.inode == target.inode) return OkStatus();
  const std::vector<std::string> outer = NamesOf(from);
  const std::vector<std::string> inner = NamesOf(to);
  if (outer.size() < inner.size() && std::equal(outer.begin(), outer.end(), inner.begin())) {
    return InvalidArgument(StrCat("rename ", from, " to ", to, ": a directory into itself"));
  }
  if (target.inode != nullptr) {
    if (target.inode->directory != source.inode->directory) {
      return FailedPrecondition(StrCat("rename ", from, " to ", to, ": a file and a directory"));
    }
    if (!target.inode->entries.empty()) {
      return FailedPrecondition(StrCat("rename ", from, " to ", to, ": directory not empty"));
    }
    Unlink(*target.inode);
  }
  if (source.directory == target.directory) {
    Apply(*source.directory, {{source.name, nullptr}, {target.name, source.inode}});
  } else {
    Apply(*target.directory, {{target.name, source.inode}});
    Apply(*source.directory, {{source.name, nullptr}});
  }
  return OkStatus();
}

Status MemoryDisk::Remove(std::string_view path) {
  ASSIGN_OR_RETURN(const Place place, Find(path));
  if (place.inode == nullptr) return Missing(path);
  if (place.directory == nullptr) return InvalidArgument(StrCat(path, ": the root stays"));
  if (!place.inode->entries.empty()) {
    return FailedPrecondition(StrCat(path, ": directory not empty"));
  }
  Unlink(*place.inode);
  Apply(*place.directory, {{place.name, nullptr}});
  return OkStatus();
}

StatusOr<std::vector<std::string>> MemoryDisk::List(std::string_view directory) const {
  ASSIGN_OR_RETURN(const MemoryInodePtr inode, FindDirectory(directory));
  std::vector<std::string> names;
  for (const auto& entry : inode->entries) names.push_back(entry.first);
  return names;
}

Status MemoryDisk::CreateDirectory(std::string_view path, TimestampMs now) {
  MemoryInodePtr at = root_;
  for (const std::string& name : NamesOf(path)) {
    MemoryInodePtr below;
    if (const auto entry = at->entries.find(name); entry != at->entries.end())
      below = entry->second;
    if (below == nullptr) {
      if (Room() == 0) return ResourceExhausted(StrCat(path, ": No space left on device"));
      below = NewInode(true, now);
      Apply(*at, {{name, below}});
    }
    if (!below->directory) return NotADirectory(path);
    at = below;
  }
  return OkStatus();
}

uint64_t MemoryDisk::BytesUnder(const MemoryInode& inode) const {
  uint64_t bytes = inode.bytes.size();
  for (const auto& entry : inode.entries) bytes += BytesUnder(*entry.second);
  return bytes;
}

void MemoryDisk::Unlink(MemoryInode& inode) {
  inode.linked = false;
  CHECK(used_bytes_ >= inode.bytes.size());
  used_bytes_ -= inode.bytes.size();
  for (const auto& entry : inode.entries) Unlink(*entry.second);
}

Status MemoryDisk::RemoveTree(std::string_view path) {
  ASSIGN_OR_RETURN(const Place place, Find(path));
  if (place.inode == nullptr) return Missing(path);
  if (place.directory == nullptr) return InvalidArgument(StrCat(path, ": the root stays"));
  Unlink(*place.inode);
  Apply(*place.directory, {{place.name, nullptr}});
  return OkStatus();
}

Status MemoryDisk::SyncDirectory(std::string_view path) {
  ASSIGN_OR_RETURN(const MemoryInodePtr directory, FindDirectory(path));
  if (!options_.remembers_unsynced) return OkStatus();
  directory->durable_entries = directory->entries;
  directory->unsynced_steps.clear();
  return OkStatus();
}

StatusOr<FileInfo> MemoryDisk::Describe(std::string_view path) const {
  ASSIGN_OR_RETURN(const Place place, Find(path));
  if (place.inode == nullptr) return Missing(path);
  return FileInfo{.size = place.inode->bytes.size(),
                  .directory = place.inode->directory,
                  .modified_ms = place.inode->modified_ms};
}

StatusOr<std::string> MemoryDisk::Read(std::string_view path) const {
  ASSIGN_OR_RETURN(const Place place, Find(path));
  if (place.inode == nullptr) return Missing(path);
  std::vector<uint8_t> bytes(place.inode->bytes.size());
  place.inode->bytes.Read(0, bytes);
  return std::string(bytes.begin(), bytes.end());
}

DiskSpace MemoryDisk::Space() const {
  return DiskSpace{.total_bytes = options_.capacity_bytes, .usable_bytes = Room()};
}

Status MemoryDisk::FlipBit(std::string_view path, uint64_t position, int bit) {
  ASSIGN_OR_RETURN(const Place place, Find(path));
  if (place.inode == nullptr) return Missing(path);
  for (PagedBytes* bytes : {&place.inode->bytes, &place.inode->durable_bytes}) {
    uint8_t byte = 0;
    if (bytes->Read(position, {&byte, 1}) == 0) continue;
    byte = static_cast<uint8_t>(byte ^ (1U << bit));
    bytes->Write(position, {&byte, 1});
  }
  return OkStatus();
}

}  // namespace penstock
