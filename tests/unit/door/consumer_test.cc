#include <gmock/gmock.h>
#include <signal.h>

#include <atomic>
#include <optional>
#include <thread>

#include "tests/unit/door/program.h"

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ConsumerTest : public Program {
 protected:
  const TopicPartition first{"orders", 0};
  const TopicPartition second{"orders", 1};
};

TEST_F(ConsumerTest, GivesARecordAsItWasSent) {
  const Timestamp when(milliseconds(1'700'000'000'123));
  {
    Producer producer = Must(client.NewProducer());
    Must(
        Must(producer.Send("orders", {.value = "tea",
                                      .key = "anna",
                                      .headers = {{"origin", "Assam"}, {"empty", ""}, {"none", {}}},
                                      .timestamp = when,
                                      .partition = 1}))
            .Get(seconds(30)));
    Must(Must(producer.Send("orders", {.partition = 1})).Get(seconds(30)));
  }
  Consumer consumer = Reader();
  const RecordBatch batch = Must(consumer.Poll(seconds(30)));
  EXPECT_EQ(batch.topic(), "orders");
  EXPECT_EQ(batch.partition(), 1);
  ASSERT_GE(batch.size(), 1u);
  const Record& record = batch[0];
  EXPECT_EQ(record.offset, 0);
  EXPECT_EQ(record.timestamp, when);
  EXPECT_EQ(record.key, "anna");
  EXPECT_EQ(record.value, "tea");
  ASSERT_EQ(record.headers.size(), 3u);
  EXPECT_EQ(record.headers[0].key, "origin");
  EXPECT_EQ(record.headers[0].value, "Assam");
  EXPECT_EQ(record.headers[1].value, "");
  EXPECT_EQ(record.headers[2].value, std::nullopt);

  const RecordBatch next = batch.size() > 1 ? batch : Must(consumer.Poll(seconds(30)));
  const Record& nothing = next[next.size() - 1];
  EXPECT_EQ(nothing.offset, 1);
  EXPECT_EQ(nothing.key, std::nullopt);
  EXPECT_EQ(nothing.value, std::nullopt);
  EXPECT_TRUE(nothing.headers.empty());
}

TEST_F(ConsumerTest, ABatchOutlivesEverything) {
  std::optional<RecordBatch> kept;
  {
    Send(0, {"tea", "milk"});
    Client other = Must(node.NewClient());
    Consumer consumer = Must(other.NewConsumer({{"auto.offset.reset", "earliest"}}));
    Must(consumer.Assign({first}));
    kept = Must(consumer.Poll(seconds(30)));
  }
  Must(client.Close(seconds(10)));
  Must(node.Stop());
  EXPECT_THAT(ValuesOf(*kept), ElementsAre("tea", "milk"));
  EXPECT_EQ(kept->high_watermark(), 2);
}

TEST_F(ConsumerTest, CompressedRecordsAreReadLikeOthers) {
  for (const char* codec : {"gzip", "snappy", "lz4", "zstd"}) {
    Producer producer = Must(client.NewProducer({{"compression.type", codec}}));
    const std::string value(1'000, 'x');
    std::vector<ProducerRecord> records(50, {.value = value, .key = codec, .partition = 0});
    records.back().headers = {{"codec", codec}};
    Must(Must(producer.SendMany("orders", records)).Get(seconds(30)));
  }
  Consumer consumer = Reader();
  int64_t expected = 0;
  while (expected < 200) {
    const RecordBatch batch = Must(consumer.Poll(seconds(30)));
    ASSERT_FALSE(batch.empty());
    for (const Record& record : batch) {
      EXPECT_EQ(record.offset, expected++);
      EXPECT_EQ(record.value, std::string(1'000, 'x'));
      if (expected % 50 != 0) continue;
      ASSERT_EQ(record.headers.size(), 1u);
      EXPECT_EQ(record.headers[0].value, record.key);
    }
    EXPECT_EQ(batch.next_offset(), expected);
  }
}

TEST_F(ConsumerTest, ReadsFromWhereItIsTold) {
  Producer producer = Must(client.NewProducer());
  for (int i = 0; i < 10; ++i) {
    Must(Must(producer.Send("orders", {.value = std::to_string(i),
                                       .timestamp = Timestamp(seconds(1'000 + i)),
                                       .partition = 0}))
             .Get(seconds(30)));
  }
  Consumer consumer = Must(client.NewConsumer());
  Must(consumer.Assign({first}));
  const auto next = [&] { return Must(consumer.Poll(seconds(30)))[0].offset; };
  Must(consumer.SeekToBeginning({first}));
  EXPECT_EQ(next(), 0);
  Must(consumer.Seek(first, 7));
  EXPECT_EQ(next(), 7);
  Must(consumer.SeekToTime({first}, Timestamp(seconds(1'004))));
  EXPECT_EQ(Must(consumer.Position(first)), 4);
  EXPECT_EQ(next(), 4);
  Must(consumer.SeekToEnd({first}));
  EXPECT_EQ(Must(consumer.Position(first)), 10);
  EXPECT_TRUE(Must(consumer.Poll(milliseconds(10))).empty());
  EXPECT_EQ(consumer.high_watermark(first), 10);
  EXPECT_EQ(consumer.high_watermark(second), std::nullopt);
}

TEST_F(ConsumerTest, KnowsWhatItReads) {
  Consumer consumer = Reader();
  EXPECT_THAT(consumer.assignment(), ElementsAre(first, second));
  Must(consumer.Assign({second}));
  EXPECT_THAT(consumer.assignment(), ElementsAre(second));
  const Result<void> none = consumer.AssignTopics({"nothing"});
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().kind(), ErrorKind::kNotFound);
  EXPECT_THAT(none.error().message(), HasSubstr("nothing"));
}

TEST_F(ConsumerTest, APausedPartitionGivesNothing) {
  Consumer consumer = Reader();
  Must(consumer.Pause({first}));
  Send(0, {"tea"});
  Send(1, {"milk"});
  EXPECT_THAT(ValuesOf(Must(consumer.Poll(seconds(30)))), ElementsAre("milk"));
  EXPECT_TRUE(Must(consumer.Poll(milliseconds(10))).empty());
  Must(consumer.Resume({first}));
  EXPECT_THAT(ValuesOf(Must(consumer.Poll(seconds(30)))), ElementsAre("tea"));
}

TEST_F(ConsumerTest, WhatItDoesNotReadItRefuses) {
  Consumer consumer = Must(client.NewConsumer());
  const Result<void> sought = consumer.Seek(first, 3);
  ASSERT_FALSE(sought.ok());
  EXPECT_EQ(sought.error().kind(), ErrorKind::kNotPossibleNow);
  EXPECT_FALSE(consumer.SeekToEnd({first}).ok());
  EXPECT_FALSE(consumer.Pause({first}).ok());
  const Result<void> negative = consumer.Seek(first, -2);
  ASSERT_FALSE(negative.ok());
  EXPECT_EQ(negative.error().kind(), ErrorKind::kInvalidArgument);
}

TEST_F(ConsumerTest, WithoutAnyRecordsPollEndsAtItsLimitAsOftenAsItIsCalled) {
  Consumer consumer = Reader();
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(Must(consumer.Poll(milliseconds(1))).empty());
  EXPECT_TRUE(Must(consumer.Poll(milliseconds(0))).empty());
  Send(1, {"milk"});
  EXPECT_THAT(ValuesOf(Must(consumer.Poll(seconds(30)))), ElementsAre("milk"));
}

TEST_F(ConsumerTest, AnotherThreadEndsAPollThatWaits) {
  Consumer consumer = Reader();
  std::optional<bool> empty;
  std::thread reader([&] { empty = Must(consumer.Poll(kNoLimit)).empty(); });
  consumer.Wakeup();
  reader.join();
  EXPECT_EQ(empty, true);
}

TEST_F(ConsumerTest, CloseEndsAPollThatWaits) {
  Consumer consumer = Reader();
  std::optional<ErrorKind> ended;
  std::thread reader([&] {
    const Result<RecordBatch> batch = consumer.Poll(kNoLimit);
    if (!batch.ok()) ended = batch.error().kind();
  });
  Must(consumer.Close());
  reader.join();
  EXPECT_EQ(ended, ErrorKind::kCancelled);
  EXPECT_FALSE(consumer.Assign({first}).ok());
}

volatile sig_atomic_t signals_seen = 0;

TEST_F(ConsumerTest, ASignalHandlerEndsAPollThatWaits) {
  Consumer consumer = Reader();
  struct sigaction action{};
  action.sa_handler = [](int) { signals_seen = 1; };
  struct sigaction before{};
  ASSERT_EQ(::sigaction(SIGUSR1, &action, &before), 0);
  const pthread_t reader = ::pthread_self();
  std::atomic<bool> ended = false;
  // It may come before the wait has begun, so it comes again.
  std::thread sender([&] {
    while (!ended) {
      ::pthread_kill(reader, SIGUSR1);
      std::this_thread::sleep_for(milliseconds(1));
    }
  });
  EXPECT_TRUE(Must(consumer.Poll(kNoLimit)).empty());
  ended = true;
  sender.join();
  ::sigaction(SIGUSR1, &before, nullptr);
  EXPECT_EQ(signals_seen, 1);
}

TEST_F(ConsumerTest, AnOffsetThatIsNotThereIsResetOrAnError) {
  Send(0, {"tea"});
  Consumer consumer = Reader();
  Must(consumer.Seek(first, 1'000));
  EXPECT_THAT(ValuesOf(Must(consumer.Poll(seconds(30)))), ElementsAre("tea"));

  Consumer strict = Must(client.NewConsumer({{"auto.offset.reset", "none"}}));
  Must(strict.Assign({first}));
  Must(strict.Seek(first, 1'000));
  const Result<RecordBatch> nothing = strict.Poll(seconds(30));
  ASSERT_FALSE(nothing.ok());
  EXPECT_EQ(nothing.error().kafka_code(), 1);  // OFFSET_OUT_OF_RANGE
  Must(strict.Seek(first, 0));
  EXPECT_THAT(ValuesOf(Must(strict.Poll(seconds(30)))), ElementsAre("tea"));
}

}  // namespace
}  // namespace penstock
