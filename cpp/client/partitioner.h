// Which partition a record goes to: by its key, as every Java client would choose, or, without a
// key, to one partition until a batch is filled there, and then to another one.
#pragma once

#include <cstdint>
#include <span>

#include "base/ids.h"
#include "runtime/random.h"

namespace penstock {

// The 32-bit MurmurHash2 that Kafka's Java client hashes keys with, equal to it bit for bit.
int32_t Murmur2(std::span<const uint8_t> bytes);

// The partition of `key` among `partitions_count` > 0.
PartitionId PartitionForKey(std::span<const uint8_t> key, int32_t partitions_count);

// The partition for records of one topic that may go anywhere (KIP-480, KIP-794). Records stick to
// a partition for about a batch, so that batches fill also when records are few; each partition
// then gets the same number of bytes in the long run, however large the records are.
class StickyPartitioner {
 public:
  // `batch_bytes` is how much a partition gets before the next one is chosen. `random` outlives the
  // object.
  StickyPartitioner(int32_t batch_bytes, Random& random)
      : batch_bytes_(batch_bytes), random_(random) {}

  // Where the next record goes. `candidates` are the partitions with a leader, or all of them when
  // none has one; not empty. Constant until Added says that it is time for another one, or the
  // partition is not a candidate any more.
  PartitionId Choose(std::span<const PartitionId> candidates);

  // A record of `bytes` went to the chosen partition. `batch_ended` is false while a batch there
  // can take more: then the partition stays, up to twice the bytes, so that the batch is not left
  // half full.
  void Added(size_t bytes, bool batch_ended);

 private:
  const int64_t batch_bytes_;
  Random& random_;
  PartitionId chosen_{-1};
  int64_t bytes_ = 0;  // to chosen_
};

}  // namespace penstock
