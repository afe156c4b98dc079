// The records that a producer has taken and not yet delivered: a queue of batches for each
// partition, and which of them are to be sent now. Pure: what it may know of leaders and time is
// handed in.
//
// Batches of a partition leave in their order. One that is sent again goes back to its place.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/btree_map.h"
#include "base/ids.h"
#include "base/time.h"
#include "client/idempotence.h"
#include "client/producer_batch.h"
#include "client/producer_config.h"

namespace penstock {

// No batch gets larger, whatever batch.size and max.request.size say.
inline constexpr size_t kBatchBytesMax = size_t{1} << 30;

// What waits for one partition.
struct PartitionQueue {
  std::string topic;
  PartitionId partition;
  std::deque<std::unique_ptr<ProducerBatch>> waiting;
  PartitionSequences sequences;
  int on_wire = 0;      // requests that carry a batch of the partition
  bool listed = false;  // in the accumulator's list

  // The batch that the next record goes to, if it has room for it; null if a new one is due.
  // `bytes` is BatchSizeMaxOf the record.
  ProducerBatch* OpenBatch(size_t bytes, size_t batch_bytes);
};

// A batch that has left the queue.
struct DrainedBatch {
  PartitionQueue* queue;
  std::unique_ptr<ProducerBatch> batch;
};

struct LeaderOfPartition {
  NodeId node = kNoNode;
  LeaderEpoch epoch = kNoLeaderEpoch;
};

// What is known of the cluster while batches are drained.
class ClusterView {
 public:
  virtual ~ClusterView() = default;
  // Nothing while the partition has no known leader.
  virtual std::optional<LeaderOfPartition> LeaderOf(const PartitionQueue& queue) const = 0;
  // True if one more request may be sent to the node now.
  virtual bool Accepts(NodeId node) const = 0;
};

struct Drained {
  std::map<NodeId, std::vector<DrainedBatch>> requests;
  std::set<NodeId> not_accepting;                 // nodes that something ready waits for
  std::map<std::string, PartitionId> leaderless;  // topics, with one such partition
  // When something becomes ready or expires even if nothing else happens.
  Instant look_again = Instant::Never();
};

class Accumulator {
 public:
  // `idempotence` is null where it is turned off. Both outlive the object.
  Accumulator(const ProducerConfig& config, Idempotence* idempotence)
      : config_(config), idempotence_(idempotence) {}

  // --- Records in. Queues live as long as the accumulator.
  PartitionQueue& QueueOf(std::string_view topic, PartitionId partition);
  // Begins a batch at the end of the queue.
  ProducerBatch& StartBatch(PartitionQueue& queue, Instant now, Semaphore::Permit memory);
  bool IsFull(const ProducerBatch& batch) const;

  // --- Batches out.
  // The first batch of each partition that is to be sent now, closed and counted as on the wire, as
  // far as its leader accepts a request and max.request.size allows. There may be more to drain
  // when a request came out.
  Drained Drain(const ClusterView& cluster, Instant now);
  // The request with a batch of the queue has ended; not yet what becomes of the batch.
  void Ended(PartitionQueue& queue);
  // Batches whose delivery.timeout.ms is over, out of the queues.
  std::vector<DrainedBatch> TakeExpired(Instant now);
  // Everything that waits, or what waits for one topic.
  std::vector<DrainedBatch> TakeAll();
  std::vector<DrainedBatch> TakeAllOf(std::string_view topic);
  // Puts a drained batch back to its place.
  void PutBack(DrainedBatch drained);
  // The same, in parts of half its size; only if it has more than one record.
  void PutBackSplit(DrainedBatch drained);
  // The batch is finished, which is to be said once.
  void Finished(const ProducerBatch& batch);

  // True if any batch waits.
  bool waiting() const { return !listed_.empty(); }

  // --- Flushing.
  // The newest batch; 0 if there was none.
  uint64_t last_number() const { return last_number_; }
  // True if no batch up to this number is left.
  bool AllFinishedUpTo(uint64_t number) const {
    return unfinished_.empty() || *unfinished_.begin() > number;
  }
  // Batches up to this number do not linger.
  void Hurry(uint64_t number) { hurried_up_to_ = std::max(hurried_up_to_, number); }
  // While there is one, no batch lingers: somebody waits for memory. The accumulator outlives it.
  class Hurrying {
   public:
    explicit Hurrying(Accumulator& accumulator) : accumulator_(accumulator) {
      ++accumulator_.hurries_;
    }
    Hurrying(const Hurrying&) = delete;
    Hurrying& operator=(const Hurrying&) = delete;
    ~Hurrying() { --accumulator_.hurries_; }

   private:
    Accumulator& accumulator_;
  };

 private:
  // When the first batch of the queue is to be sent; in the past if it is ready.
  Instant ReadyAt(const PartitionQueue& queue, LeaderEpoch leader_epoch) const;
  bool MaySend(const PartitionQueue& queue) const;
  DrainedBatch TakeFirst(PartitionQueue& queue);
  void InsertInOrder(PartitionQueue& queue, std::unique_ptr<ProducerBatch> batch);
  void List(PartitionQueue& queue);

  const ProducerConfig& config_;
  Idempotence* const idempotence_;
  BTreeMap<std::string, std::vector<std::unique_ptr<PartitionQueue>>> topics_;
  // Queues that are not empty. One from which a batch was taken goes to the end, so that none
  // starves.
  std::list<PartitionQueue*> listed_;
  uint64_t last_number_ = 0;
  std::multiset<uint64_t> unfinished_;
  uint64_t hurried_up_to_ = 0;
  int hurries_ = 0;
};

}  // namespace penstock
