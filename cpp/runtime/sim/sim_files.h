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

 private:
  class FaultyFile;

  // Lets the time of an operation pass and draws whether it fails. `what` is a literal.
  Task<Status> Operate(std::string_view what, std::string path, double error_probability);

  SimNode& node_;
  MemoryDisk& disk_;
  const DiskFaults& faults_;
  TraceHash& trace_;
  SeededRandom random_;
  MemoryFiles files_;
};

}  // namespace penstock
