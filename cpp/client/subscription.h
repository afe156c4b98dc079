// The partitions that a consumer reads, and what was fetched of them and not yet taken. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "base/time.h"
#include "client/fetched_batch.h"
#include "client/fetched_batches.h"
#include "client/partition_state.h"

namespace penstock {

class Subscription {
 public:
  using Partitions = std::map<TopicPartitionName, PartitionState>;

  // A partition that is new has no position, and no way to find one.
  void Assign(const std::vector<TopicPartitionName>& partitions);
  // Null if it is not assigned. Valid until it no longer is.
  PartitionState* Find(const TopicPartitionName& partition);
  const PartitionState* Find(const TopicPartitionName& partition) const;
  Partitions& partitions() { return partitions_; }
  const Partitions& partitions() const { return partitions_; }
  // FailedPrecondition unless all are assigned.
  Status CheckAssigned(const std::vector<TopicPartitionName>& partitions) const;

  // Adds what `node` answered, asked in this version of the state. Dropped if the version has
  // passed. True if there is something to take now that was not before, or the position moved.
  bool Add(const TopicPartitionName& partition, uint64_t version, NodeId node,
           FetchedBatches batches);
  // Adds an error of the partition, to be told behind what was fetched before.
  bool AddError(const TopicPartitionName& partition, uint64_t version, const Status& error);

  // Takes the next batch, or error, of a partition that is not paused: all that one answer brought,
  // then the next answer. An error of a batch makes the partition fetch again from its position,
  // at `retry_at` at the earliest.
  std::optional<StatusOr<FetchedBatch>> Take(Instant retry_at);
  bool HasNext() const { return NextOne() != nullptr; }
  // Take would give a batch.
  bool NextIsBatch() const;

  // Forgets what is at hand of partitions whose state has another version now.
  void DropOutdated();
  // Bytes at hand that `node` sent, without those of paused partitions.
  size_t BytesFrom(NodeId node) const;
  // Answers that were used up so far, and positions that moved past what is for nobody.
  uint64_t used_up() const { return used_up_; }
  uint64_t skips() const { return skips_; }

 private:
  struct Answer {
    TopicPartitionName partition;
    uint64_t version;
    NodeId node;
    PartitionEnds ends;
    std::optional<FetchedBatches> batches;  // nothing: error
    Status error;
  };
  using Answers = std::list<Answer>;

  PartitionState* StateOf(const Answer& answer);
  // The answer from which Take would take; null if there is none.
  const Answer* NextOne() const;
  // Moves the partition past answers that have nothing for the reader, as far as they come first.
  void Settle(const TopicPartitionName& partition, PartitionState& state);

  Partitions partitions_;
  Answers answers_;  // in the order in which they came
  uint64_t generation_ = 0;
  uint64_t used_up_ = 0;
  uint64_t skips_ = 0;
};

}  // namespace penstock
