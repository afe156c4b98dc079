// What goes into a log's operations and what comes out of them.
#pragma once

#include <cstdint>
#include <limits>

#include "base/ids.h"
#include "base/slice.h"

namespace penstock {

inline constexpr Offset kEndOfOffsets{std::numeric_limits<int64_t>::max()};

// Who appends: it decides what is checked.
enum class AppendOrigin : uint8_t {
  kClient,       // a producer: sizes, epochs and sequences; no control batches
  kCoordinator,  // a coordinator's records and transaction markers: epochs, no sequences
  kRaftLeader,   // the metadata log: nothing of a producer, control batches allowed
};

struct AppendOptions {
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  AppendOrigin origin = AppendOrigin::kClient;
};

struct AppendResult {
  Offset base_offset = kNoOffset;
  Offset last_offset = kNoOffset;
  // The time of append when the batch carries one (of a duplicate: its max timestamp), else
  // kNoTimestamp.
  TimestampMs log_append_time = kNoTimestamp;
  Offset log_start_offset = kNoOffset;
  // True if nothing was appended: these are the offsets of the batch that is there already.
  bool is_duplicate = false;

  // What WaitWritten and WaitDurable take.
  Offset end_offset() const { return last_offset + 1; }
};

struct ReadOptions {
  int64_t bytes_max = 1 << 20;
  // The first batch is returned whole even when it is larger than bytes_max.
  bool at_least_one_batch = true;
  // Only batches whose last offset lies below it: the high watermark for consumers.
  Offset upper_bound = kEndOfOffsets;
};

struct LogReadResult {
  // Whole batches in a row. The first contains the offset asked for, so earlier records may precede
  // it.
  SliceChain records;
  // The offset after the last batch; the offset asked for when there is none.
  Offset next_offset = kNoOffset;
  // True if the bytes came from memory.
  bool from_memory = false;
};

struct TimestampOffset {
  TimestampMs timestamp = kNoTimestamp;
  Offset offset = kNoOffset;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  friend bool operator==(const TimestampOffset&, const TimestampOffset&) = default;
};

struct EpochEndOffset {
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  Offset end_offset = kNoOffset;
  friend bool operator==(const EpochEndOffset&, const EpochEndOffset&) = default;
};

// One producer as DescribeProducers shows it.
struct ActiveProducer {
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  Sequence last_sequence = kNoSequence;
  TimestampMs last_timestamp = kNoTimestamp;
  int32_t coordinator_epoch = -1;
  Offset current_txn_start_offset = kNoOffset;
  friend bool operator==(const ActiveProducer&, const ActiveProducer&) = default;
};

// Work done by all logs of a directory since it was opened; for metrics and tests.
struct LogCounters {
  int64_t bytes_appended = 0;
  int64_t bytes_copied = 0;  // payload copied by our code, on appends and reads together
  int64_t bytes_read_from_memory = 0;
  int64_t bytes_read_from_files = 0;   // by Read
  int64_t bytes_read_in_recovery = 0;  // while logs were opened
  int64_t writes = 0;
  int64_t syncs = 0;  // of .log files
  int64_t segments_rolled = 0;
};

}  // namespace penstock
