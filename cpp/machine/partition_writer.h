// Port: the log that a state machine writes to and is loaded from. Declared here, supplied by the
// owner of the log.
#pragma once

#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"
#include "runtime/task.h"

namespace penstock {

// Key and value of a record as they lie in the log.
struct EncodedRecord {
  std::optional<Slice> key;
  std::optional<Slice> value;

  bool operator==(const EncodedRecord&) const = default;
};

// Where a batch of records lies.
struct BatchPosition {
  Offset base_offset{0};
  Offset last_offset{0};
  LeaderEpoch leader_epoch{0};
  TimestampMs timestamp{0};

  bool operator==(const BatchPosition&) const = default;
};

// Told by a writer as the log moves, from the shard's loop and never from inside Append.
class CommitListener {
 public:
  virtual ~CommitListener() = default;
  // Everything below `end` will never be lost. `end` never goes back.
  virtual void OnCommitted(Offset end) = 0;
  // Nothing that is not committed yet will ever be; appends fail from now on.
  virtual void OnWriterFailed(const Status& why) = 0;
};

// Receives the content of the log in its order.
class LoadSink {
 public:
  virtual ~LoadSink() = default;
  // One batch. An error ends the load with that error.
  virtual Status OnBatch(const BatchPosition& position,
                         const std::vector<EncodedRecord>& records) = 0;
};

class PartitionWriter {
 public:
  virtual ~PartitionWriter() = default;

  // Appends `records`, at least one, as one batch: all of them will be there or none. Nothing has
  // changed on an error.
  virtual StatusOr<BatchPosition> Append(const std::vector<EncodedRecord>& records) = 0;
  // The offset that the next record gets.
  virtual Offset end_offset() const = 0;
  // Everything below it is committed.
  virtual Offset committed_offset() const = 0;
  // Gives everything from the beginning up to end_offset() to `sink`, which outlives the Task.
  virtual Task<Status> Load(LoadSink& sink) = 0;
  // At most one; nullptr takes it away.
  virtual void SetListener(CommitListener* listener) = 0;
};

}  // namespace penstock
