// MetadataNode: from a directory to a leader with a loaded image.
#include <utility>

#include "metadata/controller/broker_manager.h"
#include "metadata/controller/feature_manager.h"
#include "metadata/node_check.h"
#include "metadata/node_impl.h"
#include "metadata/storage/directory_storage.h"

namespace penstock {
Task<StatusOr<std::unique_ptr<MetadataNode>>> MetadataNode::Open(Runtime& runtime, LogManager& logs,
                                                                 Logger& logger,
                                                                 MetadataNodeOptions options) {
  const StorageOptions storage = StorageOptionsOf(options);
  CO_ASSIGN_OR_RETURN(MetaProperties meta, co_await OpenDirectory(runtime.files, runtime.clock,
                                                                  runtime.random, storage));
  RaftOptions raft;
  raft.self = VoterOf(options, meta);
  raft.segment_bytes = options.segment_bytes;
  raft.segment_ms = options.segment_ms;
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
  CO_RETURN_IF_ERROR(CheckImage(*machine_.machine().image(), options_));
  const MetadataImagePtr loaded = machine_.machine().image();
  const std::string directory = options_.log_dir;
  CO_ASSIGN_OR_RETURN(bootstrap_records_,
                      co_await BootstrapRecordsFor(runtime_.files, directory, loaded));
  CO_RETURN_IF_ERROR(co_await driver_->Lead());
  CO_RETURN_IF_ERROR(SubmitRecords(ActivationRecords()));
  last_snapshot_at_ = runtime_.clock.WallNow();
  const Offset end = driver_->log_end_offset();
  co_return co_await machine_.WaitCommitted(end);
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
