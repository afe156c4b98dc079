#include "client/producer.h"

#include <gtest/gtest.h>

#include "runtime/race.h"
#include "tests/unit/client/producer_world.h"

namespace penstock {
namespace {

class ProducerTest : public ProducerWorld {
 public:
  static Task<> Append(ProducerWorld& test, ProducerRecord record, std::string name,
                       std::vector<Status>& taken) {
    DeliveryHandler handler = test.Note(name);
    const Status status = co_await test.producer->Append(record, std::move(handler));
    taken.push_back(status);
  }
  TaskGroup appending{runtime.executor, [](const Status&) {}};
  std::vector<Status> taken;
  static ProducerTest& Of(ProducerWorld& test) { return static_cast<ProducerTest&>(test); }
};

TEST_F(ProducerTest, SendTellsWhereTheRecordIs) {
  partitions = 3;
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      ProducerRecord record = Record("value");
      record.key = AsBytes("21");  // murmur2 of it chooses 1 of 3
      record.timestamp = TimestampMs(1234);
      const auto sent = co_await test.producer->Send(record);
      EXPECT_TRUE(sent.ok()) << sent.status();
      const PartitionId chosen = PartitionForKey(AsBytes("21"), 3);
      EXPECT_EQ(sent->partition, chosen);
      EXPECT_EQ(sent->offset, Offset(0));
      EXPECT_EQ(sent->timestamp, TimestampMs(1234));
    }
  };
  Run(Story::Tell);
}

TEST_F(ProducerTest, RecordsWithoutAKeyShareABatch) {
  partitions = 5;
  config.linger = Milliseconds(10);
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      for (const char* value : {"a", "b", "c"}) {
        const ProducerRecord record = Record(value);
        DeliveryHandler handler = test.Note(value);
        const Status taken = co_await test.producer->Append(record, std::move(handler));
        EXPECT_TRUE(taken.ok()) << taken;
      }
      co_await test.producer->Flush();
    }
  };
  Run(Story::Tell);
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches.front().values, (Results{"a", "b", "c"}));
}

TEST_F(ProducerTest, TakesARecordAtOnceWhereTheTopicIsKnown) {
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      DeliveryHandler early = test.Note("early");
      const ProducerRecord record = Record("x");
      const auto unknown = test.producer->TryAppend(record, early);
      EXPECT_TRUE(unknown.ok() && !*unknown);
      const auto sent = co_await test.producer->Send(record);
      EXPECT_TRUE(sent.ok());
      const auto known = test.producer->TryAppend(record, early);
      EXPECT_TRUE(known.ok() && *known);
      co_await test.producer->Flush();
    }
  };
  Run(Story::Tell);
  EXPECT_EQ(results, Results{"early@1"});
}

TEST_F(ProducerTest, RefusesWhatCannotBeSent) {
  config.request_bytes_max = 200;
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      const std::string large(300, 'x');
      DeliveryHandler handler = test.Note("never");
      const auto too_large = test.producer->TryAppend(Record(large), handler);
      EXPECT_EQ(ErrorCodeOf(too_large.status()), ErrorCode::kMessageTooLarge);
      EXPECT_NE(MessageOf(too_large.status()).find("max.request.size"), std::string_view::npos);
      ProducerRecord record = Record("x");
      record.timestamp = TimestampMs(-2);
      EXPECT_FALSE(test.producer->TryAppend(record, handler).ok());
      record.timestamp = TimestampMs(1);
      record.partition = PartitionId(-1);
      EXPECT_FALSE(test.producer->TryAppend(record, handler).ok());
      co_return;
    }
  };
  Run(Story::Tell);
  EXPECT_TRUE(results.empty());
}

TEST_F(ProducerTest, WaitsForATopicAtMostMaxBlock) {
  config.block_max = Milliseconds(500);
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      ProducerRecord record = Record("x");
      record.topic = "nowhere";
      const Instant before = test.runtime.clock.Now();
      const auto sent = co_await test.producer->Send(record);
      EXPECT_EQ(ErrorCodeOf(sent.status()), ErrorCode::kRequestTimedOut);
      EXPECT_NE(MessageOf(sent.status()).find("Topic nowhere not present in metadata"),
                std::string_view::npos)
          << sent.status();
      EXPECT_EQ(test.runtime.clock.Now() - before, Milliseconds(500));
    }
  };
  Run(Story::Tell);
}

TEST_F(ProducerTest, WaitsForAPartitionThatIsAdded) {
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      ProducerTest& mine = Of(test);
      ProducerRecord record = Record("x");
      record.partition = PartitionId(1);
      mine.appending.Start(Append(test, record, "x", mine.taken));
      co_await test.Sleep(200);
      EXPECT_TRUE(mine.taken.empty());
      test.partitions = 2;
      co_await mine.appending.Join();
      EXPECT_TRUE(mine.taken.size() == 1 && mine.taken.front().ok());
      co_await test.producer->Flush();
    }
  };
  Run(Story::Tell);
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches.front().partition, PartitionId(1));
}

TEST_F(ProducerTest, ATopicWithoutPartitionsIsWaitedForToo) {
  partitions = 0;
  config.block_max = Milliseconds(500);
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      const auto sent = co_await test.producer->Send(Record("x"));
      EXPECT_EQ(ErrorCodeOf(sent.status()), ErrorCode::kRequestTimedOut) << sent.status();
      test.partitions = 1;
      const auto later = co_await test.producer->Send(Record("x"));
      EXPECT_TRUE(later.ok()) << later.status();
    }
  };
  Run(Story::Tell);
}

TEST_F(ProducerTest, SaysAtOnceThatATopicIsNotForIt) {
  topic_error = ErrorCode::kTopicAuthorizationFailed;
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      const Instant before = test.runtime.clock.Now();
      const auto sent = co_await test.producer->Send(Record("x"));
      EXPECT_EQ(ErrorCodeOf(sent.status()), ErrorCode::kTopicAuthorizationFailed) << sent.status();
      ProducerRecord record = Record("x");
      const std::string name(250, 'n');
      record.topic = name;
      const auto misnamed = co_await test.producer->Send(record);
      EXPECT_EQ(ErrorCodeOf(misnamed.status()), ErrorCode::kInvalidTopicException);
      EXPECT_LT(test.runtime.clock.Now() - before, Milliseconds(100));
    }
  };
  Run(Story::Tell);
}

TEST_F(ProducerTest, ATopicThatIsWrittenToIsNotForgotten) {
  options.metadata_age_max = Milliseconds(1000);
  options.metadata_idle_max = Milliseconds(1000);
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      const auto sent = co_await test.producer->Send(Record("x"));
      EXPECT_TRUE(sent.ok()) << sent.status();
      for (int i = 0; i < 50; ++i) {
        DeliveryHandler handler = test.Note("x");
        const auto taken = test.producer->TryAppend(Record("x"), handler);
        EXPECT_TRUE(taken.ok() && *taken) << i;
        co_await test.Sleep(100);
      }
    }
  };
  Run(Story::Tell);
  EXPECT_EQ(results.size(), 50U);
}

// Whoever waits may go, and neither a flush nor the linger of others waits for it.
TEST_F(ProducerTest, AnAppendThatIsCancelledLeavesTheLine) {
  config.batch_bytes = 1000;
  config.buffer_bytes = 1000;
  config.linger = Milliseconds(1000);
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      ProducerTest& mine = Of(test);
      test.first.answer_time = Milliseconds(200);
      const std::string large(900, 'x');
      co_await Append(test, Record(large), "first", mine.taken);
      const Instant soon = test.runtime.clock.Now() + Milliseconds(50);
      Task<> second = Append(test, Record(large), "second", mine.taken);
      const auto in_time = co_await Before(test.runtime.timers, soon, std::move(second));
      EXPECT_FALSE(in_time.has_value());
      co_await test.producer->Flush();
      EXPECT_EQ(test.results, Results{"first@0"});
      co_await Append(test, Record("x"), "third", mine.taken);
      co_await test.Sleep(800);
      EXPECT_EQ(test.results.size(), 1U);
      co_await test.Sleep(800);
      EXPECT_EQ(test.results, (Results{"first@0", "third@1"}));
    }
  };
  Run(Story::Tell);
}

TEST_F(ProducerTest, NoBatchTakesMoreThanTheMemory) {
  config.batch_bytes = 100'000;
  config.buffer_bytes = 1000;
  config.linger = Milliseconds(60'000);
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      ProducerTest& mine = Of(test);
      const std::string value(300, 'x');
      for (int i = 0; i < 8; ++i) co_await Append(test, Record(value), "x", mine.taken);
      co_await test.producer->Flush();
      EXPECT_EQ(test.results.size(), 8U);
    }
  };
  Run(Story::Tell);
  for (const SeenBatch& batch : batches) EXPECT_LE(batch.values.size(), 3U);
}

TEST_F(ProducerTest, AppendsOfATopicAreTakenInTheirOrder) {
  config.linger = Milliseconds(5);
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      ProducerTest& mine = Of(test);
      for (const char* value : {"a", "b", "c", "d"}) {
        mine.appending.Start(Append(test, Record(value), value, mine.taken));
      }
      co_await mine.appending.Join();
      co_await test.producer->Flush();
    }
  };
  Run(Story::Tell);
  EXPECT_EQ(results, (Results{"a@0", "b@1", "c@2", "d@3"}));
}

// The bound of memory holds back who appends, and lets go of lingering batches.
TEST_F(ProducerTest, WaitsForMemory) {
  config.batch_bytes = 1000;
  config.buffer_bytes = 2000;
  config.linger = Milliseconds(60'000);
  partitions = 4;
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      for (int32_t i = 0; i < 4; ++i) {
        ProducerRecord record = Record("x");
        record.partition = PartitionId(i);
        DeliveryHandler handler = test.Note("x");
        const Status taken = co_await test.producer->Append(record, std::move(handler));
        EXPECT_TRUE(taken.ok()) << taken;
      }
      EXPECT_GE(test.results.size(), 2U);
      EXPECT_LT(test.runtime.clock.Now(), Instant{.since_start = Milliseconds(10'000)});
    }
  };
  Run(Story::Tell);
}

TEST_F(ProducerTest, SaysThatTheMemoryIsFull) {
  config.batch_bytes = 1000;
  config.buffer_bytes = 1000;
  config.block_max = Milliseconds(200);
  silent = true;
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      ProducerTest& mine = Of(test);
      const std::string large(900, 'x');
      co_await Append(test, Record(large), "first", mine.taken);
      co_await Append(test, Record(large), "second", mine.taken);
      EXPECT_EQ(mine.taken.size(), 2U);
      EXPECT_TRUE(mine.taken[0].ok());
      EXPECT_EQ(ErrorCodeOf(mine.taken[1]), ErrorCode::kRequestTimedOut);
      EXPECT_NE(MessageOf(mine.taken[1]).find("Total memory: 1000 bytes"), std::string_view::npos);
    }
  };
  Run(Story::Tell);
}

TEST_F(ProducerTest, CloseSaysWhatWasNotDelivered) {
  silent = true;
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      ProducerTest& mine = Of(test);
      co_await Append(test, Record("x"), "x", mine.taken);
      const Status status = co_await test.producer->Close(Milliseconds(50));
      test.closed = true;
      EXPECT_EQ(ErrorCodeOf(status), ErrorCode::kRequestTimedOut);
      EXPECT_EQ(MessageOf(status), "1 record(s) were not delivered within the 50 ms of the close");
      DeliveryHandler handler = test.Note("late");
      EXPECT_FALSE(test.producer->TryAppend(Record("late"), handler).ok());
    }
  };
  Run(Story::Tell);
  EXPECT_EQ(results, Results{"x:REQUEST_TIMED_OUT"});
}

TEST_F(ProducerTest, CloseDeliversWhatLingers) {
  config.linger = Milliseconds(60'000);
  struct Story {
    static Task<> Tell(ProducerWorld& test) {
      ProducerTest& mine = Of(test);
      co_await Append(test, Record("x"), "x", mine.taken);
      const Status status = co_await test.producer->Close(Milliseconds(1000));
      test.closed = true;
      EXPECT_TRUE(status.ok()) << status;
    }
  };
  Run(Story::Tell);
  EXPECT_EQ(results, Results{"x@0"});
}

}  // namespace
}  // namespace penstock
