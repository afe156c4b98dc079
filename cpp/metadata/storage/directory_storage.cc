#include "metadata/storage/directory_storage.h"

#include <utility>

#include "base/strings.h"
#include "metadata/controller/feature_manager.h"
#include "raft/driver.h"
#include "raft/durable_file.h"
#include "raft/snapshot.h"

namespace penstock {
namespace {

constexpr uint64_t kMetaPropertiesBytesMax = 1 << 16;
constexpr uint64_t kBootstrapBytesMax = 64 << 20;
constexpr std::string_view kBootstrapFile = "bootstrap.checkpoint";

std::string MetaPropertiesPath(std::string_view directory) {
  return StrCat(directory, "/meta.properties");
}

// "<topic>-<number>": a partition's directory.
bool LooksLikePartition(std::string_view name) {
  const size_t dash = name.rfind('-');
  if (dash == name.npos || dash == 0) return false;
  return ParseInt32(name.substr(dash + 1)).has_value();
}

// Formatting never makes partitions or a log: with them in place, meta.properties was lost.
Task<Status> CheckNothingIsLost(Files& files, std::string directory) {
  const StatusOr<std::vector<std::string>> names = co_await files.List(directory);
  if (!names.ok()) {
    if (names.status().code() == StatusCode::kNotFound) co_return OkStatus();
    co_return names.status();
  }
  for (const std::string& name : *names) {
    if (name.starts_with(kClusterMetadataTopic) || !LooksLikePartition(name)) continue;
    co_return FailedPrecondition(StrCat(directory, " has the partition ", name,
                                        " but no meta.properties: restore that file, or use an "
                                        "empty directory"));
  }
  const std::string log = MetadataLogPath(directory);
  const StatusOr<std::vector<std::string>> inside = co_await files.List(log);
  if (!inside.ok()) co_return OkStatus();
  for (const std::string& name : *inside) {
    if (!name.ends_with(".log")) continue;
    co_return FailedPrecondition(StrCat(log, " has a log, but ", directory,
                                        " has no meta.properties: restore that file, or use an "
                                        "empty directory"));
  }
  co_return OkStatus();
}

StatusOr<SliceChain> BootstrapCheckpoint(TimestampMs now) {
  FeatureLevelRecord level;
  level.name = kMetadataVersionFeature;
  level.feature_level = kMetadataVersionServed;
  SnapshotContent content;
  content.records.push_back({std::nullopt, EncodeMetadataRecord(level)});
  return EncodeSnapshot(SnapshotId(), content, now);
}

StatusOr<SliceChain> VotersCheckpoint(const MetaProperties& meta, const StorageOptions& options,
                                      TimestampMs now) {
  Voter self;
  self.id = meta.node_id;
  self.directory_id = meta.directory_id;
  self.endpoints = options.voter_endpoints;
  SnapshotContent content;
  content.last_contained_log_timestamp = now;
  content.kraft_version = kKRaftVersionMax;
  content.voters = VoterSet{std::move(self)};
  return EncodeSnapshot(SnapshotId(), content, now);
}

Task<StatusOr<MetaProperties>> Format(Files& files, Clock& clock, Random& random,
                                      StorageOptions options) {
  const std::string directory = options.directory;
  const std::string log = MetadataLogPath(directory);
  const std::string parent = ParentOf(directory);
  CO_RETURN_IF_ERROR(co_await files.CreateDirectory(log));

  MetaProperties meta;
  meta.cluster_id = random.NextUuid().ToString();
  meta.node_id = options.node_id;
  meta.directory_id = random.NextUuid();
  CO_ASSIGN_OR_RETURN(SliceChain bootstrap, BootstrapCheckpoint(clock.WallNow()));
  const std::string bootstrap_path = StrCat(directory, "/", kBootstrapFile);
  CO_RETURN_IF_ERROR(co_await WriteSyncedFile(files, bootstrap_path, std::move(bootstrap)));
  CO_ASSIGN_OR_RETURN(SliceChain voters, VotersCheckpoint(meta, options, clock.WallNow()));
  const std::string voters_path = StrCat(log, "/", SnapshotId().FileName());
  CO_RETURN_IF_ERROR(co_await WriteSyncedFile(files, voters_path, std::move(voters)));
  CO_RETURN_IF_ERROR(co_await files.SyncDirectory(log));
  CO_RETURN_IF_ERROR(co_await files.SyncDirectory(directory));
  CO_RETURN_IF_ERROR(co_await files.SyncDirectory(parent));

  SliceChain text(Slice::CopyOf(FormatMetaProperties(meta)));
  const std::string path = MetaPropertiesPath(directory);
  const std::string suffix = ".tmp";
  CO_RETURN_IF_ERROR(co_await ReplaceWholeFile(files, path, std::move(text), suffix));
  co_return meta;
}

}  // namespace

std::string MetadataLogPath(std::string_view directory) {
  return StrCat(directory, "/", kClusterMetadataTopic, "-0");
}

Task<StatusOr<std::optional<MetaProperties>>> InspectDirectory(Files& files,
                                                               StorageOptions options) {
  const std::string path = MetaPropertiesPath(options.directory);
  const StatusOr<Slice> text = co_await ReadWholeFile(files, path, kMetaPropertiesBytesMax);
  if (!text.ok()) {
    if (text.status().code() != StatusCode::kNotFound) co_return text.status();
    const std::string directory = options.directory;
    CO_RETURN_IF_ERROR(co_await CheckNothingIsLost(files, directory));
    co_return std::optional<MetaProperties>();
  }
  StatusOr<MetaProperties> meta = ParseMetaProperties(text->text());
  if (!meta.ok()) co_return Annotate(meta.status(), path);
  if (meta->node_id != options.node_id) {
    co_return FailedPrecondition(StrCat(path, ": the directory belongs to node.id ", meta->node_id,
                                        ", this is node.id ", options.node_id,
                                        "; start it with -X node.id=", meta->node_id,
                                        ", or choose another directory"));
  }
  co_return std::optional<MetaProperties>(*std::move(meta));
}

Task<StatusOr<MetaProperties>> OpenDirectory(Files& files, Clock& clock, Random& random,
                                             StorageOptions options) {
  CO_ASSIGN_OR_RETURN(std::optional<MetaProperties> meta,
                      co_await InspectDirectory(files, options));
  if (meta.has_value()) co_return *std::move(meta);
  co_return co_await Format(files, clock, random, std::move(options));
}

Task<StatusOr<std::vector<MetadataRecord>>> ReadBootstrapRecords(Files& files,
                                                                 std::string directory) {
  const std::string path = StrCat(directory, "/", kBootstrapFile);
  const StatusOr<Slice> bytes = co_await ReadWholeFile(files, path, kBootstrapBytesMax);
  std::vector<MetadataRecord> records;
  if (!bytes.ok()) {
    if (bytes.status().code() == StatusCode::kNotFound) co_return records;
    co_return bytes.status();
  }
  const StatusOr<SnapshotContent> content = DecodeSnapshot(*bytes);
  if (!content.ok()) co_return Annotate(content.status(), path);
  for (const RaftRecord& record : content->records) {
    if (!record.value.has_value()) co_return DataLoss(StrCat(path, ": a record without a value"));
    StatusOr<MetadataRecord> decoded = DecodeMetadataRecord(*record.value);
    if (!decoded.ok()) co_return Annotate(decoded.status(), path);
    records.push_back(*std::move(decoded));
  }
  co_return records;
}

}  // namespace penstock
