#include "metadata/node_check.h"

#include <optional>
#include <utility>

#include "base/strings.h"
#include "log/log_manager.h"
#include "metadata/controller/controller_machine.h"
#include "metadata/controller/feature_manager.h"
#include "metadata/image/metadata_delta.h"
#include "metadata/raft_writer.h"
#include "raft/log_inspection.h"

namespace penstock {
namespace {

Status CheckOptions(const MetadataNodeOptions& options) {
  if (options.metadata_dir.empty() || options.metadata_dir == options.log_dir) return OkStatus();
  return FailedPrecondition(StrCat("metadata.log.dir=", options.metadata_dir,
                                   " is not served yet: the metadata log lies in ",
                                   options.log_dir));
}

VoterEndpoint ControllerEndpoint(const MetadataNodeOptions& options) {
  return {options.controller_listener, options.controller_host, options.controller_port};
}

Status ReplayBatch(ControllerMachine& machine, const RaftBatchPosition& position,
                   const std::vector<RaftRecord>& records) {
  Offset offset = position.base_offset;
  for (const RaftRecord& raft_record : records) {
    const EncodedRecord encoded{raft_record.key, raft_record.value};
    ASSIGN_OR_RETURN(const MetadataRecord record, ControllerMachine::Decode(encoded));
    RETURN_IF_ERROR(machine.Replay(record, offset));
    ++offset;
  }
  machine.EndBatch(ToBatchPosition(position));
  return OkStatus();
}

}  // namespace

StorageOptions StorageOptionsOf(const MetadataNodeOptions& options) {
  StorageOptions storage;
  storage.directory = options.log_dir;
  storage.node_id = options.node_id;
  storage.voter_endpoints.push_back(ControllerEndpoint(options));
  return storage;
}

Voter VoterOf(const MetadataNodeOptions& options, const MetaProperties& meta) {
  Voter voter;
  voter.id = meta.node_id;
  voter.directory_id = meta.directory_id;
  voter.endpoints.push_back(ControllerEndpoint(options));
  return voter;
}

Status CheckImage(const MetadataImage& image, const MetadataNodeOptions& options) {
  return Annotate(CheckFinalizedFeatures(image.features()), options.log_dir);
}

Task<StatusOr<std::vector<MetadataRecord>>> BootstrapRecordsFor(Files& files, std::string directory,
                                                                MetadataImagePtr image) {
  std::vector<MetadataRecord> records;
  if (image->features().metadata_version != FeaturesImage::kNoMetadataVersion) co_return records;
  CO_ASSIGN_OR_RETURN(records, co_await ReadBootstrapRecords(files, directory));
  MetadataDelta delta(std::move(image));
  Status checked;
  for (const MetadataRecord& record : records) {
    checked = delta.Replay(record);
    if (!checked.ok()) break;
  }
  if (checked.ok()) {
    checked = CheckFinalizedFeatures(delta.Apply(MetadataProvenance())->features());
  }
  if (!checked.ok()) co_return Annotate(checked, StrCat(directory, "/bootstrap.checkpoint"));
  co_return records;
}

Task<Status> MetadataNode::Check(Runtime& runtime, const LogManager& logs,
                                 MetadataNodeOptions options) {
  CO_RETURN_IF_ERROR(CheckOptions(options));
  const StorageOptions storage = StorageOptionsOf(options);
  CO_ASSIGN_OR_RETURN(const std::optional<MetaProperties> meta,
                      co_await InspectDirectory(runtime.files, storage));
  if (!meta.has_value()) co_return OkStatus();  // an empty one

  LogInspectionOptions inspection;
  inspection.directory = MetadataLogPath(options.log_dir);
  inspection.self = VoterOf(options, *meta);
  inspection.load = logs.CheckpointsOf(MetadataPartition());
  ControllerMachine machine([](const MetadataDelta&, const MetadataImagePtr&) {});
  RaftBatchSink replay = [&machine](const RaftBatchPosition& position,
                                    std::vector<RaftRecord> records) {
    return ReplayBatch(machine, position, records);
  };
  CO_RETURN_IF_ERROR(
      co_await InspectMetadataLog(runtime.files, std::move(inspection), std::move(replay)));
  machine.EndLoad();
  CO_RETURN_IF_ERROR(CheckImage(*machine.image(), options));
  const MetadataImagePtr image = machine.image();
  const std::string directory = options.log_dir;
  const auto bootstrap = co_await BootstrapRecordsFor(runtime.files, directory, image);
  co_return bootstrap.status();
}

}  // namespace penstock
