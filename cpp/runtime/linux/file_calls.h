// What LinuxFiles does, as plain calls that block. Any thread.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "runtime/files.h"
#include "runtime/linux/file_descriptor.h"

namespace penstock::file_calls {

StatusOr<FileDescriptor> Open(const std::string& path, const OpenOptions& options);
Status Rename(const std::string& from, const std::string& to);
Status Remove(const std::string& path);
StatusOr<std::vector<std::string>> List(const std::string& directory);
Status CreateDirectory(const std::string& path);
Status RemoveTree(const std::string& path);
Status SyncDirectory(const std::string& path);
StatusOr<FileInfo> Describe(const std::string& path);
StatusOr<DiskSpace> Space(const std::string& directory);
// The descriptor holds the lock.
StatusOr<FileDescriptor> Lock(const std::string& path, const std::string& holder);

}  // namespace penstock::file_calls
