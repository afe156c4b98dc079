#include "raft/voter_set.h"

#include <utility>

namespace penstock {

VotersRecord ToRecord(const VoterSet& voters) {
  VotersRecord record;
  for (const Voter& voter : voters) {
    VotersRecord::Voter entry;
    entry.voter_id = voter.id;
    entry.voter_directory_id = voter.directory_id;
    for (const VoterEndpoint& endpoint : voter.endpoints) {
      VotersRecord::Endpoint where;
      where.name = endpoint.listener;
      where.host = endpoint.host;
      where.port = endpoint.port;
      entry.endpoints.push_back(std::move(where));
    }
    entry.k_raft_version_feature.min_supported_version = voter.kraft_version_min;
    entry.k_raft_version_feature.max_supported_version = voter.kraft_version_max;
    record.voters.push_back(std::move(entry));
  }
  return record;
}

VoterSet FromRecord(const VotersRecord& record) {
  VoterSet voters;
  for (const VotersRecord::Voter& entry : record.voters) {
    Voter voter;
    voter.id = entry.voter_id;
    voter.directory_id = entry.voter_directory_id;
    for (const VotersRecord::Endpoint& where : entry.endpoints) {
      voter.endpoints.push_back({where.name, where.host, where.port});
    }
    voter.kraft_version_min = entry.k_raft_version_feature.min_supported_version;
    voter.kraft_version_max = entry.k_raft_version_feature.max_supported_version;
    voters.push_back(std::move(voter));
  }
  return voters;
}

}  // namespace penstock
