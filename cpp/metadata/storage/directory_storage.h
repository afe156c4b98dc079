// A log directory as a whole: opens a formatted one, formats an empty one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "metadata/metadata_record.h"
#include "metadata/storage/meta_properties.h"
#include "raft/voter_set.h"
#include "runtime/clock.h"
#include "runtime/files.h"
#include "runtime/random.h"

namespace penstock {

struct StorageOptions {
  std::string directory;
  NodeId node_id{1};
  std::vector<VoterEndpoint> voter_endpoints;  // for the voters record
};

// Reads meta.properties and changes nothing; no value for a directory that is still to be
// formatted. FailedPrecondition as OpenDirectory. `files` outlives the Task.
Task<StatusOr<std::optional<MetaProperties>>> InspectDirectory(Files& files,
                                                               StorageOptions options);

// Reads meta.properties, formatting first where there is none: a cluster id, a directory id,
// bootstrap.checkpoint with the finalized features, the 0-0 checkpoint with the voters.
// meta.properties comes last: a directory without it, however far formatting had come, is formatted
// from the beginning. FailedPrecondition, with the path, for a directory of another node or a newer
// version, or with data but without meta.properties. The ports outlive the Task.
Task<StatusOr<MetaProperties>> OpenDirectory(Files& files, Clock& clock, Random& random,
                                             StorageOptions options);

// Where the metadata log of `directory` lies.
std::string MetadataLogPath(std::string_view directory);

// The records of bootstrap.checkpoint, which the first controller puts into the empty log; none if
// there is no such file.
Task<StatusOr<std::vector<MetadataRecord>>> ReadBootstrapRecords(Files& files,
                                                                 std::string directory);

}  // namespace penstock
