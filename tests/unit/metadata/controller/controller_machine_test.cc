#include "metadata/controller/controller_machine.h"

#include <gtest/gtest.h>

#include "metadata/controller/feature_manager.h"

namespace penstock {
namespace {

MetadataRecord Topic(std::string name) {
  TopicRecord record;
  record.topic_id = Uuid(1, name.front());
  record.name = std::move(name);
  return record;
}

class ControllerMachineTest : public ::testing::Test {
 protected:
  // One batch, as the log has it.
  void Batch(const std::vector<MetadataRecord>& records) {
    BatchPosition position;
    position.base_offset = end_;
    for (const MetadataRecord& record : records) {
      ASSERT_EQ(machine_.Replay(record, end_), OkStatus());
      ++end_;
    }
    position.last_offset = end_ - 1;
    machine_.EndBatch(position);
  }
  size_t topics() const { return machine_.image()->topics.size(); }

  std::vector<size_t> published_;  // the number of topics, each time
  ControllerMachine machine_{[this](const MetadataDelta&, const MetadataImagePtr& image) {
    published_.push_back(image->topics.size());
  }};
  Offset end_{0};
};

TEST_F(ControllerMachineTest, TheLogIsOneChange) {
  Batch({Topic("a")});
  Batch({Topic("b")});
  EXPECT_EQ(topics(), 0u) << "not before it is read";
  machine_.EndLoad();
  EXPECT_EQ(topics(), 2u);
  EXPECT_EQ(machine_.image()->features().kraft_version, kKRaftVersionMax);
  EXPECT_TRUE(published_.empty()) << "nothing is known to be committed";
  machine_.Commit(end_);
  EXPECT_EQ(published_, std::vector<size_t>{2});
}

TEST_F(ControllerMachineTest, EachBatchIsPublishedOnceItIsCommitted) {
  machine_.EndLoad();
  machine_.Commit(Offset(0));
  published_.clear();
  Batch({Topic("a"), Topic("b")});
  Batch({Topic("c")});
  EXPECT_EQ(topics(), 3u) << "the next request builds on what was appended";
  machine_.Commit(Offset(1));
  EXPECT_TRUE(published_.empty()) << "half a batch is none";
  machine_.Commit(Offset(2));
  EXPECT_EQ(published_, std::vector<size_t>{2});
  machine_.Commit(Offset(3));
  machine_.Commit(Offset(3));
  EXPECT_EQ(published_, (std::vector<size_t>{2, 3}));
  EXPECT_EQ(machine_.image()->provenance.last_contained_offset, Offset(2));
}

TEST_F(ControllerMachineTest, ATransactionShowsWhenItEnds) {
  machine_.EndLoad();
  Batch({BeginTransactionRecord(), Topic("a")});
  EXPECT_TRUE(machine_.in_transaction());
  EXPECT_EQ(topics(), 0u);
  Batch({Topic("b")});
  EXPECT_EQ(topics(), 0u);
  Batch({EndTransactionRecord()});
  EXPECT_FALSE(machine_.in_transaction());
  EXPECT_EQ(topics(), 2u);
}

TEST_F(ControllerMachineTest, ATransactionThatIsAbortedNeverWas) {
  machine_.EndLoad();
  Batch({Topic("a")});
  Batch({BeginTransactionRecord(), Topic("b")});
  Batch({AbortTransactionRecord()});
  EXPECT_FALSE(machine_.in_transaction());
  EXPECT_EQ(topics(), 1u);
  Batch({Topic("b")});
  EXPECT_EQ(topics(), 2u) << "its name is free";
}

TEST_F(ControllerMachineTest, ALogThatEndsInATransactionIsLeftToItsAbort) {
  Batch({Topic("a")});
  Batch({BeginTransactionRecord(), Topic("b")});
  machine_.EndLoad();
  EXPECT_TRUE(machine_.in_transaction());
  EXPECT_EQ(topics(), 1u);
  Batch({AbortTransactionRecord()});
  EXPECT_EQ(topics(), 1u);
  EXPECT_EQ(machine_.image()->features().kraft_version, kKRaftVersionMax);
}

TEST_F(ControllerMachineTest, TransactionsThatDoNotFitAreRefused) {
  machine_.EndLoad();
  EXPECT_FALSE(machine_.Replay(EndTransactionRecord(), Offset(0)).ok());
  EXPECT_FALSE(machine_.Replay(AbortTransactionRecord(), Offset(0)).ok());
  EXPECT_EQ(machine_.Replay(BeginTransactionRecord(), Offset(0)), OkStatus());
  EXPECT_FALSE(machine_.Replay(BeginTransactionRecord(), Offset(1)).ok());
}

TEST_F(ControllerMachineTest, ARecordWithoutAValueIsNone) {
  EXPECT_FALSE(ControllerMachine::Decode({}).ok());
  const EncodedRecord encoded = ControllerMachine::Encode(Topic("a"));
  EXPECT_EQ(encoded.key, std::nullopt);
  const auto decoded = ControllerMachine::Decode(encoded);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(std::get<TopicRecord>(*decoded).name, "a");
}

}  // namespace
}  // namespace penstock
