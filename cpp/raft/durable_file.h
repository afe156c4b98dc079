// Small files that are read whole and replaced as a whole.
#pragma once

#include <string>
#include <string_view>

#include "base/slice.h"
#include "base/status.h"
#include "log/small_file.h"  // ReadWholeFile
#include "runtime/files.h"

namespace penstock {

// `files` outlives the Tasks.

// Makes or overwrites `path` and syncs its content; its name in the directory is not synced. A
// crash may leave any part of it: for files that do not count before something else does.
Task<Status> WriteSyncedFile(Files& files, std::string path, SliceChain content);

// Puts `content` in the place of `path`, by a temporary file beside it (`temporary_suffix` after
// its name): a reader finds the old or the new content, whole, also after a crash. Durable when it
// is done.
Task<Status> ReplaceWholeFile(Files& files, std::string path, SliceChain content,
                              std::string temporary_suffix);

// "/a/b/c" is in "/a/b"; a name alone is in ".".
std::string ParentOf(std::string_view path);

}  // namespace penstock
