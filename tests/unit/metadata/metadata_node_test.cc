#include "metadata/metadata_node.h"

#include <gtest/gtest.h>

#include "metadata/image/metadata_delta.h"
#include "metadata/image/publisher.h"
#include "tests/unit/metadata/node_fixture.h"

namespace penstock {
namespace {

Task<Status> CreateTopic(MetadataNode& node, std::string name, int32_t partitions) {
  CreateTopicsRequest request = TopicRequest(std::move(name), partitions);
  const CreateTopicsResponse response = co_await node.CreateTopics(std::move(request));
  const auto& topic = response.topics.front();
  if (topic.error_code == ErrorCode::kNone) co_return OkStatus();
  co_return KafkaError(topic.error_code, topic.error_message.value_or(""));
}

TEST(MetadataNode, FormatsAnEmptyDirectoryAndLeadsItsLog) {
  SimWorld world(1);
  NodeLife life(world.runtime());
  ASSERT_EQ(world.Run(life.OpenAndRegister()), OkStatus());

  const MetadataImagePtr image = life.node().image();
  EXPECT_EQ(image->features().metadata_version, 30);
  EXPECT_EQ(image->features().kraft_version, 1);
  EXPECT_TRUE(image->features().finalized.empty());
  EXPECT_EQ(life.node().leader_epoch(), LeaderEpoch(1));
  ASSERT_NE(image->cluster().Broker(NodeId(1)), nullptr);
  EXPECT_TRUE(image->cluster().IsActive(NodeId(1)));
  // LEADER_CHANGE, KRAFT_VERSION, KRAFT_VOTERS, then the three bootstrap records.
  EXPECT_EQ(life.node().broker_epoch(), BrokerEpoch(6));
  EXPECT_EQ(world.Run(life.Stop()), OkStatus());
}

TEST(MetadataNode, AnswersWhenTheTopicIsPublished) {
  SimWorld world(2);
  NodeLife life(world.runtime());
  ASSERT_EQ(world.Run(life.OpenAndRegister()), OkStatus());
  ASSERT_EQ(world.Run(CreateTopic(life.node(), "words", 3)), OkStatus());

  const auto topic = life.node().image()->topics.FindByName("words");
  ASSERT_NE(topic, nullptr);
  ASSERT_EQ(topic->partitions.size(), 3u);
  EXPECT_EQ(topic->partitions[2]->leader, NodeId(1));
  EXPECT_EQ(topic->partitions[2]->directories, std::vector<Uuid>{life.node().directory_id()});
  EXPECT_EQ(ErrorCodeOf(world.Run(CreateTopic(life.node(), "words", 3))),
            ErrorCode::kTopicAlreadyExists);
  EXPECT_EQ(world.Run(life.Stop()), OkStatus());
}

TEST(MetadataNode, FindsEverythingAgainInTheNextLife) {
  SimWorld world(3);
  Uuid topic_id;
  {
    NodeLife life(world.runtime());
    ASSERT_EQ(world.Run(life.OpenAndRegister()), OkStatus());
    ASSERT_EQ(world.Run(CreateTopic(life.node(), "words", 2)), OkStatus());
    topic_id = life.node().image()->topics.FindByName("words")->id;
    ASSERT_EQ(world.Run(life.Stop()), OkStatus());
  }
  NodeLife life(world.runtime());
  ASSERT_EQ(world.Run(life.OpenAndRegister()), OkStatus());
  const auto topic = life.node().image()->topics.FindByName("words");
  ASSERT_NE(topic, nullptr);
  EXPECT_EQ(topic->id, topic_id);
  EXPECT_EQ(life.node().leader_epoch(), LeaderEpoch(2));
  // It lost its leader in the shutdown and has it again: two elections.
  EXPECT_EQ(topic->partitions[0]->leader, NodeId(1));
  EXPECT_EQ(topic->partitions[0]->leader_epoch, LeaderEpoch(2));
  EXPECT_EQ(world.Run(life.Stop()), OkStatus());
}

TEST(MetadataNode, HandsOutProducerIdsOnce) {
  SimWorld world(4);
  for (int life_number = 0; life_number < 2; ++life_number) {
    NodeLife life(world.runtime());
    ASSERT_EQ(world.Run(life.OpenAndRegister()), OkStatus());
    const StatusOr<ProducerIdBlock> block = world.Run(life.node().AllocateProducerIds());
    ASSERT_TRUE(block.ok()) << block.status();
    EXPECT_EQ(block->first, ProducerId(1000 * life_number));
    ASSERT_EQ(world.Run(life.Stop()), OkStatus());
  }
}

TEST(MetadataNode, RefusesTheDirectoryOfAnotherNode) {
  SimWorld world(5);
  {
    NodeLife life(world.runtime());
    ASSERT_EQ(world.Run(life.OpenAndRegister()), OkStatus());
    ASSERT_EQ(world.Run(life.Stop()), OkStatus());
  }
  NodeLife other(world.runtime(), NodeId(7));
  const Status refused = world.Run(other.Open());
  EXPECT_EQ(refused.code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(MessageOf(refused),
            "/data/meta.properties: the directory belongs to node.id 1, this is node.id 7; start "
            "it with -X node.id=1, or choose another directory");
  world.Run(other.Abandon());
}

class KeptUpdates final : public Publisher {
 public:
  void OnMetadataUpdate(const MetadataDelta& delta, const MetadataImage& image) override {
    changed.push_back(delta.ChangedTopics().size());
    deleted.push_back(delta.DeletedTopics().size());
    topics.push_back(image.topics.size());
  }
  std::vector<size_t> changed;
  std::vector<size_t> deleted;
  std::vector<size_t> topics;
};

TEST(MetadataNode, TellsPublishersWhatIsThereAndThenWhatChanges) {
  SimWorld world(6);
  NodeLife life(world.runtime());
  ASSERT_EQ(world.Run(life.OpenAndRegister()), OkStatus());
  ASSERT_EQ(world.Run(CreateTopic(life.node(), "old", 1)), OkStatus());
  KeptUpdates updates;
  life.node().AddPublisher(updates);
  ASSERT_EQ(world.Run(CreateTopic(life.node(), "new", 1)), OkStatus());
  DeleteTopicsRequest request;
  request.topic_names.push_back("old");
  const DeleteTopicsResponse deleted = world.Run(life.node().DeleteTopics(std::move(request)));
  EXPECT_EQ(deleted.responses.front().error_code, ErrorCode::kNone);

  EXPECT_EQ(updates.changed, (std::vector<size_t>{1, 1, 0}));
  EXPECT_EQ(updates.deleted, (std::vector<size_t>{0, 0, 1}));
  EXPECT_EQ(updates.topics, (std::vector<size_t>{1, 2, 1}));
  life.node().RemovePublisher(updates);
  EXPECT_EQ(world.Run(life.Stop()), OkStatus());
}

TEST(MetadataNode, StartsFromASnapshotAndTheLogBehindIt) {
  SimWorld world(7);
  MetadataImagePtr before;
  {
    NodeLife life(world.runtime());
    life.options.max_record_bytes_between_snapshots = 2000;
    ASSERT_EQ(world.Run(life.OpenAndRegister()), OkStatus());
    for (int i = 0; i < 20; ++i) {
      ASSERT_EQ(world.Run(CreateTopic(life.node(), "topic-" + std::to_string(i), 2)), OkStatus());
    }
    before = life.node().image();
    Log* log = life.logs().Find({"__cluster_metadata", PartitionId(0)});
    ASSERT_NE(log, nullptr);
    EXPECT_GT(log->log_start_offset(), Offset(0)) << "no snapshot was written";
    ASSERT_EQ(world.Run(life.Stop()), OkStatus());
  }
  NodeLife life(world.runtime());
  ASSERT_EQ(world.Run(life.Open()), OkStatus());
  const MetadataImagePtr after = life.node().image();
  EXPECT_EQ(after->topics.size(), 20u);
  for (const auto& [name, topic] : before->topics.by_name()) {
    ASSERT_NE(after->topics.FindById(topic->id), nullptr) << name;
  }
  EXPECT_EQ(world.Run(life.Stop()), OkStatus());
}

TEST(MetadataNode, DescribesItselfAsTheOnlyVoter) {
  SimWorld world(8);
  NodeLife life(world.runtime());
  ASSERT_EQ(world.Run(life.OpenAndRegister()), OkStatus());
  DescribeQuorumRequest request;
  auto& topic = request.topics.emplace_back();
  topic.topic_name = "__cluster_metadata";
  topic.partitions.emplace_back();
  const DescribeQuorumResponse response = life.node().DescribeQuorum(request);
  const auto& partition = response.topics.front().partitions.front();
  EXPECT_EQ(partition.leader_id, NodeId(1));
  ASSERT_EQ(partition.current_voters.size(), 1u);
  EXPECT_EQ(partition.current_voters.front().log_end_offset, partition.high_watermark);
  EXPECT_EQ(partition.current_voters.front().replica_directory_id, life.node().directory_id());
  EXPECT_EQ(response.nodes.size(), 1u);
  EXPECT_EQ(world.Run(life.Stop()), OkStatus());
}

}  // namespace
}  // namespace penstock
