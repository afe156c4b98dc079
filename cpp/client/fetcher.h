// Fills a subscription: finds positions, keeps them valid when leaders move, and fetches, one
// request at a time from each node.
//
//   Step: for each partition what it needs next -> one task for each node and need -> its answer
//   goes into the subscription -> Step again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "base/time.h"
#include "client/backoff.h"
#include "client/cluster_metadata.h"
#include "client/connection_pool.h"
#include "client/consumer_config.h"
#include "client/fetch_session.h"
#include "client/position_lookup.h"
#include "client/subscription.h"
#include "protocol/messages/fetch.h"
#include "runtime/condition.h"
#include "runtime/runtime.h"
#include "runtime/task.h"
#include "runtime/task_group.h"

namespace penstock {

class Fetcher {
 public:
  // Everything that is referred to outlives the object; `config` too.
  Fetcher(Runtime& runtime, ConnectionPool& fetches, ConnectionPool& lookups,
          ClusterMetadata& metadata, const ConsumerConfig& config);
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;
  // Stop() has been awaited, or the machine crashes.
  ~Fetcher();

  // Changed by whoever uses the consumer, who calls Wake then.
  Subscription& subscription() { return subscription_; }
  const Subscription& subscription() const { return subscription_; }
  // Something changed that may ask for a request.
  void Wake();

  // As Subscription::Take.
  std::optional<StatusOr<FetchedBatch>> Take();
  // Wakes those who wait in AwaitChange.
  void NotifyChange() { changed_.NotifyAll(); }
  // Waits for something to take, a position, or the failure of a try.
  Task<> AwaitChange() { return changed_.Wait(); }

  bool stopped() const { return stopped_; }
  Task<> Stop();

 private:
  using PartitionAnswer = FetchResponse::PartitionData;

  struct Node {
    ConsumerFetchSession session;
    bool fetching = false;
    int looking_up = 0;
    int failures = 0;  // of fetches in a row
    Instant not_before;
  };
  // A partition that something was asked about, as its state was then.
  struct Asked {
    TopicPartitionName partition;
    uint64_t version;
  };
  // What the partitions of a node need.
  struct Needs {
    Address address;
    std::vector<Asked> offsets;
    std::vector<OffsetAsked> offsets_asked;
    std::vector<Asked> epochs;
    std::vector<EpochAsked> epochs_asked;
    ConsumerFetchSession::Wanted fetch;
    bool has_enough = false;  // a partition has as much at hand as it may have
  };
  // The partitions of a fetch, with what was asked of them.
  struct FetchAsked {
    uint64_t version;
    Offset offset;
  };
  using FetchesAsked = std::map<TopicPartitionName, FetchAsked>;

  Task<> Loop();
  // All that can be done now. Returns when to look again at the latest.
  Instant Step();
  void AddNeed(const TopicPartitionName& partition, PartitionState& state, const LeaderInfo& leader,
               Needs& needs);
  void StartLookUps(NodeId id, Needs& needs);
  void StartFetch(NodeId id, Needs& needs);

  Task<> FindLeader(TopicPartitionName partition);
  Task<> FindOffsets(NodeId id, Address leader, std::vector<Asked> asked,
                     std::vector<OffsetAsked> offsets);
  Task<> Validate(NodeId id, Address leader, std::vector<Asked> asked,
                  std::vector<EpochAsked> epochs);
  Task<> Fetch(NodeId id, Address leader, FetchRequest request, FetchesAsked asked);

  // The state, if it still has the version; else null.
  PartitionState* StateOf(const TopicPartitionName& partition, uint64_t version);
  void TakeEpoch(const Asked& asked, const StatusOr<EpochFound>& found);
  void TakeAnswer(NodeId id, const FetchResponse& response, const FetchesAsked& asked);
  void TakePartition(NodeId id, const TopicPartitionName& partition, const FetchAsked& asked,
                     const PartitionAnswer& answer);
  void TakeError(const TopicPartitionName& partition, const FetchAsked& asked, ErrorCode error);
  void TakeRecords(NodeId id, const TopicPartitionName& partition, const FetchAsked& asked,
                   const PartitionAnswer& answer);
  // Goes on by auto.offset.reset, or tells `why` where that is none.
  void ResetOrTell(const TopicPartitionName& partition, PartitionState& state, Status why);
  void FetchFailed(NodeId id, const Status& why, const FetchesAsked& asked);
  // Tries again after a back-off; tells the error unless a retry may mend it.
  void Fail(const TopicPartitionName& partition, uint64_t version, const Status& why);
  void Tell(const TopicPartitionName& partition, uint64_t version, const Status& why);
  // True if the answer named a leader that is news.
  bool LearnLeader(const std::string& topic, const PartitionAnswer& answer,
                   const FetchResponse& response);
  Instant After(int failures) const;

  Runtime& runtime_;
  ConnectionPool& fetches_;
  ConnectionPool& lookups_;
  ClusterMetadata& metadata_;
  const ConsumerConfig& config_;
  const Backoff backoff_;

  Subscription subscription_;
  std::map<NodeId, Node> nodes_;
  std::set<TopicPartitionName> sought_;  // whose leaders are being asked for
  uint64_t used_up_seen_ = 0;
  bool woken_ = false;
  bool stopped_ = false;
  Condition wakes_;
  Condition changed_;
  TaskGroup tasks_;
};

}  // namespace penstock
