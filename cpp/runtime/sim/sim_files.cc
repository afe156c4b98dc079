#include "runtime/sim/sim_files.h"

#include <utility>

#include "base/strings.h"
#include "runtime/sim/memory_file.h"
#include "runtime/sim/sim_delay.h"
#include "runtime/sim/sim_node.h"

namespace penstock {

// A MemoryFile whose operations take time and may fail. It may be cancelled between both: then a
// write or truncation may have been made or not, as with a real disk.
class SimFiles::FaultyFile final : public File {
 public:
  FaultyFile(SimFiles& files, MemoryInodePtr inode, std::string path, bool writable)
      : files_(files),
        file_(files.disk_, files.node_, std::move(inode), std::move(path), writable) {}

  Task<StatusOr<Slice>> ReadAt(uint64_t position, size_t size) override {
    CO_RETURN_IF_ERROR(co_await files_.Operate("read", file_.path(), Kind::kRead));
    co_return co_await file_.ReadAt(position, size);
  }

  Task<Status> WriteAt(uint64_t position, SliceChain data) override {
    const bool before_delay = files_.random_.OneOf(1, 2);
    Status written;
    if (before_delay) {
      SliceChain same_data = data;
      written = co_await file_.WriteAt(position, std::move(same_data));
    }
    CO_RETURN_IF_ERROR(co_await files_.Operate("write", file_.path(), Kind::kWrite));
    if (!before_delay) written = co_await file_.WriteAt(position, std::move(data));
    co_return files_.Noted(std::move(written));
  }

  Task<Status> Sync() override {
    const uint64_t covered = files_.disk_.ChangeCount(file_.inode());
    const Status status = co_await files_.Operate("sync", file_.path(), Kind::kSync);
    if (status.ok()) {
      files_.disk_.MakeDurable(file_.inode(), covered);
    } else {
      files_.disk_.ForgetUnsynced(file_.inode(), covered);
    }
    co_return status;
  }

  Task<Status> Truncate(uint64_t size) override {
    CO_RETURN_IF_ERROR(co_await files_.Operate("truncate", file_.path(), Kind::kWrite));
    Status truncated = co_await file_.Truncate(size);
    co_return files_.Noted(std::move(truncated));
  }

  Task<StatusOr<uint64_t>> Size() override { return file_.Size(); }
  void StartWriteback(uint64_t position, uint64_t size) override {
    file_.StartWriteback(position, size);
  }
  void Reserve(uint64_t position, uint64_t size) override { file_.Reserve(position, size); }
  Task<Status> DropCache(uint64_t position) override { return file_.DropCache(position); }

 private:
  SimFiles& files_;
  MemoryFile file_;
};

SimFiles::SimFiles(SimNode& node, MemoryDisk& disk, const DiskFaults& faults, TraceHash& trace,
                   uint64_t seed, uint64_t stream)
    : node_(node),
      disk_(disk),
      faults_(faults),
      trace_(trace),
      random_(seed, stream),
      error_random_(seed, stream + 1),
      files_(disk, node) {}

bool SimFiles::DrawError(Kind kind) {
  double probability = 0;
  uint64_t* counter = nullptr;
  switch (kind) {
    case Kind::kRead:
      probability = faults_.read_error_probability;
      counter = &counters_.read_errors;
      break;
    case Kind::kWrite:
      probability = faults_.write_error_probability;
      counter = &counters_.write_errors;
      break;
    case Kind::kSync:
      probability = faults_.sync_error_probability;
      counter = &counters_.sync_errors;
      break;
    case Kind::kOpen:
      probability = faults_.open_error_probability;
      counter = &counters_.open_errors;
      break;
  }
  if (kind == Kind::kWrite || kind == Kind::kSync) ++counters_.changes;
  if (probability <= 0 || !error_random_.Happens(probability)) return false;
  ++*counter;
  return true;
}

Status SimFiles::Noted(Status status) {
  if (status.code() == StatusCode::kResourceExhausted) ++counters_.full;
  return status;
}

Task<Status> SimFiles::Operate(std::string_view what, std::string path, Kind kind) {
  const std::string event = StrCat(what, " ", path);
  trace_.Add(event);
  const Duration delay = DrawDelay(random_, faults_.delay_min, faults_.delay_mean);
  const bool fails = DrawError(kind);
  if (delay > Duration(0)) {
    co_await node_.Pass(delay);
  }
  if (fails) co_return DataLoss(StrCat(event, ": input/output error"));
  co_return OkStatus();
}

Task<StatusOr<std::unique_ptr<File>>> SimFiles::Open(std::string path, OpenOptions options) {
  if (options.create) ++counters_.changes;
  CO_RETURN_IF_ERROR(co_await Operate("open", path, Kind::kOpen));
  StatusOr<MemoryInodePtr> inode = disk_.Open(path, options, node_.WallNow());
  if (!inode.ok()) co_return Noted(Annotate(inode.status(), "open"));
  std::unique_ptr<File> file =
      std::make_unique<FaultyFile>(*this, *std::move(inode), std::move(path), options.writable);
  co_return file;
}

Task<Status> SimFiles::Rename(std::string from, std::string to) {
  CO_RETURN_IF_ERROR(co_await Operate("rename", to, Kind::kWrite));
  co_return disk_.Rename(from, to);
}

Task<Status> SimFiles::Remove(std::string path) {
  CO_RETURN_IF_ERROR(co_await Operate("remove", path, Kind::kWrite));
  co_return disk_.Remove(path);
}

Task<StatusOr<std::vector<std::string>>> SimFiles::List(std::string directory) {
  CO_RETURN_IF_ERROR(co_await Operate("list", directory, Kind::kRead));
  co_return disk_.List(directory);
}

Task<Status> SimFiles::CreateDirectory(std::string path) {
  CO_RETURN_IF_ERROR(co_await Operate("mkdir", path, Kind::kWrite));
  co_return Noted(disk_.CreateDirectory(path, node_.WallNow()));
}

Task<Status> SimFiles::RemoveTree(std::string path) {
  CO_RETURN_IF_ERROR(co_await Operate("remove tree", path, Kind::kWrite));
  co_return disk_.RemoveTree(path);
}

Task<Status> SimFiles::SyncDirectory(std::string path) {
  CO_RETURN_IF_ERROR(co_await Operate("sync directory", path, Kind::kSync));
  co_return disk_.SyncDirectory(path);
}

Task<StatusOr<FileInfo>> SimFiles::Describe(std::string path) {
  CO_RETURN_IF_ERROR(co_await Operate("describe", path, Kind::kRead));
  co_return disk_.Describe(path);
}

Task<StatusOr<DiskSpace>> SimFiles::Space(std::string directory) {
  return files_.Space(std::move(directory));
}

Task<StatusOr<std::unique_ptr<FileLock>>> SimFiles::Lock(std::string path, std::string holder) {
  ++counters_.changes;
  CO_RETURN_IF_ERROR(co_await Operate("lock", path, Kind::kOpen));
  co_return co_await files_.Lock(std::move(path), std::move(holder));
}

}  // namespace penstock
