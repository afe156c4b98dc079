#include "metadata/image/metadata_delta.h"

#include <gtest/gtest.h>

#include "tests/unit/metadata/controller/test_cluster.h"

namespace penstock {
namespace {

const Uuid kWords(1, 100);
const Uuid kLines(1, 200);

TopicRecord Topic(std::string name, const Uuid& id) {
  TopicRecord record;
  record.name = std::move(name);
  record.topic_id = id;
  return record;
}
PartitionRecord Partition(const Uuid& topic, int32_t id) {
  PartitionRecord record;
  record.topic_id = topic;
  record.partition_id = PartitionId(id);
  record.replicas = Nodes({1, 2});
  record.isr = Nodes({1, 2});
  record.leader = NodeId(1);
  record.leader_epoch = LeaderEpoch(0);
  record.partition_epoch = 0;
  record.directories = {Uuid(2, 1), Uuid(2, 2)};
  return record;
}
PartitionChangeRecord Change(const Uuid& topic, int32_t id) {
  PartitionChangeRecord record;
  record.topic_id = topic;
  record.partition_id = PartitionId(id);
  return record;
}
RemoveTopicRecord Removal(const Uuid& id) {
  RemoveTopicRecord record;
  record.topic_id = id;
  return record;
}
ConfigRecord Config(ConfigResource resource, std::string name, std::optional<std::string> value) {
  ConfigRecord record;
  record.resource_type = static_cast<int8_t>(resource.type);
  record.resource_name = resource.name;
  record.name = std::move(name);
  record.value = std::move(value);
  return record;
}

// A cluster with the topic words of two partitions; what is replayed comes on top.
class MetadataDeltaTest : public ::testing::Test {
 protected:
  MetadataDeltaTest() {
    MetadataDelta delta(std::make_shared<const MetadataImage>());
    for (const MetadataRecord& record :
         {MetadataRecord(Topic("words", kWords)), MetadataRecord(Partition(kWords, 0)),
          MetadataRecord(Partition(kWords, 1)),
          MetadataRecord(Config(ConfigResource::Topic("words"), "retention.ms", "5"))}) {
      EXPECT_EQ(delta.Replay(record), OkStatus());
    }
    base_ = delta.Apply({Offset(9), LeaderEpoch(1), TimestampMs(5)});
    delta_ = std::make_unique<MetadataDelta>(base_);
  }
  Status Replay(const MetadataRecord& record) { return delta_->Replay(record); }
  MetadataImagePtr Apply() { return delta_->Apply({Offset(20), LeaderEpoch(2), TimestampMs(6)}); }
  std::string Refusal(const MetadataRecord& record) {
    const Status refused = Replay(record);
    EXPECT_EQ(refused.code(), StatusCode::kInvalidArgument);
    return std::string(MessageOf(refused));
  }

  MetadataImagePtr base_;
  std::unique_ptr<MetadataDelta> delta_;
};

TEST_F(MetadataDeltaTest, NothingChangesNothing) {
  const MetadataImagePtr image = Apply();
  EXPECT_TRUE(HasSameContent(*image, *base_));
  EXPECT_EQ(image->provenance.last_contained_offset, Offset(20));
  EXPECT_FALSE(delta_->features_changed());
  EXPECT_FALSE(delta_->cluster_changed());
  EXPECT_TRUE(delta_->ChangedTopics().empty());
  EXPECT_TRUE(delta_->DeletedTopics().empty());
  EXPECT_TRUE(delta_->changed_configs().empty());
  EXPECT_EQ(image->features_part, base_->features_part) << "what did not change is shared";
  EXPECT_EQ(image->topics.FindById(kWords), base_->topics.FindById(kWords));
}

TEST_F(MetadataDeltaTest, TheImageBeforeStaysAsItWas) {
  ASSERT_EQ(Replay(Removal(kWords)), OkStatus());
  ASSERT_EQ(Replay(Topic("lines", kLines)), OkStatus());
  const MetadataImagePtr image = Apply();
  EXPECT_EQ(base_->topics.size(), 1u);
  EXPECT_NE(base_->topics.FindByName("words"), nullptr);
  EXPECT_EQ(base_->configs.Of(ConfigResource::Topic("words")).size(), 1u);
  EXPECT_EQ(image->topics.FindByName("words"), nullptr);
  EXPECT_NE(image->topics.FindByName("lines"), nullptr);
}

TEST_F(MetadataDeltaTest, AChangeOfAPartitionKeepsWhatItDoesNotName) {
  PartitionChangeRecord change = Change(kWords, 1);
  change.isr = Nodes({2});
  ASSERT_EQ(Replay(change), OkStatus());
  MetadataImagePtr image = Apply();
  const PartitionImage* partition = image->topics.FindById(kWords)->Partition(PartitionId(1));
  EXPECT_EQ(partition->isr, Nodes({2}));
  EXPECT_EQ(partition->replicas, Nodes({1, 2}));
  EXPECT_EQ(partition->leader, NodeId(1));
  EXPECT_EQ(partition->leader_epoch, LeaderEpoch(0));
  EXPECT_EQ(partition->partition_epoch, 1);

  change = Change(kWords, 1);
  change.leader = NodeId(2);
  ASSERT_EQ(Replay(change), OkStatus());
  image = Apply();
  partition = image->topics.FindById(kWords)->Partition(PartitionId(1));
  EXPECT_EQ(partition->leader, NodeId(2));
  EXPECT_EQ(partition->leader_epoch, LeaderEpoch(1)) << "a leader that is named begins an epoch";
  EXPECT_EQ(partition->partition_epoch, 2);
  EXPECT_EQ(delta_->ChangedTopics(), std::vector{kWords});
  EXPECT_EQ(image->topics.FindById(kWords)->partitions[0],
            base_->topics.FindById(kWords)->partitions[0])
      << "the other partition is shared";
}

TEST_F(MetadataDeltaTest, ATopicMayGoAndComeBackInOneGo) {
  ASSERT_EQ(Replay(Removal(kWords)), OkStatus());
  ASSERT_EQ(Replay(Topic("words", kLines)), OkStatus());
  ASSERT_EQ(Replay(Partition(kLines, 0)), OkStatus());
  const MetadataImagePtr image = Apply();
  EXPECT_EQ(image->topics.size(), 1u);
  EXPECT_EQ(image->topics.FindByName("words")->id, kLines);
  EXPECT_EQ(image->topics.FindById(kWords), nullptr);
  EXPECT_TRUE(image->configs.Of(ConfigResource::Topic("words")).empty());
  EXPECT_EQ(delta_->ChangedTopics(), std::vector{kLines});
  ASSERT_EQ(delta_->DeletedTopics().size(), 1u);
  EXPECT_EQ(delta_->DeletedTopics().front()->partitions.size(), 2u);
}

TEST_F(MetadataDeltaTest, ATopicThatCameAndWentIsNoNews) {
  ASSERT_EQ(Replay(Topic("lines", kLines)), OkStatus());
  ASSERT_EQ(Replay(Removal(kLines)), OkStatus());
  EXPECT_TRUE(delta_->ChangedTopics().empty());
  EXPECT_TRUE(delta_->DeletedTopics().empty());
  EXPECT_TRUE(HasSameContent(*Apply(), *base_));
  EXPECT_EQ(Replay(Topic("lines", Uuid(1, 300))), OkStatus()) << "its name is free";
}

TEST_F(MetadataDeltaTest, RecordsThatDoNotFitAreRefused) {
  EXPECT_NE(Refusal(Topic("other", kWords)).find("exists"), std::string::npos);
  EXPECT_NE(Refusal(Topic("words", kLines)).find("topic words exists"), std::string::npos);
  EXPECT_NE(Refusal(Partition(kLines, 0)).find("does not exist"), std::string::npos);
  EXPECT_NE(Refusal(Partition(kWords, 3)).find("comes before the one before it"),
            std::string::npos);
  EXPECT_NE(Refusal(Partition(kWords, -1)).find("comes before"), std::string::npos);
  EXPECT_NE(Refusal(Change(kWords, 2)).find("does not exist"), std::string::npos);
  EXPECT_NE(Refusal(Change(kLines, 0)).find("does not exist"), std::string::npos);
  EXPECT_NE(Refusal(Removal(kLines)).find("does not exist"), std::string::npos);
  UnregisterBrokerRecord unknown;
  unknown.broker_id = NodeId(4);
  EXPECT_NE(Refusal(unknown).find("broker 4 is not registered"), std::string::npos);
  EXPECT_NE(Refusal(FenceBrokerRecord()).find("is not registered"), std::string::npos);
  EXPECT_NE(Refusal(UnfenceBrokerRecord()).find("is not registered"), std::string::npos);
  EXPECT_NE(Refusal(BrokerRegistrationChangeRecord()).find("is not registered"), std::string::npos);
}

TEST_F(MetadataDeltaTest, AConfigIsSetAndTakenBack) {
  const ConfigResource words = ConfigResource::Topic("words");
  const ConfigResource everybody = ConfigResource::DefaultBroker();
  ASSERT_EQ(Replay(Config(everybody, "max.connections", "7")), OkStatus());
  ASSERT_EQ(Replay(Config(words, "retention.ms", std::nullopt)), OkStatus());
  ASSERT_EQ(Replay(Config(words, "never.set", std::nullopt)), OkStatus());
  const MetadataImagePtr image = Apply();
  EXPECT_TRUE(image->configs.Of(words).empty());
  EXPECT_EQ(image->configs.Of(everybody).at("max.connections"), "7");
  EXPECT_EQ(delta_->changed_configs(), (std::set<ConfigResource>{words, everybody}));
  const Status refused = Replay(Config({ConfigResourceType::kGroup, "g"}, "a", "b"));
  EXPECT_EQ(refused.code(), StatusCode::kUnimplemented) << refused;
}

TEST_F(MetadataDeltaTest, ProducerIdsNeverGoBack) {
  ProducerIdsRecord record;
  record.next_producer_id = ProducerId(2000);
  ASSERT_EQ(Replay(record), OkStatus());
  ASSERT_EQ(Replay(record), OkStatus());
  EXPECT_EQ(Apply()->producer_ids.next_producer_id, ProducerId(2000));
  record.next_producer_id = ProducerId(1999);
  EXPECT_NE(Refusal(record).find("goes back from 2000 to 1999"), std::string::npos);
}

TEST_F(MetadataDeltaTest, AFeatureAtLevelZeroIsNotFinalized) {
  FeatureLevelRecord record;
  record.name = "group.version";
  record.feature_level = 1;
  ASSERT_EQ(Replay(record), OkStatus());
  EXPECT_EQ(Apply()->features().LevelOf("group.version"), 1);
  record.feature_level = 0;
  ASSERT_EQ(Replay(record), OkStatus());
  EXPECT_TRUE(Apply()->features().finalized.empty());
  EXPECT_TRUE(delta_->features_changed());
}

TEST_F(MetadataDeltaTest, TheKraftVersionIsNoNewsWhereItIsTheSame) {
  delta_->SetKRaftVersion(1);
  MetadataDelta next(Apply());
  next.SetKRaftVersion(1);
  EXPECT_EQ(next.Apply(MetadataProvenance())->features().kraft_version, 1);
}

TEST_F(MetadataDeltaTest, ARegistrationChangesInParts) {
  TestCluster cluster;
  const BrokerEpoch epoch = cluster.Add(1);
  BrokerRegistrationChangeRecord change;
  change.broker_id = NodeId(1);
  change.broker_epoch = epoch;
  change.in_controlled_shutdown = 1;
  cluster.Apply({MetadataRecord(change)});
  EXPECT_TRUE(cluster.cluster().Broker(NodeId(1))->in_controlled_shutdown);
  EXPECT_FALSE(cluster.cluster().Broker(NodeId(1))->fenced) << "0 is no change";
  EXPECT_EQ(cluster.cluster().Broker(NodeId(1))->log_dirs,
            std::vector{TestCluster::DirectoryOf(1)});
  change.log_dirs = {Uuid(6, 6)};
  change.fenced = 1;
  cluster.Apply({MetadataRecord(change)});
  EXPECT_TRUE(cluster.cluster().Broker(NodeId(1))->fenced);
  EXPECT_EQ(cluster.cluster().Broker(NodeId(1))->log_dirs, std::vector{Uuid(6, 6)});
  UnregisterBrokerRecord gone;
  gone.broker_id = NodeId(1);
  gone.broker_epoch = epoch;
  cluster.Apply({MetadataRecord(gone)});
  EXPECT_EQ(cluster.cluster().Broker(NodeId(1)), nullptr);
}

}  // namespace
}  // namespace penstock
