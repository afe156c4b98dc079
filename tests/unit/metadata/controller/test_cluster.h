// A cluster as the controller sees it, grown record by record.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "metadata/controller/broker_manager.h"
#include "metadata/controller/controller_result.h"
#include "metadata/controller/feature_manager.h"
#include "metadata/controller/partition_builder.h"
#include "metadata/image/metadata_delta.h"

namespace penstock {

inline std::vector<NodeId> Nodes(std::initializer_list<int32_t> ids) {
  std::vector<NodeId> nodes;
  for (const int32_t id : ids) nodes.push_back(NodeId(id));
  return nodes;
}

class TestCluster {
 public:
  TestCluster() {
    options_.new_uuid = [this] { return Uuid(0, 1000 + ids_++); };
    FeatureLevelRecord level;
    level.name = kMetadataVersionFeature;
    level.feature_level = kMetadataVersionServed;
    Apply({MetadataRecord(level)});
  }

  const MetadataImage& image() const { return *image_; }
  const MetadataImagePtr& image_ptr() const { return image_; }
  const ClusterImage& cluster() const { return image_->cluster(); }
  ControllerOptions& options() { return options_; }
  Offset end() const { return end_; }

  void Apply(const std::vector<MetadataRecord>& records) {
    MetadataDelta delta(image_);
    for (const MetadataRecord& record : records) {
      ASSERT_EQ(delta.Replay(record), OkStatus()) << DescribeMetadataRecord(record);
      ++end_;
    }
    image_ = delta.Apply(MetadataProvenance());
  }

  static BrokerRegistration RegistrationOf(int32_t id) {
    BrokerRegistration registration;
    registration.id = NodeId(id);
    registration.incarnation_id = Uuid(1, static_cast<uint64_t>(id));
    registration.endpoints.push_back({"PLAINTEXT", "localhost", 9092, 0});
    registration.features = ServedFeatures();
    registration.log_dirs.push_back(DirectoryOf(id));
    return registration;
  }
  static Uuid DirectoryOf(int32_t id) { return Uuid(2, static_cast<uint64_t>(id)); }

  // Registered and fenced.
  BrokerEpoch Register(const BrokerRegistration& registration) {
    auto result = RegisterBroker(*image_, registration, end_);
    EXPECT_TRUE(result.response.ok()) << result.response.status();
    Apply(result.records);
    return result.response.value_or(BrokerEpoch(-1));
  }
  // Registered, and it may lead.
  BrokerEpoch Add(int32_t id) {
    const BrokerEpoch epoch = Register(RegistrationOf(id));
    auto result = UnfenceBroker(*image_, NodeId(id), epoch);
    EXPECT_EQ(result.response, OkStatus());
    Apply(result.records);
    return epoch;
  }
  BrokerEpoch EpochOf(int32_t id) const { return cluster().Broker(NodeId(id))->epoch; }
  void Fence(int32_t id) {
    auto result = FenceBroker(*image_, NodeId(id), EpochOf(id));
    EXPECT_EQ(result.response, OkStatus());
    Apply(result.records);
  }

  // One partition for each list of replicas, all of which are in its ISR.
  Uuid AddTopic(std::string name, const std::vector<std::vector<NodeId>>& partitions) {
    TopicRecord topic;
    topic.name = std::move(name);
    topic.topic_id = options_.new_uuid();
    std::vector<MetadataRecord> records{MetadataRecord(topic)};
    for (size_t i = 0; i < partitions.size(); ++i) {
      records.push_back(NewPartition(cluster(), topic.topic_id,
                                     PartitionId(static_cast<int32_t>(i)), partitions[i],
                                     partitions[i]));
    }
    Apply(records);
    return topic.topic_id;
  }
  const PartitionImage& Partition(std::string_view topic, int32_t partition) const {
    return *image_->topics.FindByName(topic)->Partition(PartitionId(partition));
  }

 private:
  ControllerOptions options_;
  uint64_t ids_ = 0;
  Offset end_{0};
  MetadataImagePtr image_ = std::make_shared<const MetadataImage>();
};

// The types of records, in short, to compare what a request makes.
inline std::vector<std::string> KindsOf(const std::vector<MetadataRecord>& records) {
  std::vector<std::string> kinds;
  for (const MetadataRecord& record : records) {
    const std::string line = DescribeMetadataRecord(record);
    kinds.push_back(line.substr(0, line.find(' ')));
  }
  return kinds;
}
using Kinds = std::vector<std::string>;

}  // namespace penstock
