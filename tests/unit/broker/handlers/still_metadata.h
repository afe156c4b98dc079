// Metadata in which nothing moves but what the test publishes: for handlers that only look at the
// image.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "metadata/metadata_node.h"

namespace penstock {

class StillMetadata final : public MetadataNode {
 public:
  explicit StillMetadata(std::function<MetadataImagePtr()> image) : image_(std::move(image)) {}

  const std::string& cluster_id() const override { return cluster_id_; }
  const Uuid& directory_id() const override { return directory_id_; }
  NodeId node_id() const override { return NodeId(1); }
  MetadataImagePtr image() const override { return image_(); }
  LeaderEpoch leader_epoch() const override { return LeaderEpoch(1); }
  void AddPublisher(Publisher&) override {}
  void RemovePublisher(Publisher&) override {}
  Task<StatusOr<BrokerEpoch>> RegisterBroker(BrokerRegistrationOptions) override {
    co_return BrokerEpoch(1);
  }
  BrokerEpoch broker_epoch() const override { return BrokerEpoch(1); }
  Task<CreateTopicsResponse> CreateTopics(CreateTopicsRequest) override {
    co_return CreateTopicsResponse();
  }
  Task<DeleteTopicsResponse> DeleteTopics(DeleteTopicsRequest) override {
    co_return DeleteTopicsResponse();
  }
  Task<CreatePartitionsResponse> CreatePartitions(CreatePartitionsRequest) override {
    co_return CreatePartitionsResponse();
  }
  Task<AlterConfigsResponse> AlterConfigs(AlterConfigsRequest) override {
    co_return AlterConfigsResponse();
  }
  Task<IncrementalAlterConfigsResponse> IncrementalAlterConfigs(
      IncrementalAlterConfigsRequest) override {
    co_return IncrementalAlterConfigsResponse();
  }
  Task<UpdateFeaturesResponse> UpdateFeatures(UpdateFeaturesRequest) override {
    co_return UpdateFeaturesResponse();
  }
  Task<StatusOr<ProducerIdBlock>> AllocateProducerIds() override {
    return give_block ? give_block() : GiveNoBlock();
  }
  // Where it is set, the source of producer ids.
  std::function<Task<StatusOr<ProducerIdBlock>>()> give_block;

  static Task<StatusOr<ProducerIdBlock>> GiveNoBlock() {
    co_return KafkaError(ErrorCode::kCoordinatorLoadInProgress, "nothing moves here");
  }
  DescribeQuorumResponse DescribeQuorum(const DescribeQuorumRequest&) const override { return {}; }
  Task<Status> Stop() override { co_return OkStatus(); }

 private:
  std::function<MetadataImagePtr()> image_;
  std::string cluster_id_ = "still";
  Uuid directory_id_{1, 1};
};

}  // namespace penstock
