// What must be true of a directory before its metadata is served, and how the node opens it.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "metadata/image/metadata_image.h"
#include "metadata/metadata_node.h"
#include "metadata/metadata_record.h"
#include "metadata/storage/directory_storage.h"
#include "raft/voter_set.h"
#include "runtime/files.h"

namespace penstock {

StorageOptions StorageOptionsOf(const MetadataNodeOptions& options);
// The voter that the node of this directory is.
Voter VoterOf(const MetadataNodeOptions& options, const MetaProperties& meta);

// FailedPrecondition, naming the directory, if `image` has a feature at a level that is not served.
Status CheckImage(const MetadataImage& image, const MetadataNodeOptions& options);

// What an empty log, whose image is `image`, takes over from bootstrap.checkpoint; nothing for a
// log that has its features. FailedPrecondition if those are not served. `files` outlives the Task.
Task<StatusOr<std::vector<MetadataRecord>>> BootstrapRecordsFor(Files& files, std::string directory,
                                                                MetadataImagePtr image);

}  // namespace penstock
