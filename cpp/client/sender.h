// Sends what the accumulator holds to the leaders of its partitions, as often as it takes, and
// answers each record.
//
//   Step: settle sequences, expire, drain -> one task for each request -> its answer decides about
//   each batch: delivered, back to its place, split, failed -> Step again.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "base/time.h"
#include "base/uuid.h"
#include "client/accumulator.h"
#include "client/backoff.h"
#include "client/cluster_metadata.h"
#include "client/connection_pool.h"
#include "client/idempotence.h"
#include "client/producer_config.h"
#include "protocol/messages/produce.h"
#include "runtime/condition.h"
#include "runtime/runtime.h"
#include "runtime/task.h"
#include "runtime/task_group.h"

namespace penstock {

class Sender final : private ClusterView {
 public:
  // Everything that is referred to outlives the object. `idempotence` is null where it is off.
  Sender(Runtime& runtime, ConnectionPool& pool, ClusterMetadata& metadata,
         const ProducerConfig& config, Accumulator& accumulator, Idempotence* idempotence);
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  // Stop() has been awaited, or the machine crashes.
  ~Sender() override;

  // Something changed that may make a batch ready.
  void Wake();
  // Done when no batch up to this number is left. The object outlives the Task.
  Task<> AwaitFinished(uint64_t number);
  // Sends nothing any more and fails what is left. Returns how many records that were.
  Task<size_t> Stop(Status why);

 private:
  using PartitionAnswer = ProduceResponse::PartitionProduceResponse;

  struct Node {
    int in_flight = 0;
    bool connecting = false;
    Instant throttled_until;
  };
  // A request on its way.
  struct Sent {
    NodeId node;
    Address address;
    std::vector<DrainedBatch> batches;
    std::map<std::string, Uuid> topic_ids;  // as they were when it was sent; zero if not known
  };
  // What a broker said of a batch, or why it said nothing.
  struct Outcome {
    Status status;
    Offset base_offset = kNoOffset;
    TimestampMs log_append_time = kNoTimestamp;
    Offset log_start_offset = kNoOffset;
    std::map<int32_t, Status> of_records;
  };

  // ClusterView
  std::optional<LeaderOfPartition> LeaderOf(const PartitionQueue& queue) const override;
  bool Accepts(NodeId node) const override;

  Task<> Loop();
  // All that can be done now. Returns when to look again at the latest.
  Instant Step();
  Instant Expire(Instant now);
  Status ExpiryOf(const DrainedBatch& drained) const;
  void StartRequest(NodeId node, std::vector<DrainedBatch> batches);

  Task<> Connect(NodeId node, Address address);
  Task<> FindLeader(std::string topic, PartitionId partition);
  Task<> TakeIdentity();
  Task<Status> AskForIdentity();

  // One request and what becomes of it.
  Task<> Exchange(std::list<Sent>::iterator sent);
  Task<StatusOr<ProduceResponse>> Call(Address address, ProduceRequest request);
  Task<Status> SendUnanswered(Address address, ProduceRequest request);
  ProduceRequest RequestOf(const Sent& sent) const;
  void Finish(std::list<Sent>::iterator sent, const StatusOr<ProduceResponse>& response);
  Outcome OutcomeOf(const DrainedBatch& drained, const Uuid& topic_id,
                    const ProduceResponse& response);
  void LearnLeader(const DrainedBatch& drained, const PartitionAnswer& answer,
                   const ProduceResponse& response);

  void Decide(DrainedBatch drained, const Outcome& outcome);
  bool MayRetry(const DrainedBatch& drained, const Outcome& outcome);
  void Retry(DrainedBatch drained, const Status& error);
  void Fail(const DrainedBatch& drained, const Outcome& outcome);
  void FailAll(const std::vector<DrainedBatch>& batches, const Status& why);

  Runtime& runtime_;
  ConnectionPool& pool_;
  ClusterMetadata& metadata_;
  const ProducerConfig& config_;
  Accumulator& accumulator_;
  Idempotence* const idempotence_;
  const Backoff backoff_;

  std::map<NodeId, Node> nodes_;
  std::list<Sent> sent_;
  std::set<std::string> sought_;  // topics whose leaders are being asked for
  bool taking_identity_ = false;
  int identity_failures_ = 0;  // in a row
  bool woken_ = false;
  bool stopped_ = false;
  Condition wakes_;
  Condition finished_;
  TaskGroup tasks_;
};

}  // namespace penstock
