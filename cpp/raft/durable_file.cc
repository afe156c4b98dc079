#include "raft/durable_file.h"

#include <memory>
#include <utility>

namespace penstock {

std::string ParentOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return std::string(slash == 0 ? path.substr(0, 1) : path.substr(0, slash));
}

Task<Status> WriteSyncedFile(Files& files, std::string path, SliceChain content) {
  OpenOptions options;
  options.create = true;
  CO_ASSIGN_OR_RETURN(std::unique_ptr<File> file, co_await files.Open(path, options));
  CO_RETURN_IF_ERROR(co_await file->Truncate(0));
  CO_RETURN_IF_ERROR(co_await file->WriteAt(0, std::move(content)));
  co_return co_await file->Sync();
}

Task<Status> ReplaceWholeFile(Files& files, std::string path, SliceChain content,
                              std::string temporary_suffix) {
  const std::string temporary = path + temporary_suffix;
  const std::string parent = ParentOf(path);
  CO_RETURN_IF_ERROR(co_await WriteSyncedFile(files, temporary, std::move(content)));
  CO_RETURN_IF_ERROR(co_await files.Rename(temporary, path));
  co_return co_await files.SyncDirectory(parent);
}

}  // namespace penstock
