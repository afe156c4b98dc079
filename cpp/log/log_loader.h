// Opens the log of a directory. After a clean shutdown only the end of the last segment is read;
// otherwise everything from the recovery point on is checked, what is broken is cut off, and what
// is kept is synced before it is served.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "log/log.h"
#include "runtime/task.h"

namespace penstock {

struct LoadOptions {
  bool clean_shutdown = false;
  // From the directory's checkpoints; 0 where they do not name the log.
  Offset recovery_point{0};
  Offset log_start_offset{0};
  Offset high_watermark{0};
};

class LogLoader {
 public:
  // `log` is new and outlives the loader.
  LogLoader(Log& log, const LoadOptions& options) : log_(log), options_(options) {}
  LogLoader(const LogLoader&) = delete;
  LogLoader& operator=(const LogLoader&) = delete;

  // The directory must exist. DataLoss: it cannot be read as a log.
  Task<Status> Load();

 private:
  Task<Status> FindFiles();
  Task<Status> RemoveOrphans(std::vector<std::string> names);
  Task<Status> DescribeSegments();
  Task<Status> LoadEpochs();
  // Checks the segments that may be torn, from first to last; sets log_end_.
  Task<Status> RecoverTail();
  // Reads the segment's indexes, drops what may not be trusted, checks the batches behind it and
  // cuts the file at the first that is not whole. True if something was cut.
  Task<StatusOr<bool>> RecoverSegment(std::shared_ptr<Segment> segment, Offset trusted_below);
  Task<Status> ReadIndexes(std::shared_ptr<Segment> segment, Offset trusted_below);
  // Syncs the part that is checked, and takes it out of the memory of the system.
  Task<Status> SeeTheDevice(std::shared_ptr<Segment> segment);
  Task<Status> CheckBatches(std::shared_ptr<Segment> segment, int64_t file_size);
  Task<Status> ReadFirstTimestamp(std::shared_ptr<Segment> segment);
  Task<Status> DropSegmentsFrom(size_t first);
  Task<Status> RebuildEpochs();
  void StartEmpty(Offset offset);
  bool FollowsOn(const BatchView& batch, bool is_first) const;

  Log& log_;
  const LoadOptions options_;
  Offset log_end_{0};
  bool epochs_lost_ = false;
};

}  // namespace penstock
