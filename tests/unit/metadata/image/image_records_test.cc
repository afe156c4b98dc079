// An image and the records that make it say the same, whatever is in the image.
#include "metadata/image/image_records.h"

#include <gtest/gtest.h>

#include <random>

#include "metadata/controller/partition_manager.h"
#include "metadata/controller/topic_manager.h"
#include "tests/unit/metadata/controller/test_cluster.h"

namespace penstock {
namespace {

MetadataImagePtr Replayed(const std::vector<MetadataRecord>& records) {
  MetadataDelta delta(std::make_shared<const MetadataImage>());
  for (const MetadataRecord& record : records) {
    // Through the bytes of a snapshot, as a restart reads them.
    const StatusOr<MetadataRecord> read = DecodeMetadataRecord(EncodeMetadataRecord(record));
    const Status replayed = read.ok() ? delta.Replay(*read) : read.status();
    EXPECT_EQ(replayed, OkStatus());
  }
  return delta.Apply(MetadataProvenance());
}

TEST(ImageRecords, AnEmptyImageNeedsNone) { EXPECT_TRUE(RecordsOf(MetadataImage()).empty()); }

TEST(ImageRecords, FeaturesComeFirstThenNodesTopicsConfigsAndIds) {
  TestCluster cluster;
  cluster.Add(1);
  cluster.AddTopic("words", {Nodes({1})});
  RegisterControllerRecord controller;
  controller.controller_id = NodeId(1);
  ConfigRecord config;
  config.resource_type = static_cast<int8_t>(ConfigResourceType::kTopic);
  config.resource_name = "words";
  config.name = "retention.ms";
  config.value = "5";
  ProducerIdsRecord ids;
  ids.next_producer_id = ProducerId(1000);
  cluster.Apply({MetadataRecord(ids), MetadataRecord(config), MetadataRecord(controller)});
  EXPECT_EQ(KindsOf(RecordsOf(cluster.image())),
            (Kinds{"FEATURE_LEVEL_RECORD", "REGISTER_BROKER_RECORD", "REGISTER_CONTROLLER_RECORD",
                   "TOPIC_RECORD", "PARTITION_RECORD", "CONFIG_RECORD", "PRODUCER_IDS_RECORD"}));
}

TEST(ImageRecords, ARegistrationKeepsEverythingThatItSays) {
  BrokerImage broker;
  broker.id = NodeId(7);
  broker.epoch = BrokerEpoch(4711);
  broker.incarnation_id = Uuid(1, 2);
  broker.endpoints = {{"PLAINTEXT", "one.example", 9092, 0}, {"SSL", "two.example", 65535, 1}};
  broker.features = {{"metadata.version", 7, 30}};
  broker.rack = "r1";
  broker.fenced = false;
  broker.in_controlled_shutdown = true;
  broker.log_dirs = {Uuid(3, 4)};
  broker.cordoned_log_dirs = std::vector<Uuid>{Uuid(3, 4)};
  const MetadataImagePtr image = Replayed({MetadataRecord(ToRegisterBrokerRecord(broker))});
  EXPECT_EQ(*image->cluster().Broker(NodeId(7)), broker);
}

TEST(ImageRecords, APartitionKeepsEverythingThatItSays) {
  PartitionImage partition;
  partition.replicas = Nodes({1, 2, 3});
  partition.directories = {Uuid(1, 1), Uuid(2, 2), Uuid(3, 3)};
  partition.isr = Nodes({2});
  partition.removing_replicas = Nodes({3});
  partition.adding_replicas = Nodes({1});
  partition.eligible_leader_replicas = Nodes({1});
  partition.last_known_elr = Nodes({3});
  partition.leader = NodeId(2);
  partition.leader_recovery_state = LeaderRecoveryState::kRecovering;
  partition.leader_epoch = LeaderEpoch(9);
  partition.partition_epoch = 12;
  TopicRecord topic;
  topic.name = "words";
  topic.topic_id = Uuid(5, 6);
  const MetadataImagePtr image =
      Replayed({MetadataRecord(topic),
                MetadataRecord(ToPartitionRecord(topic.topic_id, PartitionId(0), partition))});
  EXPECT_EQ(*image->topics.FindById(topic.topic_id)->Partition(PartitionId(0)), partition);
  // Kafka leaves out what is empty.
  partition.eligible_leader_replicas.clear();
  EXPECT_EQ(ToPartitionRecord(topic.topic_id, PartitionId(0), partition).eligible_leader_replicas,
            std::nullopt);
}

// One random life of a cluster, as the controller writes it.
class RandomCluster {
 public:
  explicit RandomCluster(uint32_t seed) : random_(seed) {
    for (const int32_t id : {1, 2, 3}) cluster_.Add(id);
  }
  const TestCluster& cluster() const { return cluster_; }

  void Step() {
    const std::string name = "topic-" + std::to_string(random_() % 12);
    switch (random_() % 6) {
      case 0: {
        CreateTopicsRequest request;
        auto& topic = request.topics.emplace_back();
        topic.name = name;
        topic.num_partitions = static_cast<int32_t>(random_() % 4) + 1;
        topic.replication_factor = static_cast<int16_t>(random_() % 3 + 1);
        cluster_.Apply(CreateTopics(cluster_.options(), cluster_.image(), request).records);
        return;
      }
      case 1: {
        DeleteTopicsRequest request;
        request.topic_names.push_back(name);
        cluster_.Apply(DeleteTopics(cluster_.options(), cluster_.image(), request).records);
        return;
      }
      case 2: {
        CreatePartitionsRequest request;
        auto& topic = request.topics.emplace_back();
        topic.name = name;
        topic.count = static_cast<int32_t>(random_() % 6) + 1;
        topic.assignments = std::nullopt;
        cluster_.Apply(CreatePartitions(cluster_.image(), request).records);
        return;
      }
      case 3: {
        ConfigRecord record;
        record.resource_type = static_cast<int8_t>(ConfigResourceType::kBroker);
        record.resource_name = random_() % 2 == 0 ? "" : "1";
        record.name = "config-" + std::to_string(random_() % 4);
        record.value = std::nullopt;
        if (random_() % 3 != 0) record.value = std::to_string(random_());
        cluster_.Apply({MetadataRecord(record)});
        return;
      }
      case 4: {
        ProducerIdsRecord record;
        record.next_producer_id = cluster_.image().producer_ids.next_producer_id + 1000;
        cluster_.Apply({MetadataRecord(record)});
        return;
      }
      default: {
        const int32_t id = static_cast<int32_t>(random_() % 3) + 1;
        if (cluster_.cluster().IsActive(NodeId(id))) {
          cluster_.Fence(id);
        } else {
          auto result = UnfenceBroker(cluster_.image(), NodeId(id), cluster_.EpochOf(id));
          cluster_.Apply(result.records);
        }
      }
    }
  }

 private:
  std::mt19937 random_;
  TestCluster cluster_;
};

TEST(ImageRecords, TheImageOfASnapshotIsTheImageOfTheLog) {
  for (uint32_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomCluster life(seed);
    for (int i = 0; i < 200; ++i) {
      life.Step();
      if (i % 20 != 0) continue;
      const MetadataImage& image = life.cluster().image();
      ASSERT_TRUE(HasSameContent(*Replayed(RecordsOf(image)), image)) << "step " << i;
    }
    EXPECT_GT(life.cluster().image().topics.size(), 0u);
  }
}

}  // namespace
}  // namespace penstock
