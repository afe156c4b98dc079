#include "raft/quorum.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/strings.h"

namespace penstock {
namespace {

constexpr int16_t kKRaftVersionServed = 1;

std::string ListOf(const std::vector<NodeId>& voters) {
  std::string text;
  for (const NodeId voter : voters) StrAppend(text, text.empty() ? "" : ", ", voter);
  return text;
}

Status CheckVoterIds(const std::vector<NodeId>& voters, NodeId self) {
  if (voters.size() == 1 && voters.front() == self) return OkStatus();
  return FailedPrecondition(StrCat("the quorum of this directory has the voters ", ListOf(voters),
                                   ": only a quorum of this node alone (", self,
                                   ") can be served yet"));
}

Status CheckVoters(const VoterSet& voters, const Voter& self) {
  std::vector<NodeId> ids;
  for (const Voter& voter : voters) ids.push_back(voter.id);
  RETURN_IF_ERROR(CheckVoterIds(ids, self.id));
  const Uuid& known = voters.front().directory_id;
  if (known == self.directory_id || known == Uuid::Zero()) return OkStatus();
  return FailedPrecondition(StrCat("the quorum's voter ", self.id, " has the directory id ",
                                   known.ToString(), ", meta.properties says ",
                                   self.directory_id.ToString()));
}

}  // namespace

StatusOr<Quorum> Quorum::Start(const QuorumStart& start) {
  if (start.kraft_version < 0 || start.kraft_version > kKRaftVersionServed) {
    return FailedPrecondition(StrCat("kraft.version ", start.kraft_version, " is finalized; up to ",
                                     kKRaftVersionServed, " is served"));
  }
  Quorum quorum;
  quorum.self_ = start.self;
  quorum.voters_ = {start.self};
  if (start.voters.has_value()) {
    RETURN_IF_ERROR(CheckVoters(*start.voters, start.self));
    quorum.voters_ = *start.voters;
    // A voter that wrote itself without its directory id learns it now.
    quorum.voters_.front().directory_id = start.self.directory_id;
  }
  if (start.election.has_value() && start.election->data_version == 0 &&
      !start.election->current_voters.empty()) {
    RETURN_IF_ERROR(CheckVoterIds(start.election->current_voters, start.self.id));
  }
  const LeaderEpoch elected =
      start.election.has_value() ? start.election->leader_epoch : LeaderEpoch(0);
  quorum.epoch_ = std::max(elected, start.last_log_epoch);
  quorum.write_voters_ = !start.voters.has_value() || !start.voters_are_in_log ||
                         start.kraft_version < kKRaftVersionServed ||
                         start.voters->front() != quorum.voters_.front();
  quorum.kraft_version_ = kKRaftVersionServed;
  quorum.log_end_ = start.log_end_offset;
  return quorum;
}

void Quorum::Step(ElectionTimeout) {
  if (role_ == QuorumRole::kLeader) return;
  // The only voter's own vote is a majority: it leads the next epoch at once.
  ++epoch_;
  role_ = QuorumRole::kLeader;
  epoch_start_ = log_end_;
  ElectionState elected;
  elected.leader_id = self_.id;
  elected.leader_epoch = epoch_;
  elected.data_version = kraft_version_;
  ready_.persist = std::move(elected);
  ready_.control_records.push_back(LeaderChangeRecord(self_.id, voters_));
  if (write_voters_) {
    ready_.control_records.push_back(KRaftVersionControlRecord(kraft_version_));
    ready_.control_records.push_back(VotersControlRecord(voters_));
    write_voters_ = false;
  }
}

void Quorum::Step(LogIsDurable durable) {
  durable_ = std::max(durable_, durable.end);
  // What came from earlier epochs is committed only together with a record of this one.
  if (role_ != QuorumRole::kLeader || durable_ <= *epoch_start_) return;
  if (high_watermark_.has_value() && durable_ <= *high_watermark_) return;
  high_watermark_ = durable_;
  ready_.high_watermark = durable_;
}

void Quorum::Advance(Offset log_end) {
  CHECK(log_end >= log_end_);
  log_end_ = log_end;
  ready_ = QuorumReady();
}

}  // namespace penstock
