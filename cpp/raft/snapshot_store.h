// The snapshots of a log directory: finds, reads, writes and removes *.checkpoint files.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "raft/snapshot.h"
#include "raft/snapshot_id.h"
#include "runtime/files.h"

namespace penstock {

class SnapshotStore {
 public:
  // `files` outlives the store, the store its Tasks.
  SnapshotStore(Files& files, std::string directory)
      : files_(files), directory_(std::move(directory)) {}

  // Ascending. Changes nothing.
  Task<StatusOr<std::vector<SnapshotId>>> Find();
  // Temporary files that a crash left.
  Task<Status> RemoveLeftovers();
  // DataLoss, naming the file, if it is not a whole snapshot.
  Task<StatusOr<SnapshotContent>> Read(SnapshotId id);
  // Durable under its name when it is done; before that there is only a temporary file.
  Task<Status> Write(SnapshotId id, SliceChain bytes);
  // Removes every snapshot before `id`.
  Task<Status> RemoveBefore(SnapshotId id);

 private:
  std::string PathOf(std::string_view file_name) const {
    return directory_ + "/" + std::string(file_name);
  }

  Files& files_;
  std::string directory_;
};

}  // namespace penstock
