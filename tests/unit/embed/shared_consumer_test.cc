// The engine reads ahead, a thread takes: batches come in order, from where they were asked for.
#include "embed/shared_consumer.h"

#include "embed/shared_producer.h"
#include "tests/unit/embed/doors.h"

namespace penstock {
namespace {

class SharedConsumerTest : public testing::Test {
 public:
  SharedConsumerTest() {
    CreateTopic(*engine, "orders", 2);
    auto made = SharedConsumer::Create(engine, {{"auto.offset.reset", "earliest"}});
    EXPECT_TRUE(made.ok()) << made.status();
    consumer = *std::move(made);
  }

  static TopicPartitionName Orders(int32_t partition) {
    return {.topic = "orders", .partition = PartitionId(partition)};
  }
  // One batch of so many records.
  void Produce(int32_t partition, int records) {
    const auto producer = SharedProducer::Create(engine, {{"linger.ms", "60000"}});
    ASSERT_TRUE(producer.ok()) << producer.status();
    for (int i = 0; i < records; ++i) {
      const auto sent =
          (*producer)->TrySend((*producer)->Topic("orders"),
                               {.partition = PartitionId(partition), .value = AsBytes("an order")});
      ASSERT_TRUE(sent.ok() && sent->has_value());
    }
    ASSERT_EQ((*producer)->Close(Milliseconds(30'000)), 0);
  }
  SharedConsumer::Arrived Take() {
    while (true) {
      auto arrived = consumer->TryTake();
      if (arrived.has_value()) return *std::move(arrived);
      const auto waiter = std::make_shared<Waiter>();
      consumer->Listen(waiter, 0);
      if (!consumer->HasArrived()) waiter->Wait(std::nullopt);
    }
  }
  // The next record's offset in the next batch, which must be of the partition.
  int64_t TakeFrom(int32_t partition) {
    const SharedConsumer::Arrived arrived = Take();
    EXPECT_TRUE(arrived.ok()) << arrived.status();
    EXPECT_EQ((*arrived)->partition, Orders(partition));
    return (*arrived)->first_wanted.value();
  }
  Offset PositionOf(int32_t partition) {
    Waiter waiter;
    StatusOr<Offset> found = Offset(-1);
    consumer->FindPosition(Orders(partition), Milliseconds(30'000), [&](StatusOr<Offset> position) {
      found = position;
      waiter.Tell(0);
    });
    waiter.Wait(std::nullopt);
    EXPECT_TRUE(found.ok()) << found.status();
    return *found;
  }
  Status SeekTo(int32_t partition, TimestampMs timestamp) {
    Waiter waiter;
    Status result;
    consumer->SeekTo({Orders(partition)}, timestamp, Milliseconds(30'000), [&](Status sought) {
      result = sought;
      waiter.Tell(0);
    });
    waiter.Wait(std::nullopt);
    return result;
  }

  std::shared_ptr<NodeCore> node = OpenNode();
  std::shared_ptr<Engine> engine = ClientOf(node);
  std::shared_ptr<SharedConsumer> consumer;
};

TEST_F(SharedConsumerTest, GivesWhatIsThereAndWhatComes) {
  Produce(0, 10);
  ASSERT_EQ(consumer->Assign({Orders(0)}), OkStatus());
  EXPECT_EQ(PositionOf(0), Offset(0));
  EXPECT_EQ(TakeFrom(0), 0);
  EXPECT_EQ(PositionOf(0), Offset(10));
  EXPECT_EQ(consumer->HighWatermarkOf(Orders(0)), Offset(10));
  Produce(0, 5);
  EXPECT_EQ(TakeFrom(0), 10);
  EXPECT_EQ(PositionOf(0), Offset(15));
}

TEST_F(SharedConsumerTest, ASeekDropsWhatWasReadAhead) {
  Produce(0, 10);
  Produce(0, 10);
  ASSERT_EQ(consumer->Assign({Orders(0)}), OkStatus());
  EXPECT_EQ(TakeFrom(0), 0);
  ASSERT_EQ(consumer->Seek(Orders(0), Offset(4)), OkStatus());
  EXPECT_EQ(PositionOf(0), Offset(4));
  EXPECT_EQ(TakeFrom(0), 4);
  EXPECT_EQ(TakeFrom(0), 10);
  ASSERT_EQ(SeekTo(0, kEarliestOffset), OkStatus());
  EXPECT_EQ(TakeFrom(0), 0);
  ASSERT_EQ(SeekTo(0, kLatestOffset), OkStatus());
  EXPECT_EQ(PositionOf(0), Offset(20));
}

TEST_F(SharedConsumerTest, ASeekDropsTheErrorOfThePositionBefore) {
  auto made = SharedConsumer::Create(engine, {{"auto.offset.reset", "none"}});
  ASSERT_TRUE(made.ok()) << made.status();
  consumer = *std::move(made);
  Produce(0, 3);
  ASSERT_TRUE(consumer->Assign({Orders(0)}).ok());
  while (!consumer->HasArrived()) {
    const auto waiter = std::make_shared<Waiter>();
    consumer->Listen(waiter, 0);
    if (!consumer->HasArrived()) waiter->Wait(std::nullopt);
  }
  ASSERT_TRUE(consumer->Seek(Orders(0), Offset(1)).ok());
  EXPECT_EQ(TakeFrom(0), 1);
}

TEST_F(SharedConsumerTest, APausedPartitionWaitsForItsTurn) {
  ASSERT_EQ(consumer->Assign({Orders(0), Orders(1)}), OkStatus());
  ASSERT_EQ(consumer->Pause({Orders(0)}), OkStatus());
  Produce(0, 3);
  Produce(1, 3);
  EXPECT_EQ(TakeFrom(1), 0);
  EXPECT_FALSE(consumer->HasArrived());
  ASSERT_EQ(consumer->Resume({Orders(0)}), OkStatus());
  EXPECT_EQ(TakeFrom(0), 0);
}

TEST_F(SharedConsumerTest, APartitionThatIsNotAssignedIsAnError) {
  EXPECT_EQ(consumer->Seek(Orders(0), Offset(4)).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(consumer->Pause({Orders(0)}).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(SeekTo(0, kEarliestOffset).code(), StatusCode::kFailedPrecondition);
}

TEST_F(SharedConsumerTest, WhoWaitsLearnsThatItWasClosed) {
  ASSERT_EQ(consumer->Assign({Orders(0)}), OkStatus());
  const auto waiter = std::make_shared<Waiter>();
  consumer->Listen(waiter, 0);
  consumer->Close();
  EXPECT_EQ(waiter->Wait(std::nullopt), Waiter::End::kTold);
  EXPECT_EQ(Take().status().code(), StatusCode::kCancelled);
  EXPECT_EQ(consumer->Assign({Orders(0)}).code(), StatusCode::kCancelled);
  consumer->Close();
}

TEST_F(SharedConsumerTest, ClosesWithItsClient) {
  Produce(0, 3);
  ASSERT_EQ(consumer->Assign({Orders(0)}), OkStatus());
  engine->Close(Milliseconds(1000));
  EXPECT_EQ(Take().status().code(), StatusCode::kCancelled);
}

}  // namespace
}  // namespace penstock
