// KRaft for one voter, pure: no files, no clock, no coroutines. Step takes in what happened, Ready
// tells what is to be done, Advance says that it is done. Elections against others, votes and
// replication come with the cluster.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "raft/control_batch.h"
#include "raft/quorum_state.h"
#include "raft/voter_set.h"

namespace penstock {

// What the disk holds when the voter starts.
struct QuorumStart {
  Voter self;  // with the endpoints to write where no voters record exists yet
  std::optional<ElectionState> election;
  Offset log_end_offset{0};
  LeaderEpoch last_log_epoch{0};
  // The last KRAFT_VERSION and KRAFT_VOTERS of log and snapshots.
  int16_t kraft_version = 0;
  std::optional<VoterSet> voters;
  // False while they come from the bootstrap snapshot alone (or from nowhere).
  bool voters_are_in_log = false;
};

enum class QuorumRole : uint8_t { kUnattached, kLeader };

// Steps.
struct ElectionTimeout {};
struct LogIsDurable {
  Offset end;
};

// To be done in this order, then Advance.
struct QuorumReady {
  std::optional<ElectionState> persist;             // durable before anything else
  std::vector<KRaftControlRecord> control_records;  // one batch at the log end, in epoch()
  std::optional<Offset> high_watermark;             // has moved to here

  bool empty() const {
    return !persist.has_value() && control_records.empty() && !high_watermark.has_value();
  }
};

class Quorum {
 public:
  // FailedPrecondition, in one line, when this voter cannot be the whole quorum: other voters,
  // another directory id, a kraft.version that is not served.
  static StatusOr<Quorum> Start(const QuorumStart& start);

  void Step(ElectionTimeout);
  void Step(LogIsDurable durable);

  // What is to be done now. The same until Advance.
  const QuorumReady& Ready() const { return ready_; }
  // All of Ready was done; `log_end` is the end of the log after it.
  void Advance(Offset log_end);

  QuorumRole role() const { return role_; }
  LeaderEpoch epoch() const { return epoch_; }
  NodeId leader_id() const { return role_ == QuorumRole::kLeader ? self_.id : kNoNode; }
  int16_t kraft_version() const { return kraft_version_; }
  const VoterSet& voters() const { return voters_; }
  // Nothing before the first record of this epoch is durable: only then is it known what is
  // committed.
  std::optional<Offset> high_watermark() const { return high_watermark_; }

 private:
  Quorum() = default;

  Voter self_;
  QuorumRole role_ = QuorumRole::kUnattached;
  LeaderEpoch epoch_{0};
  int16_t kraft_version_ = 1;
  VoterSet voters_;
  bool write_voters_ = false;
  Offset log_end_{0};
  // The first offset that this leader wrote itself.
  std::optional<Offset> epoch_start_;
  Offset durable_{0};
  std::optional<Offset> high_watermark_;
  QuorumReady ready_;
};

}  // namespace penstock
