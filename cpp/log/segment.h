// One segment of a log: <base offset>.log with its .index and .timeindex. The numbers here are what
// the log decided; the writer brings the files up to them. Only the active segment keeps its
// indexes in memory for good.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "base/ids.h"
#include "base/status.h"
#include "log/offset_index.h"
#include "log/segment_cache.h"
#include "log/time_index.h"
#include "record/batch_view.h"
#include "runtime/files.h"
#include "runtime/task.h"

namespace penstock {

class Segment {
 public:
  Segment(SegmentCache& cache, std::string directory, Offset base_offset);
  ~Segment();
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  Offset base_offset() const { return base_offset_; }
  std::string LogPath() const;
  std::string IndexPath() const;
  std::string TimeIndexPath() const;
  std::string SnapshotPath() const;

  // Counts a batch whose base offset has been set, at the end: size, timestamps, index entries by
  // Kafka's rule. Only for the active segment.
  void Account(const BatchView& batch, Offset base_offset, int32_t index_interval_bytes);

  // The open .log file; opens it if it is not open. The segment must live until the Task ends
  // (callers hold it by shared_ptr, as retention may drop it from the log meanwhile).
  Task<StatusOr<std::shared_ptr<File>>> OpenFile(Files& files);
  // The offset index, read from its file if it is not in memory. kDataLoss: missing, or not of
  // whole valid entries.
  Task<StatusOr<std::shared_ptr<const OffsetIndex>>> LoadOffsetIndex(Files& files);
  // Closes the file and drops an index that can be loaded again; called by the cache.
  void Release();

  // From now on the indexes are in memory and Account may be called.
  void Activate(OffsetIndex offset_index, TimeIndex time_index);
  // The indexes are complete on disk and may be dropped.
  void Deactivate();
  bool is_active() const { return offset_index_ != nullptr; }
  OffsetIndex& offset_index() { return *offset_index_; }
  TimeIndex& time_index() { return *time_index_; }
  const OffsetIndex& offset_index() const { return *offset_index_; }
  const TimeIndex& time_index() const { return *time_index_; }

  int64_t size = 0;          // bytes that belong to it, those that wait to be written included
  int64_t written_size = 0;  // bytes in the file
  bool files_created = true;
  TimestampMs created_at{0};   // wall clock
  TimestampMs modified_at{0};  // wall clock; retention of records without timestamps
  // Of the first batch: what segment.ms counts from.
  TimestampMs first_timestamp = kNoTimestamp;
  // The largest timestamp so far and the last offset of the batch that holds it.
  TimeIndexEntry max_timestamp;
  bool max_timestamp_known = true;  // false for a sealed segment that nobody has looked into yet
  bool preallocated = false;        // the file is longer than `size`
  int64_t bytes_since_index_entry = 0;
  int64_t roll_jitter_ms = 0;
  // How much of the indexes is in their files.
  size_t offset_index_written = 0;
  size_t time_index_written = 0;
  int64_t writeback_started = 0;
  int64_t reserved_end = 0;  // blocks have been asked for up to here
  // Producer state at base_offset, to be written before the files are made.
  std::string snapshot;

 private:
  friend class SegmentCache;

  SegmentCache& cache_;
  const std::string directory_;
  const Offset base_offset_;
  std::shared_ptr<File> file_;  // shared with operations in flight
  std::shared_ptr<OffsetIndex>
      loaded_index_;  // of a sealed segment; shared with look-ups in flight
  std::unique_ptr<OffsetIndex> offset_index_;
  std::unique_ptr<TimeIndex> time_index_;
  bool cached_ = false;
  size_t cached_index_bytes_ = 0;
  std::list<Segment*>::iterator cache_position_;
};

}  // namespace penstock
