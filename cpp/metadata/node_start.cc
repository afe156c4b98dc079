// MetadataNode: from a directory to a leader with a loaded image.
#include <utility>

#include "base/strings.h"
#include "metadata/controller/broker_manager.h"
#include "metadata/controller/feature_manager.h"
#include "metadata/node_impl.h"
#include "metadata/storage/directory_storage.h"

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

}  // namespace

Task<StatusOr<std::unique_ptr<MetadataNode>>> MetadataNode::Open(Runtime& runtime, LogManager& logs,
                                                                 Logger& logger,
                                                                 MetadataNodeOptions options) {
  CO_RETURN_IF_ERROR(CheckOptions(options));
  StorageOptions storage;
  storage.directory = options.log_dir;
  storage.node_id = options.node_id;
  storage.voter_endpoints.push_back(ControllerEndpoint(options));
  CO_ASSIGN_OR_RETURN(MetaProperties meta, co_await OpenDirectory(runtime.files, runtime.clock,
                                                                  runtime.random, storage));
  RaftOptions raft;
  raft.self.id = meta.node_id;
  raft.self.directory_id = meta.directory_id;
  raft.self.endpoints.push_back(ControllerEndpoint(options));
  RaftDriver::Ports ports{logs, runtime.files, runtime.clock, logger.For("raft")};
  StatusOr<std::unique_ptr<RaftDriver>> driver =
      co_await RaftDriver::Open(std::move(ports), std::move(raft));
  if (!driver.ok()) co_return driver.status();
  auto node = std::make_unique<MetadataNodeImpl>(
      runtime, logger.For("metadata"), std::move(options), std::move(meta), *std::move(driver));
  const Status started = co_await node->Start();
  if (!started.ok()) co_return started;
  co_return std::unique_ptr<MetadataNode>(std::move(node));
}

Task<Status> MetadataNodeImpl::Start() {
  CO_RETURN_IF_ERROR(co_await machine_.Load());
  const Status checked = CheckLoaded();
  if (!checked.ok()) co_return Annotate(checked, options_.log_dir);
  CO_RETURN_IF_ERROR(co_await CheckBootstrap());
  CO_RETURN_IF_ERROR(co_await driver_->Lead());
  CO_RETURN_IF_ERROR(SubmitRecords(ActivationRecords()));
  last_snapshot_at_ = runtime_.clock.WallNow();
  const Offset end = driver_->log_end_offset();
  co_return co_await machine_.WaitCommitted(end);
}

Status MetadataNodeImpl::CheckLoaded() const {
  const MetadataImage& image = *machine_.machine().image();
  RETURN_IF_ERROR(CheckFinalizedFeatures(image.features()));
  return OkStatus();
}

// An empty log takes over the features of bootstrap.checkpoint: they are checked before anything is
// written.
Task<Status> MetadataNodeImpl::CheckBootstrap() {
  if (machine_.machine().image()->features().metadata_version !=
      FeaturesImage::kNoMetadataVersion) {
    co_return OkStatus();
  }
  CO_ASSIGN_OR_RETURN(bootstrap_records_,
                      co_await ReadBootstrapRecords(runtime_.files, options_.log_dir));
  MetadataDelta delta(machine_.machine().image());
  for (const MetadataRecord& record : bootstrap_records_) {
    const Status replayed = delta.Replay(record);
    if (!replayed.ok())
      co_return Annotate(replayed, StrCat(options_.log_dir, "/bootstrap.checkpoint"));
  }
  const Status checked = CheckFinalizedFeatures(delta.Apply(MetadataProvenance())->features());
  co_return Annotate(checked, StrCat(options_.log_dir, "/bootstrap.checkpoint"));
}

std::vector<MetadataRecord> MetadataNodeImpl::ActivationRecords() const {
  std::vector<MetadataRecord> records;
  if (machine_.machine().in_transaction()) {
    AbortTransactionRecord abort;
    abort.reason = "Controller failover";
    records.push_back(std::move(abort));
  }
  FeatureLevelRecord level;
  level.name = kMetadataVersionFeature;
  level.feature_level = kMetadataVersionServed;
  const int16_t present = machine_.machine().image()->features().metadata_version;
  if (present == FeaturesImage::kNoMetadataVersion) {
    BeginTransactionRecord begin;
    begin.name = "Bootstrap records";
    records.push_back(std::move(begin));
    bool has_level = false;
    for (const MetadataRecord& record : bootstrap_records_) {
      const auto* feature = std::get_if<FeatureLevelRecord>(&record);
      const bool is_level = feature != nullptr && feature->name == kMetadataVersionFeature;
      has_level |= is_level;
      // A cluster of one raises its level at once.
      records.push_back(is_level ? MetadataRecord(level) : record);
    }
    if (!has_level) records.push_back(level);
    records.push_back(EndTransactionRecord());
  } else if (present < kMetadataVersionServed) {
    records.push_back(std::move(level));
  }
  return records;
}

Task<StatusOr<BrokerEpoch>> MetadataNodeImpl::RegisterBroker(BrokerRegistrationOptions options) {
  BrokerRegistration registration;
  registration.id = meta_.node_id;
  registration.incarnation_id = runtime_.random.NextUuid();
  registration.endpoints = std::move(options.endpoints);
  registration.features = ServedFeatures();
  registration.rack = std::move(options.rack);
  registration.log_dirs.push_back(meta_.directory_id);
  const Offset next_offset = driver_->log_end_offset();
  const Machine::Handler<StatusOr<BrokerEpoch>> handler =
      [&registration, next_offset](const ControllerMachine& machine) {
        return penstock::RegisterBroker(*machine.image(), registration, next_offset);
      };
  const auto registered = machine_.Submit<StatusOr<BrokerEpoch>>(handler);
  if (!registered.ok()) co_return registered.status();
  if (!registered->response.ok()) co_return registered->response.status();
  broker_epoch_ = *registered->response;
  // The registration need not be on disk before it is built upon: one wait covers both.
  const NodeId id = meta_.node_id;
  const BrokerEpoch epoch = broker_epoch_;
  CO_RETURN_IF_ERROR(SubmitChange(
      [id, epoch](const MetadataImage& image) { return UnfenceBroker(image, id, epoch); }));
  const Offset end = driver_->log_end_offset();
  CO_RETURN_IF_ERROR(co_await machine_.WaitCommitted(end));
  co_return broker_epoch_;
}

}  // namespace penstock
