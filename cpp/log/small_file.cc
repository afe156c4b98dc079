#include "log/small_file.h"

#include <memory>
#include <utility>

#include "base/strings.h"

namespace penstock {

Task<StatusOr<Slice>> ReadWholeFile(Files& files, std::string path, uint64_t bytes_max) {
  OpenOptions options;
  options.writable = false;
  CO_ASSIGN_OR_RETURN(std::unique_ptr<File> file, co_await files.Open(path, options));
  CO_ASSIGN_OR_RETURN(const uint64_t size, co_await file->Size());
  if (size > bytes_max) co_return ResourceExhausted(StrCat(path, " has ", size, " bytes"));
  co_return co_await file->ReadAt(0, size);
}

Task<Status> ReplaceFile(Files& files, std::string directory, std::string path, std::string text) {
  const std::string temporary = path + ".tmp";
  OpenOptions options;
  options.create = true;
  CO_ASSIGN_OR_RETURN(std::unique_ptr<File> file, co_await files.Open(temporary, options));
  CO_RETURN_IF_ERROR(co_await file->Truncate(0));
  SliceChain bytes(Slice::CopyOf(text));
  CO_RETURN_IF_ERROR(co_await file->WriteAt(0, std::move(bytes)));
  CO_RETURN_IF_ERROR(co_await file->Sync());
  file.reset();
  CO_RETURN_IF_ERROR(co_await files.Rename(temporary, path));
  co_return co_await files.SyncDirectory(directory);
}

Task<Status> RemoveIfExists(Files& files, std::string path) {
  Status removed = co_await files.Remove(path);
  if (removed.code() == StatusCode::kNotFound) co_return OkStatus();
  co_return removed;
}

}  // namespace penstock
