// The Files port of a simulated machine: files in memory behind delays and errors.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/clock.h"
#include "runtime/files.h"
#include "runtime/seeded_random.h"
#include "runtime/sim/memory_disk.h"
#include "runtime/sim/memory_files.h"
#include "runtime/sim/sim_faults.h"
#include "runtime/sim/trace_hash.h"

namespace penstock {

class SimNode;

// What a disk has done since the world began.
struct DiskCounters {
  // Operations that change what a crash would leave: opens that may create, writes, syncs, renames
  // and so on; counted when they begin.
  uint64_t changes = 0;
  // Errors, by what failed. Space that ran out counts with the operation that noticed.
  uint64_t read_errors = 0;
  uint64_t write_errors = 0;
  uint64_t sync_errors = 0;
  uint64_t open_errors = 0;
  uint64_t full = 0;

  uint64_t errors() const { return read_errors + write_errors + sync_errors + open_errors + full; }
};

class SimFiles final : public Files {
 public:
  // All references outlive this and every File that it gives out.
  SimFiles(SimNode& node, MemoryDisk& disk, const DiskFaults& faults, TraceHash& trace,
           uint64_t seed, uint64_t stream);

  Task<StatusOr<std::unique_ptr<File>>> Open(std::string path, OpenOptions options) override;
  Task<Status> Rename(std::string from, std::string to) override;
  Task<Status> Remove(std::string path) override;
  Task<StatusOr<std::vector<std::string>>> List(std::string directory) override;
  Task<Status> CreateDirectory(std::string path) override;
  Task<Status> RemoveTree(std::string path) override;
  Task<Status> SyncDirectory(std::string path) override;
  Task<StatusOr<FileInfo>> Describe(std::string path) override;
  Task<StatusOr<DiskSpace>> Space(std::string directory) override;
  Task<StatusOr<std::unique_ptr<FileLock>>> Lock(std::string path, std::string holder) override;

  const DiskCounters& counters() const { return counters_; }

 private:
  class FaultyFile;
  enum class Kind { kRead, kWrite, kSync, kOpen };

  // Lets the time of an operation pass and draws whether it fails. `what` is a literal.
  Task<Status> Operate(std::string_view what, std::string path, Kind kind);
  // Whether the next operation of the kind fails.
  bool DrawError(Kind kind);
  // Counts a disk that is full.
  Status Noted(Status status);

  SimNode& node_;
  MemoryDisk& disk_;
  const DiskFaults& faults_;
  TraceHash& trace_;
  SeededRandom random_;
  SeededRandom error_random_;
  MemoryFiles files_;
  DiskCounters counters_;
};

}  // namespace penstock
