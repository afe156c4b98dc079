// Files in memory that keep equal pages once: a log of a gigabyte of much the same records takes a
// few megabytes. Counts what is read. No faults, no delays; what is written is there.
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "runtime/files.h"

namespace penstock {

class VastFiles final : public Files {
 public:
  // Of files whose names end so.
  int64_t bytes_read(std::string_view suffix) const {
    int64_t sum = 0;
    for (const auto& [path, bytes] : bytes_read_) {
      if (path.ends_with(suffix)) sum += bytes;
    }
    return sum;
  }
  int64_t bytes_read() const { return bytes_read(""); }
  void ForgetReads() { bytes_read_.clear(); }
  uint64_t bytes_stored() const {
    uint64_t sum = 0;
    for (const auto& [path, inode] : inodes_) sum += inode->size;
    return sum;
  }
  size_t bytes_in_memory() const { return pages_.size() * kPageBytes; }

  Task<StatusOr<std::unique_ptr<File>>> Open(std::string path, OpenOptions options) override {
    std::shared_ptr<Inode>& inode = inodes_[path];
    if (inode == nullptr && !options.create) {
      inodes_.erase(path);
      co_return NotFound(path);
    }
    if (inode == nullptr) inode = std::make_shared<Inode>();
    std::unique_ptr<File> file = std::make_unique<VastFile>(*this, path, inode);
    co_return file;
  }
  Task<Status> Rename(std::string from, std::string to) override {
    const auto found = inodes_.find(from);
    if (found == inodes_.end()) co_return NotFound(from);
    std::shared_ptr<Inode> inode = std::move(found->second);
    inodes_.erase(found);
    inodes_[to] = std::move(inode);
    co_return OkStatus();
  }
  Task<Status> Remove(std::string path) override {
    if (inodes_.erase(path) == 0) co_return NotFound(path);
    co_return OkStatus();
  }
  Task<StatusOr<std::vector<std::string>>> List(std::string directory) override {
    std::set<std::string> names;
    const std::string prefix = directory + "/";
    const auto note = [&](std::string_view path) {
      if (!path.starts_with(prefix)) return;
      path.remove_prefix(prefix.size());
      names.emplace(path.substr(0, path.find('/')));
    };
    for (const auto& [path, inode] : inodes_) note(path);
    for (const std::string& path : directories_) note(path);
    std::vector<std::string> sorted(names.begin(), names.end());
    co_return sorted;
  }
  Task<Status> CreateDirectory(std::string path) override {
    directories_.insert(path);
    co_return OkStatus();
  }
  Task<Status> RemoveTree(std::string path) override { co_return Unimplemented(path); }
  Task<Status> SyncDirectory(std::string) override { co_return OkStatus(); }
  Task<StatusOr<FileInfo>> Describe(std::string path) override {
    FileInfo info;
    const auto found = inodes_.find(path);
    info.directory = directories_.contains(path);
    if (found == inodes_.end() && !info.directory) co_return NotFound(path);
    if (found != inodes_.end()) info.size = found->second->size;
    co_return info;
  }
  Task<StatusOr<DiskSpace>> Space(std::string path) override { co_return Unimplemented(path); }
  Task<StatusOr<std::unique_ptr<FileLock>>> Lock(std::string path, std::string) override {
    co_return Unimplemented(path);
  }

 private:
  static constexpr size_t kPageBytes = 4096;
  using Page = const std::string*;  // in pages_; nullptr is a page of zeros

  struct Inode {
    uint64_t size = 0;
    std::vector<Page> pages;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  class VastFile final : public File {
   public:
    VastFile(VastFiles& files, std::string path, std::shared_ptr<Inode> inode)
        : files_(files), path_(std::move(path)), inode_(std::move(inode)) {}

    Task<StatusOr<Slice>> ReadAt(uint64_t position, size_t size) override {
      size = std::min(size, inode_->size - std::min(position, inode_->size));
      files_.bytes_read_[path_] += static_cast<int64_t>(size);
      Slice bytes = Slice::Allocate(size);
      for (size_t at = 0; at < size;) {
        const size_t in_page = (position + at) % kPageBytes;
        const size_t length = std::min(kPageBytes - in_page, size - at);
        const Page page = inode_->pages[(position + at) / kPageBytes];
        if (page == nullptr) {
          std::memset(bytes.mutable_data() + at, 0, length);
        } else {
          std::memcpy(bytes.mutable_data() + at, page->data() + in_page, length);
        }
        at += length;
      }
      co_return bytes;
    }
    Task<Status> WriteAt(uint64_t position, SliceChain data) override {
      Grow(position + data.size());
      for (const Slice& slice : data.slices()) {
        files_.Overlay(*inode_, position, slice.text());
        position += slice.size();
      }
      co_return OkStatus();
    }
    Task<Status> Sync() override { co_return OkStatus(); }
    Task<Status> Truncate(uint64_t size) override {
      if (size < inode_->size && size % kPageBytes != 0) {
        // What comes behind the new end later is behind zeros.
        const std::string zeros(kPageBytes - size % kPageBytes, '\0');
        files_.Overlay(*inode_, size, zeros);
      }
      inode_->size = size;
      inode_->pages.resize((size + kPageBytes - 1) / kPageBytes);
      co_return OkStatus();
    }
    Task<StatusOr<uint64_t>> Size() override { co_return inode_->size; }
    void StartWriteback(uint64_t, uint64_t) override {}
    void Reserve(uint64_t, uint64_t) override {}
    Task<Status> DropCache(uint64_t) override { co_return OkStatus(); }

   private:
    void Grow(uint64_t size) {
      if (size <= inode_->size) return;
      inode_->size = size;
      inode_->pages.resize((size + kPageBytes - 1) / kPageBytes);
    }

    VastFiles& files_;
    const std::string path_;
    const std::shared_ptr<Inode> inode_;
  };

  void Overlay(Inode& inode, uint64_t position, std::string_view text) {
    while (!text.empty()) {
      const size_t in_page = position % kPageBytes;
      const std::string_view part = text.substr(0, kPageBytes - in_page);
      Page& page = inode.pages[position / kPageBytes];
      if (part.size() == kPageBytes) {
        page = Keep(part);
      } else {
        std::string whole = page == nullptr ? std::string(kPageBytes, '\0') : *page;
        whole.replace(in_page, part.size(), part);
        page = Keep(whole);
      }
      position += part.size();
      text.remove_prefix(part.size());
    }
  }
  Page Keep(std::string_view bytes) {
    // The same page again and again is told without a look at all the others.
    if (latest_ != nullptr && *latest_ == bytes) return latest_;
    auto found = pages_.find(bytes);
    if (found == pages_.end()) found = pages_.emplace(bytes).first;
    latest_ = &*found;
    return latest_;
  }

  std::map<std::string, std::shared_ptr<Inode>> inodes_;
  std::set<std::string> directories_;
  std::unordered_set<std::string, Hash, std::equal_to<>> pages_;
  Page latest_ = nullptr;
  std::map<std::string, int64_t> bytes_read_;
};

}  // namespace penstock
