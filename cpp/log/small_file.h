// Whole small files: read at once, replaced so that a crash leaves the old text or the new one.
#pragma once

#include <string>

#include "base/slice.h"
#include "base/status.h"
#include "runtime/files.h"
#include "runtime/task.h"

namespace penstock {

// kNotFound if there is none; ResourceExhausted above `bytes_max`. `files` outlives the Task, here
// and below.
Task<StatusOr<Slice>> ReadWholeFile(Files& files, std::string path, uint64_t bytes_max);

// Writes <path>.tmp, syncs it, renames it over <path> and syncs `directory`, in which both lie.
Task<Status> ReplaceFile(Files& files, std::string directory, std::string path, std::string text);

// Removes the file; OK if there is none.
Task<Status> RemoveIfExists(Files& files, std::string path);

}  // namespace penstock
