// The metadata log as it lies in its directory, read before anything is opened for writing: a start
// that must be refused is refused while the directory is still as it was found.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "log/log_loader.h"
#include "raft/log_state.h"
#include "raft/voter_set.h"
#include "runtime/files.h"

namespace penstock {

struct LogInspectionOptions {
  std::string directory;  // of the partition; may be missing
  Voter self;
  LoadOptions load;  // what the log directory's checkpoints say of it
};

// Gives `sink` what RaftDriver::Load will give it, and checks that `self` can be the quorum of this
// log. Changes nothing. The end that a crash has torn off is passed over: opening the log cuts it.
// DataLoss where something durable is broken, FailedPrecondition as Quorum::Start, or the error of
// `sink`. `files` outlives the Task.
Task<Status> InspectMetadataLog(Files& files, LogInspectionOptions options, RaftBatchSink sink);

// DataLoss if the log begins behind its last snapshot: what is between them is gone.
Status CheckLogBeginning(std::string_view directory, Offset log_start_offset, Offset snapshot_end);

}  // namespace penstock
