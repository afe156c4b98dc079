#include "raft/snapshot_store.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "raft/durable_file.h"

namespace penstock {
namespace {

// Far above what the metadata of a large cluster needs.
constexpr uint64_t kSnapshotBytesMax = uint64_t{1} << 32;
constexpr std::string_view kTemporarySuffix = ".part";

bool IsLeftover(std::string_view name) {
  return name.ends_with(".checkpoint.part") || name.ends_with(".checkpoint.deleted");
}

}  // namespace

Task<StatusOr<std::vector<SnapshotId>>> SnapshotStore::Find() {
  const StatusOr<std::vector<std::string>> names = co_await files_.List(directory_);
  if (!names.ok()) co_return names.status();
  std::vector<SnapshotId> found;
  for (const std::string& name : *names) {
    const std::optional<SnapshotId> id = SnapshotId::Parse(name);
    if (id.has_value()) found.push_back(*id);
  }
  std::sort(found.begin(), found.end());
  co_return found;
}

Task<Status> SnapshotStore::RemoveLeftovers() {
  const StatusOr<std::vector<std::string>> names = co_await files_.List(directory_);
  if (!names.ok()) co_return names.status();
  for (const std::string& name : *names) {
    if (!IsLeftover(name)) continue;
    const std::string path = PathOf(name);
    CO_RETURN_IF_ERROR(co_await files_.Remove(path));
  }
  co_return OkStatus();
}

Task<StatusOr<SnapshotContent>> SnapshotStore::Read(SnapshotId id) {
  const std::string path = PathOf(id.FileName());
  CO_ASSIGN_OR_RETURN(const Slice bytes, co_await ReadWholeFile(files_, path, kSnapshotBytesMax));
  StatusOr<SnapshotContent> content = DecodeSnapshot(bytes);
  if (!content.ok()) co_return Annotate(content.status(), path);
  co_return content;
}

Task<Status> SnapshotStore::Write(SnapshotId id, SliceChain bytes) {
  const std::string path = PathOf(id.FileName());
  const std::string suffix(kTemporarySuffix);
  co_return co_await ReplaceWholeFile(files_, path, std::move(bytes), suffix);
}

Task<Status> SnapshotStore::RemoveBefore(SnapshotId id) {
  CO_ASSIGN_OR_RETURN(const std::vector<SnapshotId> found, co_await Find());
  for (const SnapshotId& other : found) {
    if (other >= id) break;
    const std::string path = PathOf(other.FileName());
    CO_RETURN_IF_ERROR(co_await files_.Remove(path));
  }
  co_return OkStatus();
}

}  // namespace penstock
