// Walks the batches of a .log file from a position to an end. Next is synchronous; when it has
// nothing, either all is read or Refill gets more.
//
//   while (!reader.done()) {
//     const std::optional<BatchView> batch = reader.Next();
//     if (batch.has_value()) Use(*batch);
//     else CO_RETURN_IF_ERROR(co_await reader.Refill());
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/ids.h"
#include "base/slice.h"
#include "base/status.h"
#include "record/batch_view.h"
#include "runtime/files.h"
#include "runtime/task.h"

namespace penstock {

class BatchReader {
 public:
  static constexpr size_t kChunkBytes = size_t{256} << 10;

  // Reads [position, end) of the file in pieces of `chunk_bytes`, larger where a batch is.
  BatchReader(std::shared_ptr<File> file, int64_t position, int64_t end,
              size_t chunk_bytes = kChunkBytes);
  BatchReader(const BatchReader&) = delete;
  BatchReader& operator=(const BatchReader&) = delete;

  // The next batch (not checked against its CRC), valid until the next Refill. Nothing if Refill is
  // needed or done().
  std::optional<BatchView> Next();
  // Reads on from the next batch. The reader outlives the Task. Errors are those of the file; bytes
  // that are no batch are a problem(), not an error.
  Task<Status> Refill();

  // True if the next batch, as its header says, begins at or above `first` and not above `last`.
  // The header must be in the buffer: after a Refill.
  bool NextBeginsIn(Offset first, Offset last) const;

  // True at the end, and where the bytes are no whole batch: problem() tells then.
  bool done() const { return position_ >= end_ || !problem_.ok(); }
  const Status& problem() const { return problem_; }
  // Where the next batch begins: up to here everything was whole.
  int64_t position() const { return position_; }
  // Where the batch that Next gave last begins, in the file and in buffer().
  int64_t batch_position() const { return batch_position_; }
  size_t batch_start() const { return static_cast<size_t>(batch_position_ - buffer_position_); }
  // The bytes read last; slices of it stay valid.
  const Slice& buffer() const { return buffer_; }
  int64_t bytes_read() const { return bytes_read_; }

 private:
  std::shared_ptr<File> file_;
  int64_t position_;
  int64_t end_;
  size_t chunk_bytes_;
  size_t wanted_bytes_ = 0;  // of the batch that did not fit
  int64_t batch_position_;
  int64_t buffer_position_;
  Slice buffer_;
  int64_t bytes_read_ = 0;
  Status problem_;
};

}  // namespace penstock
