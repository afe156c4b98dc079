// Keeps a MetadataCache true: asks a broker on demand, when an answer showed that the cache is
// wrong, and every metadata.max.age.ms. One request at a time serves all who wait for it.
//
// A request goes to a broker that is known, one that is connected first, and to the bootstrap
// servers when none of those answers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "base/ids.h"
#include "base/status.h"
#include "base/time.h"
#include "client/connection_pool.h"
#include "client/metadata_cache.h"
#include "runtime/condition.h"
#include "runtime/event.h"
#include "runtime/runtime.h"
#include "runtime/task.h"
#include "runtime/task_group.h"

namespace penstock {

class ClusterMetadata {
 public:
  // Asks through `pool`, with its options, which name a bootstrap server. Both outlive the object.
  ClusterMetadata(Runtime& runtime, ConnectionPool& pool);
  ClusterMetadata(const ClusterMetadata&) = delete;
  ClusterMetadata& operator=(const ClusterMetadata&) = delete;
  // Close() has been awaited, or the machine crashes.
  ~ClusterMetadata();

  // What is known now; it changes at awaits.
  const MetadataCache& cache() const { return cache_; }

  // The following wait until it is known what they ask for, refreshing as often as it takes, at
  // most until `deadline`; then the error says why the last refresh did not help (REQUEST_TIMED_OUT
  // if it cannot). An error that no retry mends ends them at once. The object outlives the Tasks.

  // One refresh that began after the call: brokers, and all topics that are followed.
  Task<Status> Refresh(Instant deadline);
  // The topic is in the cache, with all its partitions. It is followed from now on.
  Task<Status> AwaitTopic(std::string topic, Instant deadline);
  // The partition has a leader whose address is known.
  Task<StatusOr<LeaderInfo>> AwaitLeader(std::string topic, PartitionId partition,
                                         Instant deadline);
  Task<StatusOr<Address>> AwaitController(Instant deadline);
  Task<StatusOr<Address>> AwaitBroker(NodeId id, Instant deadline);
  // Any broker, or a bootstrap server while none is known; an open connection first, no back-off if
  // it can be helped.
  Address AnyBroker();

  // Every refresh asks for the topics that are followed: those that somebody awaited or followed
  // within metadata.max.idle.ms. The cache forgets the others.
  void Follow(const std::string& topic);

  // An answer showed that the cache is wrong. It is refreshed, retry.backoff.ms after the last
  // refresh at the earliest, and who awaits a leader or the controller meanwhile waits for that.
  void Invalidate();
  // A leader that an answer named (KIP-951). False if the cache has one of the same or a newer
  // epoch.
  bool UpdateLeader(std::string_view topic, PartitionId partition, LeaderInfo leader);

  // Answers so far; who has seen an older number has seen an older cache.
  uint64_t refreshes() const { return refreshes_; }

  // Ends all who wait with Cancelled, and waits until nothing of this runs.
  Task<> Close();

 private:
  // One refresh and who waits for it; they may outlive each other.
  struct Round;
  // Whether the cache answers what is waited for: OK, an error that the next refresh may mend
  // (IsRetriable), or another one.
  using Question = absl::AnyInvocable<Status() const>;

  Task<Status> Await(Question question, std::optional<std::string> topic, Instant deadline);
  // The round that has not begun; the loop takes it next.
  std::shared_ptr<Round> NextRound();
  Task<> Loop();
  // Until there is something to ask, and the back-off is over.
  Task<> WaitForWork();
  Task<Status> Run(std::shared_ptr<Round> round);
  Task<Status> Ask(Address server, std::vector<std::string> topics);
  // Where to ask, best first.
  std::vector<Address> Candidates();
  bool IsStale() const { return invalidations_ > mended_invalidations_; }
  void ForgetIdleTopics();

  Runtime& runtime_;
  ConnectionPool& pool_;
  MetadataCache cache_;
  std::map<std::string, Instant> followed_;  // and when they were last asked for
  std::shared_ptr<Round> current_;           // null: nothing is asked
  std::shared_ptr<Round> next_;              // null: nobody waits for another one
  uint64_t refreshes_ = 0;
  uint64_t invalidations_ = 0;
  uint64_t mended_invalidations_ = 0;  // that a refresh followed
  int failures_ = 0;                   // of rounds in a row
  bool closed_ = false;
  Instant not_before_;                     // of the next round
  Instant refresh_at_ = Instant::Never();  // by age
  Condition loop_wakes_;
  TaskGroup tasks_;
};

}  // namespace penstock
