// The MetadataNode behind its interface: raft driver, machine runtime, publishers, snapshots.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "machine/machine_runtime.h"
#include "metadata/controller/controller_machine.h"
#include "metadata/controller/controller_result.h"
#include "metadata/metadata_node.h"
#include "metadata/raft_writer.h"
#include "metadata/storage/meta_properties.h"
#include "raft/driver.h"
#include "runtime/task_group.h"

namespace penstock {

class MetadataNodeImpl final : public MetadataNode {
 public:
  MetadataNodeImpl(Runtime& runtime, Logger logger, MetadataNodeOptions options,
                   MetaProperties meta, std::unique_ptr<RaftDriver> driver);
  ~MetadataNodeImpl() override;

  // Loads, leads, and writes what the log needs before anything else. Once.
  Task<Status> Start();

  const std::string& cluster_id() const override { return meta_.cluster_id; }
  const Uuid& directory_id() const override { return meta_.directory_id; }
  NodeId node_id() const override { return meta_.node_id; }
  MetadataImagePtr image() const override { return image_; }
  LeaderEpoch leader_epoch() const override { return driver_->epoch(); }
  void AddPublisher(Publisher& publisher) override;
  void RemovePublisher(Publisher& publisher) override;
  Task<StatusOr<BrokerEpoch>> RegisterBroker(BrokerRegistrationOptions options) override;
  BrokerEpoch broker_epoch() const override { return broker_epoch_; }

  Task<CreateTopicsResponse> CreateTopics(CreateTopicsRequest request) override;
  Task<DeleteTopicsResponse> DeleteTopics(DeleteTopicsRequest request) override;
  Task<CreatePartitionsResponse> CreatePartitions(CreatePartitionsRequest request) override;
  Task<AlterConfigsResponse> AlterConfigs(AlterConfigsRequest request) override;
  Task<IncrementalAlterConfigsResponse> IncrementalAlterConfigs(
      IncrementalAlterConfigsRequest request) override;
  Task<UpdateFeaturesResponse> UpdateFeatures(UpdateFeaturesRequest request) override;
  Task<StatusOr<ProducerIdBlock>> AllocateProducerIds() override;
  DescribeQuorumResponse DescribeQuorum(const DescribeQuorumRequest& request) const override;
  Task<Status> Stop() override;

 private:
  using Machine = MachineRuntime<ControllerMachine>;
  template <class Request, class Response>
  using Manager = ControllerResult<Response> (*)(const ControllerOptions&, const MetadataImage&,
                                                 const Request&);

  // Asks a manager of the controller, and answers when its records are committed.
  template <class Request, class Response>
  Task<Response> Answer(Request request, Manager<Request, Response> manager);

  std::vector<MetadataRecord> ActivationRecords() const;
  // Appends `records`, if any, without waiting.
  Status SubmitRecords(std::vector<MetadataRecord> records);
  // A change of this broker's registration, without waiting.
  Status SubmitChange(const std::function<ControllerResult<Status>(const MetadataImage&)>& change);
  DescribeQuorumResponse::PartitionData DescribePartition() const;

  void Publish(const MetadataDelta& delta, const MetadataImagePtr& image);
  bool SnapshotIsDue() const;
  void StartSnapshotIfDue();
  Task<Status> WriteSnapshot(MetadataImagePtr image);

  Runtime& runtime_;
  Logger logger_;
  MetadataNodeOptions options_;
  ControllerOptions controller_;
  MetaProperties meta_;
  std::unique_ptr<RaftDriver> driver_;
  RaftWriter writer_;
  MetadataImagePtr image_;
  std::vector<MetadataRecord> bootstrap_records_;
  std::vector<Publisher*> publishers_;
  BrokerEpoch broker_epoch_{-1};
  bool stopped_ = false;
  bool snapshot_runs_ = false;
  TimestampMs last_snapshot_at_{0};
  Machine machine_;
  TaskGroup background_;
};

}  // namespace penstock
