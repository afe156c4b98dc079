#include "client/connection_pool.h"

#include <gtest/gtest.h>

#include "protocol/messages/heartbeat.h"
#include "runtime/race.h"
#include "tests/unit/client/scripted_broker.h"

namespace penstock {
namespace {

using Got = StatusOr<std::shared_ptr<BrokerConnection>>;

class ConnectionPoolTest : public testing::Test {
 public:
  void Run(Task<> story) {
    pool.emplace(runtime, options);
    world.Run(std::move(story));
    world.Run(pool->Close());
    world.Run(asking.Join());
  }
  Task<> Get(std::vector<Got>& got) {
    auto connection = co_await pool->Get(broker.address());
    got.push_back(std::move(connection));
  }
  Task<> Sleep(Duration duration) {
    const Instant until = runtime.clock.Now() + duration;
    co_await runtime.timers.SleepUntil(until);
  }

  SimWorld world{7};
  Runtime& runtime = world.runtime();
  ScriptedBroker broker{world, "kafka-1"};
  ClientOptions options;
  std::optional<ConnectionPool> pool;
  TaskGroup asking{runtime.executor,
                   [](const Status& status) { ADD_FAILURE() << MessageOf(status); }};
};

TEST_F(ConnectionPoolTest, AllWhoAskGetTheSameConnection) {
  struct Story {
    static Task<> Tell(ConnectionPoolTest& test) {
      std::vector<Got> got;
      for (int i = 0; i < 3; ++i) test.asking.Start(test.Get(got));
      co_await test.asking.Join();
      co_await test.Get(got);
      EXPECT_EQ(got.size(), 4u);
      for (const Got& one : got) {
        EXPECT_TRUE(one.ok()) << one.status();
        EXPECT_EQ(*one, *got.front());
      }
      EXPECT_TRUE(test.pool->IsOpen(test.broker.address()));
      EXPECT_EQ(test.pool->size(), 1u);
    }
  };
  Run(Story::Tell(*this));
  EXPECT_EQ(broker.accepted, 1u);
}

TEST_F(ConnectionPoolTest, WhoIsCancelledDoesNotCancelTheOthers) {
  struct Story {
    static Task<> Tell(ConnectionPoolTest& test) {
      test.broker.answer_time = Milliseconds(100);
      std::vector<Got> got;
      Task<> hurried = test.Get(got);
      const Instant deadline = test.runtime.clock.Now() + Milliseconds(50);
      const auto in_time = co_await Before(test.runtime.timers, deadline, std::move(hurried));
      EXPECT_FALSE(in_time.has_value());
      co_await test.Get(got);
      EXPECT_EQ(got.size(), 1u);
      EXPECT_TRUE(got[0].ok());
    }
  };
  Run(Story::Tell(*this));
  EXPECT_EQ(broker.accepted, 1u);
}

TEST_F(ConnectionPoolTest, EachTryThatFailsMakesTheNextOneWaitLonger) {
  struct Story {
    static Task<> Tell(ConnectionPoolTest& test) {
      test.broker.Kill();
      std::vector<Got> got;
      std::vector<int64_t> waited_ms;
      for (int i = 0; i < 8; ++i) {
        const Instant begin = test.runtime.clock.Now();
        co_await test.Get(got);
        EXPECT_FALSE(got.back().ok());
        waited_ms.push_back(InMilliseconds(test.runtime.clock.Now() - begin));
      }
      EXPECT_EQ(waited_ms[0], 0);
      int64_t middle_ms = 50;
      for (int i = 1; i < 8; ++i) {
        EXPECT_GE(waited_ms[i], middle_ms * 4 / 5) << "try " << i;
        EXPECT_LE(waited_ms[i], std::min<int64_t>(middle_ms * 6 / 5, 1'000)) << "try " << i;
        middle_ms = std::min<int64_t>(middle_ms * 2, 1'000);
      }
      EXPECT_GT(test.pool->RetryAt(test.broker.address()), test.runtime.clock.Now());
      test.broker.Start();
      co_await test.Get(got);
      EXPECT_TRUE(got.back().ok()) << got.back().status();
      EXPECT_EQ(test.pool->size(), 1u);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ConnectionPoolTest, AConnectionThatBrokeIsReplaced) {
  struct Story {
    static Task<> Tell(ConnectionPoolTest& test) {
      std::vector<Got> got;
      co_await test.Get(got);
      test.broker.Kill();
      test.broker.Start();
      co_await test.Sleep(Milliseconds(1));
      EXPECT_FALSE(test.pool->IsOpen(test.broker.address()));
      const Instant begin = test.runtime.clock.Now();
      co_await test.Get(got);
      EXPECT_TRUE(got[1].ok()) << got[1].status();
      EXPECT_NE(*got[0], *got[1]);
      EXPECT_GE(test.runtime.clock.Now() - begin, Milliseconds(49));
    }
  };
  Run(Story::Tell(*this));
  EXPECT_EQ(broker.accepted, 2u);
}

TEST_F(ConnectionPoolTest, AConnectionThatNobodyUsesIsClosed) {
  options.connection_idle_max = Milliseconds(10'000);
  struct Story {
    static Task<> Tell(ConnectionPoolTest& test) {
      test.broker.On<HeartbeatRequest>([](const HeartbeatRequest&) { return HeartbeatResponse(); });
      std::vector<Got> got;
      co_await test.Get(got);
      co_await test.Sleep(Milliseconds(6'000));
      HeartbeatRequest request;
      const auto used = co_await test.pool->Call(test.broker.address(), std::move(request));
      EXPECT_TRUE(used.ok()) << used.status();
      co_await test.Sleep(Milliseconds(9'999));
      EXPECT_EQ(test.pool->size(), 1u);
      co_await test.Sleep(Milliseconds(2));
      EXPECT_EQ(test.pool->size(), 0u);
      EXPECT_TRUE((*got[0])->closed());
      const Instant begin = test.runtime.clock.Now();
      co_await test.Get(got);
      EXPECT_TRUE(got[1].ok());
      EXPECT_EQ(test.runtime.clock.Now(), begin);  // nothing went wrong: no back-off
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ConnectionPoolTest, AConnectionThatWaitsForAnAnswerIsNotIdle) {
  options.connection_idle_max = Milliseconds(1'000);
  struct Story {
    static Task<> Tell(ConnectionPoolTest& test) {
      test.broker.On<HeartbeatRequest>([](const HeartbeatRequest&) { return HeartbeatResponse(); });
      std::vector<Got> got;
      co_await test.Get(got);
      test.broker.answer_time = Milliseconds(20'000);
      HeartbeatRequest request;
      const auto slow = co_await test.pool->Call(test.broker.address(), std::move(request));
      EXPECT_TRUE(slow.ok()) << slow.status();
      co_await test.Sleep(Milliseconds(1'001));
      EXPECT_EQ(test.pool->size(), 0u);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ConnectionPoolTest, ClosingEndsWhatIsUnderWay) {
  struct Story {
    static Task<> Tell(ConnectionPoolTest& test) {
      std::vector<Got> got;
      co_await test.Get(got);
      HeartbeatRequest unanswered;
      auto calling = test.pool->Call(test.broker.address(), std::move(unanswered));
      Task<> closing = test.pool->Close();
      auto both = co_await Race(std::move(calling), std::move(closing));
      EXPECT_EQ(both.index(), 0u);
      EXPECT_EQ(std::get<0>(both).status().code(), StatusCode::kCancelled);
      co_await test.Get(got);
      EXPECT_EQ(got[1].status().code(), StatusCode::kCancelled);
      co_await test.pool->Close();
    }
  };
  Run(Story::Tell(*this));
}

}  // namespace
}  // namespace penstock
