// Topics come and go while somebody still reads them; the node comes and goes, too.
#include "replication/replica_manager.h"

#include "tests/unit/replication/one_node.h"

namespace penstock {
namespace {

class ReplicaManagerTest : public ::testing::Test {
 protected:
  PartitionLease Orders0() { return node_.replicas().Find("orders", PartitionId(0)); }

  // Appends one record of `value` and waits for the disk.
  void Produce(const PartitionLease& partition, const std::string& value) {
    const Status opened = node_.Run(partition->Open(true));
    ASSERT_TRUE(opened.ok()) << opened;
    BatchSpec spec;
    spec.first_timestamp = node_.runtime().clock.WallNow();
    spec.label = value;
    spec.value_bytes = 0;
    ValidationScratch scratch;
    const auto appended = partition->AppendAsLeader(MakeBatch(spec), scratch);
    ASSERT_TRUE(appended.ok()) << appended.status();
    const Status acknowledged =
        node_.Run(partition->WaitForAcks(appended->end_offset(), RequiredAcks::kAll));
    ASSERT_TRUE(acknowledged.ok()) << acknowledged;
  }
  std::vector<std::string> ValuesOf(const PartitionLease& partition) {
    const Status opened = node_.Run(partition->Open(false));
    EXPECT_TRUE(opened.ok()) << opened;
    std::vector<std::string> values;
    if (partition->log() == nullptr) return values;
    for (const SeenRecord& record : node_.Run(ReadAll(*partition->log(), Offset(0))))
      values.push_back(record.value);
    return values;
  }

  OneNode node_;
};

TEST_F(ReplicaManagerTest, FindsPartitionsByNameAndById) {
  node_.CreateTopic("orders", kOrdersId, 2);
  EXPECT_EQ(Orders0().get(), node_.replicas().Find(kOrdersId, PartitionId(0)).get());
  EXPECT_FALSE(node_.replicas().Find("orders", PartitionId(2)));
  EXPECT_FALSE(node_.replicas().Find("orders", PartitionId(-1)));
  EXPECT_FALSE(node_.replicas().Find("order", PartitionId(0)));
  EXPECT_FALSE(node_.replicas().Find(Uuid(1, 1), PartitionId(0)));
  EXPECT_EQ(node_.replicas().partition_count(), 2u);
}

TEST_F(ReplicaManagerTest, LeavesPartitionsOfOtherNodesAlone) {
  node_.CreateTopic("theirs", Uuid(3, 3), 1, {NodeId(2)});
  EXPECT_FALSE(node_.replicas().Find("theirs", PartitionId(0)));
}

TEST_F(ReplicaManagerTest, KeepsADeletedPartitionForWhoStillReadsIt) {
  node_.CreateTopic("orders", kOrdersId);
  PartitionLease reader = Orders0();
  Produce(reader, "old");
  node_.DeleteTopic(kOrdersId);
  node_.world().RunFor(Milliseconds(100));
  EXPECT_FALSE(Orders0());
  EXPECT_EQ(node_.Directories("orders-0"), std::vector<std::string>{"orders-0"});
  EXPECT_EQ(node_.Run(ReadAll(*reader->log(), Offset(0))).size(), 1u);
  EXPECT_EQ(ErrorCodeOf(reader->CheckLeaderEpoch(kNoLeaderEpoch)),
            ErrorCode::kUnknownTopicOrPartition);
  ValidationScratch scratch;
  EXPECT_EQ(ErrorCodeOf(reader->AppendAsLeader(MakeBatch({}), scratch).status()),
            ErrorCode::kUnknownTopicOrPartition);

  reader = PartitionLease();
  node_.world().RunFor(Milliseconds(100));
  ASSERT_EQ(node_.Directories("orders-0").size(), 1u);
  EXPECT_TRUE(node_.Directories("orders-0").front().ends_with("-delete"));
  node_.world().RunFor(Milliseconds(120'000));
  EXPECT_TRUE(node_.Directories("orders-0").empty());
}

TEST_F(ReplicaManagerTest, ARecreatedTopicWaitsForTheDirectoryOfTheOldOne) {
  node_.CreateTopic("orders", kOrdersId);
  PartitionLease reader = Orders0();
  Produce(reader, "old");
  node_.DeleteTopic(kOrdersId);
  const Uuid new_id(31, 32);
  node_.CreateTopic("orders", new_id);
  const PartitionLease recreated = Orders0();
  ASSERT_TRUE(recreated);
  EXPECT_EQ(recreated->topic_id(), new_id);
  EXPECT_TRUE(ValuesOf(recreated).empty()) << "the records of the old topic are not its own";

  RootTask<Status> opening(recreated->Open(true));
  opening.Start();
  node_.world().RunFor(Milliseconds(100));
  EXPECT_FALSE(opening.done()) << "somebody still reads the old directory";
  reader = PartitionLease();
  node_.world().RunFor(Milliseconds(100));
  ASSERT_TRUE(opening.done());
  Produce(recreated, "new");
  EXPECT_EQ(ValuesOf(recreated), std::vector<std::string>{"new0"});
}

TEST_F(ReplicaManagerTest, ALogThatCannotBeMadeIsAStorageErrorUntilItCan) {
  node_.CreateTopic("orders", kOrdersId);
  DiskFaults& faults = node_.world().driver().disk_faults();
  faults.write_error_probability = 1;
  EXPECT_EQ(ErrorCodeOf(node_.Run(Orders0()->Open(true))), ErrorCode::kKafkaStorageError);
  faults.write_error_probability = 0;
  Produce(Orders0(), "now");
  EXPECT_EQ(ValuesOf(Orders0()), std::vector<std::string>{"now0"});
}

TEST_F(ReplicaManagerTest, ADirectoryThatCannotBeDeletedIsTriedAgain) {
  node_.CreateTopic("orders", kOrdersId);
  Produce(Orders0(), "old");
  DiskFaults& faults = node_.world().driver().disk_faults();
  faults.write_error_probability = 1;
  node_.DeleteTopic(kOrdersId);
  node_.world().RunFor(Milliseconds(100));
  EXPECT_EQ(node_.Directories("orders-0"), std::vector<std::string>{"orders-0"});

  node_.CreateTopic("orders", Uuid(31, 32));
  const PartitionLease recreated = Orders0();
  EXPECT_EQ(ErrorCodeOf(node_.Run(recreated->Open(true))), ErrorCode::kKafkaStorageError);
  faults.write_error_probability = 0;
  EXPECT_EQ(ErrorCodeOf(node_.Run(recreated->Open(true))), ErrorCode::kKafkaStorageError);
  node_.world().RunFor(Milliseconds(5000));
  Produce(recreated, "new");
  EXPECT_EQ(ValuesOf(recreated), std::vector<std::string>{"new0"});
}

TEST_F(ReplicaManagerTest, AStopDoesNotWaitForADirectoryThatCannotBeDeleted) {
  node_.CreateTopic("orders", kOrdersId);
  Produce(Orders0(), "old");
  node_.world().driver().disk_faults().write_error_probability = 1;
  node_.DeleteTopic(kOrdersId);
  node_.world().RunFor(Milliseconds(100));
  node_.Run(node_.replicas().Stop());
  EXPECT_EQ(node_.Directories("orders-0"), std::vector<std::string>{"orders-0"});
  node_.world().driver().disk_faults().write_error_probability = 0;
  node_.Restart();
  ASSERT_EQ(node_.Directories("orders-0").size(), 1u);
  EXPECT_TRUE(node_.Directories("orders-0").front().ends_with("-stray")) << "no topic owns it";
}

TEST_F(ReplicaManagerTest, ATopicThatIsDeletedWhileItWaitsForItsDirectoryGetsNone) {
  node_.CreateTopic("orders", kOrdersId);
  PartitionLease reader = Orders0();
  Produce(reader, "old");
  node_.DeleteTopic(kOrdersId);
  node_.CreateTopic("orders", Uuid(31, 32));
  PartitionLease second = Orders0();
  RootTask<Status> opening(second->Open(true));
  opening.Start();
  node_.DeleteTopic(Uuid(31, 32));
  node_.world().RunFor(Milliseconds(100));
  ASSERT_TRUE(opening.done());
  EXPECT_EQ(ErrorCodeOf(opening.TakeResult()), ErrorCode::kUnknownTopicOrPartition);
  second = PartitionLease();
  node_.CreateTopic("orders", Uuid(41, 42));
  reader = PartitionLease();
  const PartitionLease third = Orders0();
  Produce(third, "third");
  EXPECT_EQ(ValuesOf(third), std::vector<std::string>{"third0"});
}

TEST_F(ReplicaManagerTest, FindsItsRecordsAgainAfterARestart) {
  node_.CreateTopic("orders", kOrdersId);
  Produce(Orders0(), "kept");
  node_.Restart();
  const PartitionLease partition = Orders0();
  ASSERT_TRUE(partition);
  EXPECT_EQ(partition->log(), nullptr) << "a log is opened at its first use";
  const auto closed_size = node_.Run(node_.replicas().SizeOf(*partition));
  ASSERT_TRUE(closed_size.ok()) << closed_size.status();
  EXPECT_EQ(ValuesOf(partition), std::vector<std::string>{"kept0"});
  EXPECT_EQ(partition->high_watermark(), Offset(1));
  EXPECT_EQ(*closed_size, partition->log()->size_in_bytes());
}

TEST_F(ReplicaManagerTest, SavesHighWatermarks) {
  node_.CreateTopic("orders", kOrdersId);
  Produce(Orders0(), "kept");
  EXPECT_OK(node_.Run(node_.logs().Checkpoint()));
  const auto saved = node_.Run(
      ReadWholeFile(node_.runtime().files, "/data/replication-offset-checkpoint", 1 << 20));
  ASSERT_TRUE(saved.ok()) << saved.status();
  EXPECT_EQ(saved->text(), "0\n1\norders 0 1\n");
}

TEST_F(ReplicaManagerTest, SetsDirectoriesAsideThatNoTopicOwns) {
  node_.CreateTopic("orders", kOrdersId);
  Produce(Orders0(), "lost");
  // The topic goes while the node is down: its metadata are those of another cluster now.
  node_.Shutdown();
  EXPECT_OK(node_.Run(node_.runtime().files.Rename("/data/orders-0", "/data/ghosts-0")));
  const std::string metadata = "/data/__cluster_metadata-0";
  EXPECT_OK(node_.Run(node_.runtime().files.CreateDirectory(metadata)));
  EXPECT_OK(
      node_.Run(ReplaceFile(node_.runtime().files, metadata, metadata + "/quorum-state", "{}")));
  node_.Boot();
  ASSERT_EQ(node_.Directories("ghosts-0").size(), 1u);
  EXPECT_TRUE(node_.Directories("ghosts-0").front().ends_with("-stray"));
  EXPECT_EQ(node_.Directories("__cluster"), std::vector<std::string>{"__cluster_metadata-0"});
  EXPECT_TRUE(ValuesOf(Orders0()).empty());
  node_.Restart();
  EXPECT_TRUE(node_.Directories("ghosts-0").front().ends_with("-stray"));
}

TEST_F(ReplicaManagerTest, TopicsFollowTheirConfigs) {
  node_.CreateTopic("orders", kOrdersId);
  EXPECT_EQ(Orders0()->config().max_message_bytes, 1'048'588);
  node_.SetTopicConfig("orders", "max.message.bytes", "2000");
  EXPECT_EQ(Orders0()->config().max_message_bytes, 2000);
  EXPECT_EQ(node_.replicas().ConfigOf("orders")->max_message_bytes, 2000);
  EXPECT_EQ(node_.replicas().ConfigOf("none"), nullptr);
}

}  // namespace
}  // namespace penstock
