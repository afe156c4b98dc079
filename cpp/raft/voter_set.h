// The voters of the quorum, as the KRAFT_VOTERS control record lists them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/uuid.h"
#include "protocol/records/voters_record.h"

namespace penstock {

struct VoterEndpoint {
  std::string listener;
  std::string host;
  uint16_t port = 0;

  bool operator==(const VoterEndpoint&) const = default;
};

struct Voter {
  NodeId id = kNoNode;
  Uuid directory_id;  // Zero: not known (kraft.version 0)
  std::vector<VoterEndpoint> endpoints;
  int16_t kraft_version_min = 0;
  int16_t kraft_version_max = 1;

  bool operator==(const Voter&) const = default;
};

using VoterSet = std::vector<Voter>;

VotersRecord ToRecord(const VoterSet& voters);
VoterSet FromRecord(const VotersRecord& record);

}  // namespace penstock
