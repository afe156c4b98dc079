#include "runtime/files.h"

#include <utility>

namespace penstock {

Task<std::vector<Status>> Files::SyncAll(std::vector<std::shared_ptr<File>> files) {
  std::vector<Status> results;
  for (const std::shared_ptr<File>& file : files) {
    Status result = co_await file->Sync();
    results.push_back(std::move(result));
  }
  co_return results;
}

}  // namespace penstock
