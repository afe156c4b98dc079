// One partition as producers and consumers of it see it.
#include "replication/partition.h"

#include "tests/unit/replication/one_node.h"

namespace penstock {
namespace {

class PartitionTest : public ::testing::Test {
 protected:
  PartitionTest() { node_.world().driver().disk_faults().delay_min = Milliseconds(3); }

  void MakeOrders(std::vector<NodeId> replicas = {kThisNode}) {
    node_.CreateTopic("orders", kOrdersId, 1, std::move(replicas));
    partition_ = node_.replicas().Find("orders", PartitionId(0));
    ASSERT_TRUE(partition_);
  }
  StatusOr<AppendResult> Append(const BatchSpec& spec) {
    const Status opened = node_.Run(partition_->Open(true));
    EXPECT_TRUE(opened.ok()) << opened;
    ValidationScratch scratch;
    return partition_->AppendAsLeader(MakeBatch(spec), scratch);
  }
  // Appends `records` records and waits until all replicas have them.
  void Produce(int records) {
    const StatusOr<AppendResult> appended = Append(RecentBatch(records));
    ASSERT_TRUE(appended.ok()) << appended.status();
    const Status acknowledged =
        node_.Run(partition_->WaitForAcks(appended->end_offset(), RequiredAcks::kAll));
    ASSERT_TRUE(acknowledged.ok()) << acknowledged;
  }
  BatchSpec RecentBatch(int records) {
    BatchSpec spec;
    spec.records = records;
    spec.first_timestamp = node_.runtime().clock.WallNow();
    return spec;
  }
  ErrorCode DeleteBefore(int64_t offset) {
    return ErrorCodeOf(node_.Run(partition_->DeleteRecords(Offset(offset))).status());
  }
  int64_t OffsetAt(int64_t timestamp) {
    const auto found =
        node_.Run(partition_->FindOffset(timestamp, IsolationLevel::kReadUncommitted));
    EXPECT_TRUE(found.ok()) << found.status();
    return found->offset.value();
  }

  OneNode node_;
  PartitionLease partition_;
};

TEST_F(PartitionTest, HasNothingOnDiskBeforeTheFirstWrite) {
  MakeOrders();
  EXPECT_OK(node_.Run(partition_->Open(false)));
  EXPECT_EQ(partition_->log(), nullptr);
  EXPECT_EQ(OffsetAt(-1), 0);
  EXPECT_EQ(OffsetAt(-2), 0);
  EXPECT_EQ(OffsetAt(-3), -1);
  EXPECT_EQ(DeleteBefore(-1), ErrorCode::kNone);
  EXPECT_TRUE(node_.Directories("orders").empty());

  Produce(1);
  EXPECT_EQ(node_.Directories("orders").size(), 1u);
}

TEST_F(PartitionTest, ShowsNoRecordBeforeTheDiskHasIt) {
  MakeOrders();
  const auto appended = Append(RecentBatch(3));
  ASSERT_TRUE(appended.ok()) << appended.status();
  EXPECT_EQ(partition_->log_end_offset(), Offset(3));
  EXPECT_EQ(partition_->high_watermark(), Offset(0));
  EXPECT_EQ(OffsetAt(-1), 0);

  EXPECT_OK(node_.Run(partition_->WaitForAcks(Offset(3), RequiredAcks::kLeader)));
  EXPECT_EQ(partition_->high_watermark(), Offset(0)) << "acks=1 does not wait for the disk";
  EXPECT_OK(node_.Run(partition_->WaitForAcks(Offset(3), RequiredAcks::kAll)));
  EXPECT_EQ(partition_->high_watermark(), Offset(3));
  EXPECT_EQ(partition_->log()->durable_offset(), Offset(3));
  EXPECT_EQ(OffsetAt(-1), 3);
}

TEST_F(PartitionTest, AsksTheCacheOnlyWhereTheTopicSaysSo) {
  MakeOrders();
  node_.SetTopicConfig("orders", "ack.durability", "cache");
  Produce(2);
  EXPECT_EQ(partition_->high_watermark(), Offset(2));
  EXPECT_EQ(partition_->log()->durable_offset(), Offset(0));
  node_.SetTopicConfig("orders", "ack.durability", "disk");
  EXPECT_EQ(partition_->high_watermark(), Offset(2)) << "the high watermark never falls";
  Produce(1);
  EXPECT_EQ(partition_->log()->durable_offset(), Offset(3));
}

TEST_F(PartitionTest, ShowsAtOnceWhatALessDurableTopicHasToShow) {
  MakeOrders();
  const auto appended = Append(RecentBatch(1));
  ASSERT_TRUE(appended.ok()) << appended.status();
  EXPECT_OK(node_.Run(partition_->WaitForAcks(Offset(1), RequiredAcks::kLeader)));
  ASSERT_EQ(partition_->high_watermark(), Offset(0));
  node_.SetTopicConfig("orders", "ack.durability", "cache");
  EXPECT_EQ(partition_->high_watermark(), Offset(1));
}

TEST_F(PartitionTest, NeedsTheInSyncReplicasThatItCanHave) {
  MakeOrders();
  node_.SetTopicConfig("orders", "min.insync.replicas", "2");
  EXPECT_OK(partition_->CheckAcks(RequiredAcks::kAll)) << "one replica cannot be two";

  node_.CreateTopic("pairs", Uuid(21, 22), 1, {kThisNode, NodeId(2)});
  node_.SetTopicConfig("pairs", "min.insync.replicas", "2");
  const PartitionLease pairs = node_.replicas().Find("pairs", PartitionId(0));
  EXPECT_EQ(ErrorCodeOf(pairs->CheckAcks(RequiredAcks::kAll)), ErrorCode::kNotEnoughReplicas);
  EXPECT_OK(pairs->CheckAcks(RequiredAcks::kLeader));
}

TEST_F(PartitionTest, DeletesRecordsUpToTheHighWatermark) {
  MakeOrders();
  Produce(10);
  EXPECT_EQ(DeleteBefore(11), ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(DeleteBefore(-2), ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(DeleteBefore(4), ErrorCode::kNone);
  EXPECT_EQ(partition_->log_start_offset(), Offset(4));
  EXPECT_EQ(OffsetAt(-2), 4);
  EXPECT_EQ(DeleteBefore(2), ErrorCode::kNone);
  EXPECT_EQ(partition_->log_start_offset(), Offset(4)) << "the start never goes back";
  EXPECT_EQ(DeleteBefore(-1), ErrorCode::kNone);
  EXPECT_EQ(partition_->log_start_offset(), Offset(10));

  node_.SetTopicConfig("orders", "cleanup.policy", "compact");
  EXPECT_EQ(DeleteBefore(-1), ErrorCode::kPolicyViolation);
}

TEST_F(PartitionTest, RefusesTransactionsAndUnknownEpochs) {
  MakeOrders();
  BatchSpec transactional = Idempotent(7, 0, 0);
  transactional.first_timestamp = node_.runtime().clock.WallNow();
  transactional.is_transactional = true;
  EXPECT_EQ(ErrorCodeOf(Append(transactional).status()), ErrorCode::kInvalidTxnState);
  EXPECT_EQ(partition_->log_end_offset(), Offset(0));

  EXPECT_OK(partition_->CheckLeaderEpoch(kNoLeaderEpoch));
  EXPECT_OK(partition_->CheckLeaderEpoch(LeaderEpoch(0)));
  EXPECT_EQ(ErrorCodeOf(partition_->CheckLeaderEpoch(LeaderEpoch(1))),
            ErrorCode::kUnknownLeaderEpoch);
  PartitionChangeRecord elected;
  elected.topic_id = kOrdersId;
  elected.partition_id = PartitionId(0);
  elected.leader = kThisNode;
  node_.Change(elected);
  EXPECT_EQ(partition_->leader_epoch(), LeaderEpoch(1));
  EXPECT_EQ(ErrorCodeOf(partition_->CheckLeaderEpoch(LeaderEpoch(0))),
            ErrorCode::kFencedLeaderEpoch);
}

TEST_F(PartitionTest, WakesAReaderWhenEnoughHasCome) {
  MakeOrders();
  HighWatermarkWaiter patient(node_.runtime().executor, 1'000'000);
  HighWatermarkWaiter eager(node_.runtime().executor, 1);
  HighWatermarkWatch patient_watch(patient);
  HighWatermarkWatch eager_watch(eager);
  partition_->Watch(patient_watch);
  partition_->Watch(eager_watch);
  Produce(1);
  EXPECT_TRUE(eager.satisfied());
  EXPECT_FALSE(patient.satisfied());
  node_.DeleteTopic(kOrdersId);
  EXPECT_TRUE(patient.satisfied()) << "nothing more will come";
}

TEST_F(PartitionTest, OpensItsLogAlsoWhenWhoAskedForItIsGone) {
  MakeOrders();
  {
    RootTask<Status> opening(partition_->Open(true));
    opening.Start();
    ASSERT_FALSE(opening.done());
  }
  EXPECT_OK(node_.Run(partition_->Open(true)));
  EXPECT_NE(partition_->log(), nullptr);
}

TEST_F(PartitionTest, KeepsTheOrderOfAProducerWhoseFirstBatchMetAFailedOpening) {
  MakeOrders();
  const auto batch = [this](int32_t sequence) {
    BatchSpec spec = RecentBatch(2);
    spec.producer_id = ProducerId(7);
    spec.producer_epoch = ProducerEpoch(0);
    spec.base_sequence = Sequence(sequence);
    return spec;
  };
  node_.world().driver().disk_faults().write_error_probability = 1;
  EXPECT_EQ(ErrorCodeOf(node_.Run(partition_->Open(true))), ErrorCode::kKafkaStorageError);
  node_.world().driver().disk_faults().write_error_probability = 0;
  EXPECT_EQ(ErrorCodeOf(Append(batch(2)).status()), ErrorCode::kKafkaStorageError);
  EXPECT_EQ(Append(batch(0))->base_offset, Offset(0));
  EXPECT_EQ(Append(batch(2))->base_offset, Offset(2));
}

TEST_F(PartitionTest, AnswersAFullDiskAsAStorageError) {
  MakeOrders();
  node_.world().driver().disk().SetCapacity(0);
  EXPECT_EQ(ErrorCodeOf(node_.Run(partition_->Open(true))), ErrorCode::kKafkaStorageError);
  node_.world().driver().disk().SetCapacity(1 << 20);
}

}  // namespace
}  // namespace penstock
