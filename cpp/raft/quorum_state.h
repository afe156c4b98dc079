// The file quorum-state: what a voter must remember over a restart, as one line of JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "base/uuid.h"
#include "runtime/files.h"

namespace penstock {

struct ElectionState {
  NodeId leader_id = kNoNode;
  LeaderEpoch leader_epoch{0};
  NodeId voted_id = kNoNode;
  Uuid voted_directory_id;
  // Only data version 0 (kraft.version 0) lists the voters here.
  std::vector<NodeId> current_voters;
  int16_t data_version = 1;

  bool operator==(const ElectionState&) const = default;
};

// As Kafka writes it, without an end of line.
std::string FormatElectionState(const ElectionState& state);
// InvalidArgument for what is no such line; Unimplemented for a newer data version.
StatusOr<ElectionState> ParseElectionState(std::string_view text);

// `directory`/quorum-state. Nothing if there is no file.
Task<StatusOr<std::optional<ElectionState>>> ReadElectionState(Files& files, std::string directory);
// Replaces the file; durable when it is done. `files` outlives the Task.
Task<Status> WriteElectionState(Files& files, std::string directory, ElectionState state);

}  // namespace penstock
