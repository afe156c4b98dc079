#include "metadata/node_impl.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "metadata/controller/broker_manager.h"
#include "metadata/controller/config_manager.h"
#include "metadata/controller/feature_manager.h"
#include "metadata/controller/partition_manager.h"
#include "metadata/controller/producer_id_manager.h"
#include "metadata/controller/topic_manager.h"
#include "metadata/failed_response.h"
#include "metadata/image/image_records.h"

namespace penstock {
namespace {

ControllerOptions ControllerOptionsOf(const MetadataNodeOptions& options, Random& random) {
  ControllerOptions controller;
  controller.node_id = options.node_id;
  controller.static_config = options.static_config;
  controller.num_partitions = options.num_partitions;
  controller.default_replication_factor = options.default_replication_factor;
  controller.delete_topic_enable = options.delete_topic_enable;
  controller.new_uuid = [&random] { return random.NextUuid(); };
  return controller;
}

ControllerResult<CreatePartitionsResponse> CreatePartitionsOf(
    const ControllerOptions&, const MetadataImage& image, const CreatePartitionsRequest& request) {
  return CreatePartitions(image, request);
}

}  // namespace

MetadataNodeImpl::MetadataNodeImpl(Runtime& runtime, Logger logger, MetadataNodeOptions options,
                                   MetaProperties meta, std::unique_ptr<RaftDriver> driver)
    : runtime_(runtime),
      logger_(std::move(logger)),
      options_(std::move(options)),
      controller_(ControllerOptionsOf(options_, runtime.random)),
      meta_(std::move(meta)),
      driver_(std::move(driver)),
      writer_(*driver_),
      image_(std::make_shared<const MetadataImage>()),
      machine_(runtime.executor, writer_,
               [this] {
                 return std::make_unique<ControllerMachine>(
                     [this](const MetadataDelta& delta, const MetadataImagePtr& image) {
                       Publish(delta, image);
                     });
               }),
      background_(runtime.executor, [this](const Status& status) {
        logger_.Error("a metadata snapshot failed", {{"status", status}});
      }) {}

MetadataNodeImpl::~MetadataNodeImpl() { background_.CancelAll(); }

void MetadataNodeImpl::Publish(const MetadataDelta& delta, const MetadataImagePtr& image) {
  image_ = image;
  const std::vector<Publisher*> publishers = publishers_;
  for (Publisher* publisher : publishers) publisher->OnMetadataUpdate(delta, *image_);
  StartSnapshotIfDue();
}

void MetadataNodeImpl::AddPublisher(Publisher& publisher) {
  publishers_.push_back(&publisher);
  MetadataDelta everything(std::make_shared<const MetadataImage>());
  for (const MetadataRecord& record : RecordsOf(*image_)) {
    // The records of an image always fit an empty one.
    CHECK(everything.Replay(record).ok());
  }
  publisher.OnMetadataUpdate(everything, *image_);
}

void MetadataNodeImpl::RemovePublisher(Publisher& publisher) {
  std::erase(publishers_, &publisher);
}

Status MetadataNodeImpl::SubmitRecords(std::vector<MetadataRecord> records) {
  const Machine::Handler<bool> handler = [&records](const ControllerMachine&) {
    return ControllerResult<bool>{std::move(records), true};
  };
  return machine_.Submit<bool>(handler).status();
}

Status MetadataNodeImpl::SubmitChange(
    const std::function<ControllerResult<Status>(const MetadataImage&)>& change) {
  const Machine::Handler<Status> handler = [&change](const ControllerMachine& machine) {
    return change(*machine.image());
  };
  const auto parked = machine_.Submit<Status>(handler);
  return parked.ok() ? parked->response : parked.status();
}

template <class Request, class Response>
Task<Response> MetadataNodeImpl::Answer(Request request, Manager<Request, Response> manager) {
  Machine::Handler<Response> handler = [this, manager, &request](const ControllerMachine& machine) {
    return manager(controller_, *machine.image(), request);
  };
  StatusOr<Response> result = co_await machine_.Run<Response>(std::move(handler));
  if (result.ok()) co_return *std::move(result);
  co_return FailedResponse(request, result.status());
}

Task<CreateTopicsResponse> MetadataNodeImpl::CreateTopics(CreateTopicsRequest request) {
  return Answer<CreateTopicsRequest, CreateTopicsResponse>(std::move(request),
                                                           penstock::CreateTopics);
}

Task<DeleteTopicsResponse> MetadataNodeImpl::DeleteTopics(DeleteTopicsRequest request) {
  return Answer<DeleteTopicsRequest, DeleteTopicsResponse>(std::move(request),
                                                           penstock::DeleteTopics);
}

Task<CreatePartitionsResponse> MetadataNodeImpl::CreatePartitions(CreatePartitionsRequest request) {
  return Answer<CreatePartitionsRequest, CreatePartitionsResponse>(std::move(request),
                                                                   CreatePartitionsOf);
}

Task<AlterConfigsResponse> MetadataNodeImpl::AlterConfigs(AlterConfigsRequest request) {
  return Answer<AlterConfigsRequest, AlterConfigsResponse>(std::move(request),
                                                           penstock::AlterConfigs);
}

Task<IncrementalAlterConfigsResponse> MetadataNodeImpl::IncrementalAlterConfigs(
    IncrementalAlterConfigsRequest request) {
  return Answer<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
      std::move(request), penstock::IncrementalAlterConfigs);
}

Task<UpdateFeaturesResponse> MetadataNodeImpl::UpdateFeatures(UpdateFeaturesRequest request) {
  return Answer<UpdateFeaturesRequest, UpdateFeaturesResponse>(std::move(request),
                                                               penstock::UpdateFeatures);
}

Task<StatusOr<ProducerIdBlock>> MetadataNodeImpl::AllocateProducerIds() {
  const NodeId id = meta_.node_id;
  const BrokerEpoch epoch = broker_epoch_;
  Machine::Handler<StatusOr<ProducerIdBlock>> handler = [id,
                                                         epoch](const ControllerMachine& machine) {
    return penstock::AllocateProducerIds(*machine.image(), id, epoch);
  };
  StatusOr<StatusOr<ProducerIdBlock>> result =
      co_await machine_.Run<StatusOr<ProducerIdBlock>>(std::move(handler));
  if (!result.ok()) co_return result.status();
  co_return *std::move(result);
}

DescribeQuorumResponse::PartitionData MetadataNodeImpl::DescribePartition() const {
  DescribeQuorumResponse::PartitionData partition;
  partition.leader_id = meta_.node_id;
  partition.leader_epoch = driver_->epoch();
  partition.high_watermark = driver_->high_watermark();
  const TimestampMs now = runtime_.clock.WallNow();
  for (const Voter& voter : driver_->voters()) {
    DescribeQuorumResponse::ReplicaState state;
    state.replica_id = voter.id;
    state.replica_directory_id = voter.directory_id;
    state.log_end_offset = driver_->log_end_offset();
    state.last_fetch_timestamp = now;
    state.last_caught_up_timestamp = now;
    partition.current_voters.push_back(state);
  }
  return partition;
}

DescribeQuorumResponse MetadataNodeImpl::DescribeQuorum(
    const DescribeQuorumRequest& request) const {
  DescribeQuorumResponse response;
  bool known = true;
  for (const auto& topic : request.topics) {
    auto& described = response.topics.emplace_back();
    described.topic_name = topic.topic_name;
    for (const auto& wanted : topic.partitions) {
      if (topic.topic_name == kClusterMetadataTopic && wanted.partition_index == PartitionId(0)) {
        described.partitions.push_back(DescribePartition());
        continue;
      }
      known = false;
      auto& unknown = described.partitions.emplace_back();
      unknown.partition_index = wanted.partition_index;
      unknown.error_code = ErrorCode::kUnknownTopicOrPartition;
      unknown.error_message = std::string(DescriptionOf(ErrorCode::kUnknownTopicOrPartition));
    }
  }
  if (!known) return response;
  for (const Voter& voter : driver_->voters()) {
    auto& node = response.nodes.emplace_back();
    node.node_id = voter.id;
    for (const VoterEndpoint& endpoint : voter.endpoints) {
      auto& listener = node.listeners.emplace_back();
      listener.name = endpoint.listener;
      listener.host = endpoint.host;
      listener.port = endpoint.port;
    }
  }
  return response;
}

bool MetadataNodeImpl::SnapshotIsDue() const {
  if (stopped_ || snapshot_runs_ || !driver_->leads()) return false;
  if (driver_->bytes_since_snapshot() >= options_.max_record_bytes_between_snapshots) return true;
  const int64_t age_ms = runtime_.clock.WallNow() - last_snapshot_at_;
  return options_.max_snapshot_interval_ms > 0 && age_ms >= options_.max_snapshot_interval_ms;
}

void MetadataNodeImpl::StartSnapshotIfDue() {
  if (!SnapshotIsDue()) return;
  snapshot_runs_ = true;
  last_snapshot_at_ = runtime_.clock.WallNow();
  background_.Start(WriteSnapshot(image_));
}

Task<Status> MetadataNodeImpl::WriteSnapshot(MetadataImagePtr image) {
  const MetadataProvenance provenance = image->provenance;
  const SnapshotId id{provenance.last_contained_offset + 1, provenance.last_contained_epoch};
  std::vector<RaftRecord> records;
  for (const MetadataRecord& record : RecordsOf(*image)) {
    records.push_back({std::nullopt, EncodeMetadataRecord(record)});
  }
  const Status written = co_await driver_->WriteSnapshot(
      id, provenance.last_contained_log_timestamp, std::move(records));
  snapshot_runs_ = false;
  co_return written;
}

Task<Status> MetadataNodeImpl::Stop() {
  if (stopped_) co_return OkStatus();
  stopped_ = true;
  co_await background_.Join();
  Status result;
  if (broker_epoch_.value() >= 0 && machine_.loaded()) {
    const NodeId id = meta_.node_id;
    const BrokerEpoch epoch = broker_epoch_;
    result = SubmitChange([id, epoch](const MetadataImage& image) {
      return BeginControlledShutdown(image, id, epoch);
    });
    if (result.ok()) {
      result = SubmitChange(
          [id, epoch](const MetadataImage& image) { return FenceBroker(image, id, epoch); });
    }
    const Offset end = driver_->log_end_offset();
    const Status committed = co_await machine_.WaitCommitted(end);
    if (result.ok()) result = committed;
  }
  const Status stopped = Unavailable("the metadata node has stopped");
  machine_.Unload(stopped);
  co_return result;
}

}  // namespace penstock
