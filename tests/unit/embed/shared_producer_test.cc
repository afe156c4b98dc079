// Threads send, the engine delivers: every record has its outcome, whatever ends first.
#include "embed/shared_producer.h"

#include <set>
#include <thread>

#include "tests/unit/embed/doors.h"

namespace penstock {
namespace {

class SharedProducerTest : public testing::Test {
 public:
  SharedProducerTest() { CreateTopic(*engine, "orders", 3); }

  std::shared_ptr<SharedProducer> Make(ConfigMap configs = {}) {
    auto made = SharedProducer::Create(engine, configs);
    EXPECT_TRUE(made.ok()) << made.status();
    return *std::move(made);
  }
  // Waits for room.
  static SharedProducer::Ticket Send(SharedProducer& producer, std::string_view topic,
                                     std::string_view value) {
    while (true) {
      auto ticket = producer.TrySend(producer.Topic(topic), {.value = AsBytes(value)});
      EXPECT_TRUE(ticket.ok()) << ticket.status();
      if (ticket->has_value()) return **std::move(ticket);
      const auto waiter = std::make_shared<Waiter>();
      producer.ListenForRoom(waiter, 0);
      if (!producer.HasRoom()) waiter->Wait(std::nullopt);
    }
  }
  static void Flush(SharedProducer& producer) {
    const auto waiter = std::make_shared<Waiter>();
    producer.Flush(waiter, 0);
    EXPECT_EQ(waiter->Wait(std::nullopt), Waiter::End::kTold);
  }
  static Parcel::State StateOf(const SharedProducer::Ticket& ticket) {
    return ticket.parcel->StateOf(ticket.index);
  }
  static RecordMetadata MetadataOf(const SharedProducer::Ticket& ticket) {
    return ticket.parcel->MetadataOf(ticket.index);
  }

  std::shared_ptr<NodeCore> node = OpenNode();
  std::shared_ptr<Engine> engine = ClientOf(node);
};

TEST_F(SharedProducerTest, WhatWasFlushedIsDeliveredInItsOrder) {
  const auto producer = Make();
  std::vector<SharedProducer::Ticket> tickets;
  for (int i = 0; i < 1000; ++i) {
    const std::string value = std::to_string(i);
    auto ticket = producer->TrySend(producer->Topic("orders"),
                                    {.partition = PartitionId(1), .value = AsBytes(value)});
    ASSERT_TRUE(ticket.ok() && ticket->has_value());
    tickets.push_back(**std::move(ticket));
  }
  Flush(*producer);
  EXPECT_EQ(producer->unanswered(), 0);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(StateOf(tickets[static_cast<size_t>(i)]), Parcel::State::kDelivered);
    EXPECT_EQ(MetadataOf(tickets[static_cast<size_t>(i)]).offset, Offset(i));
  }
}

TEST_F(SharedProducerTest, ThreadsShareIt) {
  const auto producer = Make();
  std::vector<std::vector<SharedProducer::Ticket>> tickets(4);
  std::vector<std::thread> threads;
  for (auto& own : tickets) {
    threads.emplace_back([&own, &producer] {
      for (int i = 0; i < 5000; ++i) own.push_back(Send(*producer, "orders", "x"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  Flush(*producer);
  std::set<std::pair<int32_t, int64_t>> places;
  for (const auto& own : tickets) {
    for (const auto& ticket : own) {
      ASSERT_EQ(StateOf(ticket), Parcel::State::kDelivered);
      const RecordMetadata where = MetadataOf(ticket);
      places.emplace(where.partition.value(), where.offset.value());
    }
  }
  EXPECT_EQ(places.size(), 20'000U) << "two records at one place";
}

TEST_F(SharedProducerTest, ABulkIsOneOutcome) {
  const auto producer = Make();
  const auto bulk = std::make_shared<Bulk>("orders");
  for (int i = 0; i < 300; ++i) {
    const auto sent = producer->TrySendIn(bulk, producer->Topic("orders"), {.value = AsBytes("v")});
    ASSERT_TRUE(sent.ok() && *sent);
  }
  EXPECT_FALSE(bulk->done());
  bulk->Sealed();
  Flush(*producer);
  ASSERT_TRUE(bulk->done());
  EXPECT_EQ(bulk->delivered(), 300);
  int64_t counted = 0;
  for (const auto& [partition, part] : bulk->partitions()) counted += part.count;
  EXPECT_EQ(counted, 300);
}

TEST_F(SharedProducerTest, ARecordThatIsTooLargeFailsAlone) {
  const auto producer = Make({{"max.request.size", "1000"}});
  const auto before = Send(*producer, "orders", "small");
  const auto large = Send(*producer, "orders", std::string(2000, 'x'));
  const auto after = Send(*producer, "orders", "small");
  Flush(*producer);
  EXPECT_EQ(StateOf(before), Parcel::State::kDelivered);
  EXPECT_EQ(StateOf(after), Parcel::State::kDelivered);
  ASSERT_EQ(StateOf(large), Parcel::State::kFailed);
  EXPECT_EQ(ErrorCodeOf(large.parcel->ErrorOf(large.index)), ErrorCode::kMessageTooLarge);
}

TEST_F(SharedProducerTest, FailuresThatNobodyAskedForAreKept) {
  const auto producer = Make({{"max.request.size", "1000"}});
  for (int i = 0; i < 3; ++i) {
    producer->GiveUp(Send(*producer, "orders", std::string(2000, 'x')));
    producer->GiveUp(Send(*producer, "orders", "small"));
  }
  Flush(*producer);
  const auto failures = producer->TakeFailures();
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].topic, "orders");
  EXPECT_EQ(failures[0].records, 3);
  EXPECT_TRUE(producer->TakeFailures().empty());
}

TEST_F(SharedProducerTest, MemoryIsBoundedWhileNothingIsDelivered) {
  const auto producer = Make({{"buffer.memory", "100000"}, {"max.block.ms", "60000"}});
  const std::string value(1000, 'x');
  int taken = 0;
  while (true) {
    // The topic is not there: nothing is delivered.
    const auto ticket = producer->TrySend(producer->Topic("missing"), {.value = AsBytes(value)});
    ASSERT_TRUE(ticket.ok());
    if (!ticket->has_value()) break;
    ASSERT_LT(++taken, 100) << "more than buffer.memory holds";
  }
  EXPECT_FALSE(producer->HasRoom());
  EXPECT_EQ(producer->Close(Duration::zero()), taken);
}

TEST_F(SharedProducerTest, ClosingDeliversWhatTimeAllows) {
  const auto producer = Make({{"linger.ms", "60000"}, {"delivery.timeout.ms", "200000"}});
  const auto ticket = Send(*producer, "orders", "x");
  EXPECT_EQ(producer->Close(Milliseconds(30'000)), 0);
  EXPECT_EQ(StateOf(ticket), Parcel::State::kDelivered);
  EXPECT_EQ(producer->TrySend(producer->Topic("orders"), {}).status().code(),
            StatusCode::kFailedPrecondition);
  EXPECT_EQ(producer->Close(Milliseconds(1)), 0);
}

TEST_F(SharedProducerTest, ClosesWithItsClient) {
  const auto producer = Make();
  const auto ticket = Send(*producer, "orders", "x");
  engine->Close(Milliseconds(30'000));
  EXPECT_EQ(StateOf(ticket), Parcel::State::kDelivered);
  EXPECT_FALSE(producer->TrySend(producer->Topic("orders"), {}).ok());
}

TEST_F(SharedProducerTest, GoesAwayWhileOthersStillSend) {
  for (int round = 0; round < 20; ++round) {
    auto producer = Make();
    std::thread sender([producer] {
      while (producer->TrySend(producer->Topic("orders"), {.value = AsBytes("x")}).ok()) {
      }
    });
    while (producer->unanswered() == 0) std::this_thread::yield();
    producer->Close(Duration::zero());
    producer.reset();
    sender.join();
  }
}

TEST_F(SharedProducerTest, WrongConfigsAreNamed) {
  const auto made = SharedProducer::Create(engine, {{"linger.ms", "soon"}});
  ASSERT_FALSE(made.ok());
  EXPECT_NE(made.status().message().find("linger.ms"), std::string_view::npos);
}

}  // namespace
}  // namespace penstock
