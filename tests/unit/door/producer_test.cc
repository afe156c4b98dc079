#include <atomic>
#include <thread>

#include "tests/unit/door/program.h"

namespace penstock {
namespace {

using testing::HasSubstr;

class ProducerTest : public Program {
 protected:
  Producer producer = Must(client.NewProducer());
};

TEST_F(ProducerTest, TellsWhereARecordIs) {
  Future<RecordMetadata> first = Must(producer.Send("orders", {.value = "tea", .partition = 1}));
  Future<RecordMetadata> second = Must(producer.Send(
      "orders",
      {.value = "milk", .timestamp = Timestamp(milliseconds(1'700'000'000'000)), .partition = 1}));
  EXPECT_EQ(Must(first.Get(seconds(30))).offset, 0);
  const RecordMetadata where = Must(second.Get(seconds(30)));
  EXPECT_EQ(where.topic, "orders");
  EXPECT_EQ(where.partition, 1);
  EXPECT_EQ(where.offset, 1);
  EXPECT_EQ(where.timestamp, Timestamp(milliseconds(1'700'000'000'000)));
}

TEST_F(ProducerTest, TheKeyChoosesThePartition) {
  const RecordMetadata one =
      Must(Must(producer.Send("orders", {.value = "a", .key = "anna"})).Get(seconds(30)));
  const RecordMetadata two =
      Must(Must(producer.Send("orders", {.value = "b", .key = "anna"})).Get(seconds(30)));
  EXPECT_EQ(one.partition, two.partition);
}

TEST_F(ProducerTest, ManyHaveOneOutcome) {
  std::vector<ProducerRecord> records;
  for (int i = 0; i < 100; ++i) records.push_back({.value = "tea", .partition = i % 2});
  const BulkMetadata there = Must(Must(producer.SendMany("orders", records)).Get(seconds(30)));
  EXPECT_EQ(there.topic, "orders");
  EXPECT_EQ(there.records, 100);
  ASSERT_EQ(there.partitions.size(), 2u);
  EXPECT_EQ(there.partitions[1].partition, 1);
  EXPECT_EQ(there.partitions[1].first_offset, 0);
  EXPECT_EQ(there.partitions[1].records, 50);
}

TEST_F(ProducerTest, NoneHaveAnOutcomeAtOnce) {
  Future<BulkMetadata> none = Must(producer.SendMany("orders", {}));
  EXPECT_TRUE(none.done());
  EXPECT_EQ(Must(none.Get()).records, 0);
}

TEST_F(ProducerTest, WhatMakesNoSenseIsNotTaken) {
  const auto negative = producer.Send("orders", {.value = "tea", .partition = -1});
  ASSERT_FALSE(negative.ok());
  EXPECT_EQ(negative.error().kind(), ErrorKind::kInvalidArgument);
  EXPECT_THAT(negative.error().message(), HasSubstr("partition -1"));
  const auto early =
      producer.Send("orders", {.value = "tea", .timestamp = Timestamp(milliseconds(-1))});
  ASSERT_FALSE(early.ok());
  EXPECT_EQ(early.error().kind(), ErrorKind::kInvalidArgument);

  const std::vector<ProducerRecord> records = {{.value = "tea"}, {.value = "x", .partition = -7}};
  const auto many = producer.SendMany("orders", records);
  ASSERT_FALSE(many.ok());
  EXPECT_THAT(many.error().message(), HasSubstr("1 of 2 records were sent"));
  Must(producer.Flush(seconds(30)));
  EXPECT_EQ(producer.unanswered(), 0);
}

TEST_F(ProducerTest, FlushWaitsForEveryOutcome) {
  std::vector<Future<RecordMetadata>> sent;
  for (int i = 0; i < 100; ++i) sent.push_back(Must(producer.Send("orders", {.value = "tea"})));
  Must(producer.Flush(seconds(30)));
  EXPECT_EQ(producer.unanswered(), 0);
  for (const Future<RecordMetadata>& one : sent) EXPECT_TRUE(one.done());
}

TEST_F(ProducerTest, AfterCloseNothingIsTakenAndOutcomesStay) {
  Future<RecordMetadata> sent = Must(producer.Send("orders", {.value = "tea", .partition = 0}));
  Must(producer.Close(seconds(30)));
  Must(producer.Close(seconds(30)));
  EXPECT_TRUE(sent.done());
  EXPECT_EQ(Must(sent.Get()).offset, 0);
  const auto late = producer.Send("orders", {.value = "milk"});
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().kind(), ErrorKind::kNotPossibleNow);
  EXPECT_THAT(late.error().message(), HasSubstr("closed"));
}

TEST_F(ProducerTest, AFutureOutlivesItsProducerAndItsClient) {
  Future<RecordMetadata> sent = [this] {
    Client other = Must(node.NewClient());
    Producer brief = Must(other.NewProducer({{"linger.ms", "60000"}}));
    return Must(brief.Send("orders", {.value = "tea", .partition = 0}));
  }();
  EXPECT_TRUE(sent.done());
  EXPECT_EQ(Must(sent.Get()).offset, 0);
}

TEST_F(ProducerTest, WhatFailsWhenNobodyCanAskAnyMoreIsToldOnce) {
  const std::string large(2'000'000, 'x');
  {
    const auto dropped = producer.Send("orders", {.value = large});
    ASSERT_TRUE(dropped.ok());
  }
  Must(producer.Flush(seconds(30)));
  const std::vector<DeliveryFailure> failures = producer.TakeFailures();
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].topic, "orders");
  EXPECT_EQ(failures[0].records, 1);
  EXPECT_EQ(failures[0].why.kafka_code(), 10);  // MESSAGE_TOO_LARGE
  EXPECT_TRUE(producer.TakeFailures().empty());
}

TEST_F(ProducerTest, AFutureThatWasAskedKeepsItsErrorToItself) {
  const std::string large(2'000'000, 'x');
  Future<RecordMetadata> asked = Must(producer.Send("orders", {.value = large}));
  const Result<RecordMetadata> failed = asked.Get(seconds(30));
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kafka_code(), 10);
  EXPECT_TRUE(producer.TakeFailures().empty());
}

TEST_F(ProducerTest, WithoutRoomItWaitsNoLongerThanItWasTold) {
  // Nobody listens there.
  Client nowhere = Must(Client::Connect("127.0.0.1:1"));
  Producer full = Must(nowhere.NewProducer(
      {{"buffer.memory", "40000"}, {"max.block.ms", "20"}, {"linger.ms", "0"}}));
  const std::string value(5'000, 'x');
  std::vector<Future<RecordMetadata>> sent;
  std::optional<Error> refused;
  while (!refused) {
    Result<Future<RecordMetadata>> one = full.Send("orders", {.value = value});
    if (one) {
      sent.push_back(*std::move(one));
    } else {
      refused = one.error();
    }
  }
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->kind(), ErrorKind::kTimeout);
  EXPECT_THAT(refused->message(), HasSubstr("buffer.memory"));
  const Result<void> closed = full.Close(milliseconds(0));
  EXPECT_FALSE(closed.ok());
  for (Future<RecordMetadata>& one : sent) EXPECT_FALSE(one.Get(seconds(30)).ok());
}

TEST_F(ProducerTest, WhatIsNotDeliveredStaysOnItsWayUntilTheProducerCloses) {
  Client nowhere = Must(Client::Connect("127.0.0.1:1"));
  Producer patient = Must(nowhere.NewProducer());
  Future<RecordMetadata> sent = Must(patient.Send("orders", {.value = "tea"}));
  const Result<RecordMetadata> waiting = sent.Get(milliseconds(1));
  ASSERT_FALSE(waiting.ok());
  EXPECT_EQ(waiting.error().kind(), ErrorKind::kTimeout);
  EXPECT_THAT(waiting.error().message(), HasSubstr("still on its way"));
  const Result<void> flushed = patient.Flush(milliseconds(1));
  ASSERT_FALSE(flushed.ok());
  EXPECT_EQ(flushed.error().kind(), ErrorKind::kTimeout);
  const Result<void> closed = patient.Close(milliseconds(1));
  ASSERT_FALSE(closed.ok());
  EXPECT_THAT(closed.error().message(), HasSubstr("1 records were not delivered"));
  EXPECT_TRUE(sent.done());
  EXPECT_FALSE(sent.Get().ok());
}

TEST_F(ProducerTest, AllThreadsOfAProgramSend) {
  std::atomic<int> delivered = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      std::vector<Future<RecordMetadata>> sent;
      for (int i = 0; i < 500; ++i) {
        sent.push_back(Must(producer.Send("orders", {.value = "tea", .key = "k"})));
      }
      for (Future<RecordMetadata>& one : sent) delivered += one.Get(seconds(60)).ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(delivered, 2'000);
  const std::vector<int64_t> ends = Must(client.admin().EndOffsets({{"orders", 0}, {"orders", 1}}));
  EXPECT_EQ(ends[0] + ends[1], 2'000);
}

}  // namespace
}  // namespace penstock
