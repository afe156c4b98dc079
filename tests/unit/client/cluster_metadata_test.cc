#include "client/cluster_metadata.h"

#include <gtest/gtest.h>

#include "client/connect_step.h"
#include "tests/unit/client/scripted_broker.h"

namespace penstock {
namespace {

// Two brokers that tell the same, and what they tell.
class ClusterMetadataTest : public testing::Test {
 public:
  ClusterMetadataTest() {
    for (ScriptedBroker* broker : {&first, &second}) {
      broker->On<MetadataRequest>([this](const MetadataRequest& request) { return Tell(request); });
    }
    options.bootstrap_servers = {first.address()};
  }

  MetadataResponse Tell(const MetadataRequest& request) {
    asked.emplace_back();
    MetadataResponse response;
    response.error_code = top_error;
    for (const auto& [id, broker] : brokers) {
      auto& told = response.brokers.emplace_back();
      told.node_id = NodeId(id);
      told.host = broker->address().host;
      told.port = broker->address().port;
    }
    response.controller_id = controller;
    for (const auto& topic : request.topics.value()) {
      asked.back().push_back(*topic.name);
      auto& told = response.topics.emplace_back();
      told.name = topic.name;
      const auto found = leaders.find(*topic.name);
      if (found == leaders.end()) {
        const auto error = errors.find(*topic.name);
        told.error_code =
            error == errors.end() ? ErrorCode::kUnknownTopicOrPartition : error->second;
        continue;
      }
      auto& partition = told.partitions.emplace_back();
      partition.leader_id = found->second;
      partition.leader_epoch = epoch;
    }
    return response;
  }

  void Run(Task<> story) {
    pool.emplace(runtime, options);
    metadata.emplace(runtime, *pool);
    world.Run(std::move(story));
    world.Run(metadata->Close());
    world.Run(pool->Close());
    world.Run(asking.Join());
  }
  Instant In(int64_t milliseconds) { return runtime.clock.Now() + Milliseconds(milliseconds); }
  Task<> Sleep(int64_t milliseconds) { return runtime.timers.SleepUntil(In(milliseconds)); }
  Task<> Await(std::string topic, std::vector<Status>& results) {
    const Status result = co_await metadata->AwaitTopic(std::move(topic), In(1'000));
    results.push_back(result);
  }

  SimWorld world{7};
  Runtime& runtime = world.runtime();
  ScriptedBroker first{world, "kafka-1"};
  ScriptedBroker second{world, "kafka-2"};
  std::map<int32_t, ScriptedBroker*> brokers{{1, &first}, {2, &second}};
  std::map<std::string, NodeId> leaders{{"words", NodeId(1)}};
  std::map<std::string, ErrorCode> errors;
  NodeId controller{2};
  LeaderEpoch epoch{0};
  ErrorCode top_error = ErrorCode::kNone;
  std::vector<std::vector<std::string>> asked;  // the topics of each request
  ClientOptions options;
  std::optional<ConnectionPool> pool;
  std::optional<ClusterMetadata> metadata;
  TaskGroup asking{runtime.executor,
                   [](const Status& status) { ADD_FAILURE() << MessageOf(status); }};
};

TEST_F(ClusterMetadataTest, OneRequestServesAllWhoWait) {
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      test.leaders["numbers"] = NodeId(2);
      test.first.answer_time = Milliseconds(10);
      std::vector<Status> results;
      for (const char* topic : {"words", "numbers", "words"}) {
        test.asking.Start(test.Await(topic, results));
      }
      co_await test.asking.Join();
      EXPECT_EQ(results.size(), 3u);
      for (const Status& result : results) EXPECT_TRUE(result.ok()) << result;
      EXPECT_EQ(test.asked, (std::vector<std::vector<std::string>>{{"numbers", "words"}}));
      co_await test.Await("words", results);
      EXPECT_EQ(test.asked.size(), 1u);  // known now
      const auto leader =
          co_await test.metadata->AwaitLeader("numbers", PartitionId(0), test.In(1'000));
      EXPECT_TRUE(leader.ok()) << leader.status();
      EXPECT_EQ(leader->address, test.second.address());
      EXPECT_EQ(test.metadata->refreshes(), 1u);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, ANewTopicDoesNotAskForTheOthersAgain) {
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      test.leaders["numbers"] = NodeId(2);
      std::vector<Status> results;
      co_await test.Await("words", results);
      const Instant begin = test.runtime.clock.Now();
      co_await test.Await("numbers", results);
      EXPECT_EQ(test.runtime.clock.Now(), begin);  // and waits for no back-off
      EXPECT_EQ(test.asked, (std::vector<std::vector<std::string>>{{"words"}, {"numbers"}}));
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, ATopicThatAppearsLaterIsWaitedForWithABackOff) {
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      std::vector<Status> results;
      test.asking.Start(test.Await("late", results));
      co_await test.Sleep(500);
      EXPECT_TRUE(results.empty());
      const size_t tries = test.asked.size();
      EXPECT_GE(tries, 4u);  // every 100 ms, give or take
      EXPECT_LE(tries, 7u);
      test.leaders["late"] = NodeId(1);
      co_await test.Sleep(150);
      EXPECT_EQ(results.size(), 1u);
      EXPECT_TRUE(results[0].ok()) << results[0];
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, ATopicThatNeverAppearsIsUnknownAtTheDeadline) {
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      std::vector<Status> results;
      const Instant begin = test.runtime.clock.Now();
      co_await test.Await("never", results);
      EXPECT_EQ(ErrorCodeOf(results[0]), ErrorCode::kUnknownTopicOrPartition);
      EXPECT_EQ(test.runtime.clock.Now() - begin, Milliseconds(1'000));
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, AnErrorThatNoRetryMendsEndsTheWaitAtOnce) {
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      test.errors["no good"] = ErrorCode::kInvalidTopicException;
      std::vector<Status> results;
      const Instant begin = test.runtime.clock.Now();
      co_await test.Await("no good", results);
      EXPECT_EQ(ErrorCodeOf(results[0]), ErrorCode::kInvalidTopicException);
      EXPECT_EQ(test.runtime.clock.Now(), begin);
      test.errors.clear();
      test.leaders["no good"] = NodeId(1);
      co_await test.Await("no good", results);
      EXPECT_TRUE(results[1].ok()) << results[1];  // it was asked again, not remembered
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, WhoAwaitsALeaderAfterAnErrorWaitsForTheRefresh) {
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      co_await test.Sleep(1);
      auto leader = co_await test.metadata->AwaitLeader("words", PartitionId(0), test.In(1'000));
      EXPECT_EQ(leader->node, NodeId(1));
      test.leaders["words"] = NodeId(2);
      test.epoch = LeaderEpoch(1);
      test.metadata->Invalidate();
      leader = co_await test.metadata->AwaitLeader("words", PartitionId(0), test.In(1'000));
      EXPECT_EQ(leader->node, NodeId(2));
      EXPECT_EQ(leader->epoch, LeaderEpoch(1));
      EXPECT_EQ(test.asked.size(), 2u);
      test.metadata->Invalidate();  // nobody waits, and it is mended all the same
      co_await test.Sleep(200);
      EXPECT_EQ(test.asked.size(), 3u);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, ALeaderThatAnAnswerNamesIsTakenIfItIsNewer) {
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      std::vector<Status> results;
      co_await test.Await("words", results);
      LeaderInfo told;
      told.node = NodeId(3);
      told.address = Address{.host = "kafka-3", .port = 9093};
      told.epoch = LeaderEpoch(0);
      EXPECT_FALSE(test.metadata->UpdateLeader("words", PartitionId(0), told));
      told.epoch = LeaderEpoch(1);
      EXPECT_TRUE(test.metadata->UpdateLeader("words", PartitionId(0), told));
      const auto leader = test.metadata->cache().FindLeader("words", PartitionId(0));
      EXPECT_EQ(leader->address.ToString(), "kafka-3:9093");
      EXPECT_EQ(test.asked.size(), 1u);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, TheCacheIsRefreshedByAgeAndForgetsWhatNobodyUses) {
  options.metadata_age_max = Milliseconds(60'000);
  options.metadata_idle_max = Milliseconds(100'000);
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      test.leaders["numbers"] = NodeId(2);
      std::vector<Status> results;
      co_await test.Await("words", results);
      co_await test.Await("numbers", results);
      co_await test.Sleep(59'999);
      EXPECT_EQ(test.asked.size(), 2u);
      co_await test.Sleep(2);
      EXPECT_EQ(test.asked.size(), 3u);
      EXPECT_EQ(test.asked.back(), (std::vector<std::string>{"numbers", "words"}));
      test.metadata->Follow("words");
      co_await test.Sleep(60'000);
      EXPECT_EQ(test.asked.size(), 4u);
      EXPECT_EQ(test.asked.back(), std::vector<std::string>{"words"});
      EXPECT_EQ(test.metadata->cache().FindTopic("numbers"), nullptr);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, TheNextServerIsAskedWhenOneIsDown) {
  options.bootstrap_servers = {first.address(), second.address()};
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      test.first.Kill();
      std::vector<Status> results;
      co_await test.Await("words", results);
      EXPECT_TRUE(results[0].ok()) << results[0];
      EXPECT_EQ(test.second.CountOf(ApiKey::kMetadata), 1u);
      // The one that is connected is asked first from now on.
      for (int i = 0; i < 5; ++i) {
        const Status refreshed = co_await test.metadata->Refresh(test.In(1'000));
        EXPECT_TRUE(refreshed.ok()) << refreshed;
      }
      EXPECT_EQ(test.second.CountOf(ApiKey::kMetadata), 6u);
      EXPECT_EQ(test.metadata->AnyBroker(), test.second.address());
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, ABrokerThatOnlyTheClusterKnowsServesWhenTheBootstrapServerIsGone) {
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      std::vector<Status> results;
      co_await test.Await("words", results);
      test.first.Kill();
      const Status refreshed = co_await test.metadata->Refresh(test.In(1'000));
      EXPECT_TRUE(refreshed.ok()) << refreshed;
      EXPECT_EQ(test.second.CountOf(ApiKey::kMetadata), 1u);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, WhenNobodyAnswersEveryServerAndTheStepIsNamed) {
  options.bootstrap_servers = {first.address(), second.address()};
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      test.first.Kill();
      test.second.Kill();
      std::vector<Status> results;
      const Instant begin = test.runtime.clock.Now();
      co_await test.Await("words", results);
      EXPECT_EQ(test.runtime.clock.Now() - begin, Milliseconds(1'000));
      EXPECT_EQ(ErrorCodeOf(results[0]), ErrorCode::kNetworkException);
      EXPECT_EQ(FailedStepOf(results[0]), ConnectStep::kConnect);
      const std::string_view message = MessageOf(results[0]);
      EXPECT_NE(message.find("none of 2 servers answers"), std::string_view::npos) << message;
      EXPECT_NE(message.find("kafka-1:9092: connection refused"), std::string_view::npos);
      EXPECT_NE(message.find("kafka-2:9092: connection refused"), std::string_view::npos);
      test.second.Start();
      const Status found = co_await test.metadata->AwaitTopic("words", test.In(10'000));
      EXPECT_TRUE(found.ok()) << found;
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, TheControllerAndBrokersAreFoundById) {
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      const auto controller = co_await test.metadata->AwaitController(test.In(1'000));
      EXPECT_EQ(*controller, test.second.address());
      const auto broker = co_await test.metadata->AwaitBroker(NodeId(1), test.In(1'000));
      EXPECT_EQ(*broker, test.first.address());
      EXPECT_EQ(test.asked.size(), 1u);
      const auto nobody = co_await test.metadata->AwaitBroker(NodeId(9), test.In(1'000));
      EXPECT_EQ(ErrorCodeOf(nobody.status()), ErrorCode::kBrokerNotAvailable);
      EXPECT_EQ(test.asked.size(), 2u);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, ABrokerThatKnowsOfNobodyIsNotBelieved) {
  options.bootstrap_servers = {first.address()};
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      const auto all = test.brokers;
      test.brokers.clear();
      std::vector<Status> results;
      test.asking.Start(test.Await("words", results));
      co_await test.Sleep(300);
      EXPECT_TRUE(results.empty());
      test.brokers = all;
      co_await test.asking.Join();
      EXPECT_TRUE(results[0].ok()) << results[0];
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, AClientThatIsTooOldForItsBrokersStartsFromTheBootstrapServers) {
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      std::vector<Status> results;
      co_await test.Await("words", results);
      test.top_error = ErrorCode::kRebootstrapRequired;
      const Status refused = co_await test.metadata->Refresh(test.In(1'000));
      EXPECT_EQ(ErrorCodeOf(refused), ErrorCode::kRebootstrapRequired);
      EXPECT_TRUE(test.metadata->cache().brokers().empty());
      EXPECT_EQ(test.metadata->AnyBroker(), test.first.address());
      test.asking.Start(test.Await("numbers", results));
      co_await test.Sleep(300);
      EXPECT_EQ(results.size(), 1u);
      test.top_error = ErrorCode::kNone;
      test.leaders["numbers"] = NodeId(2);
      co_await test.asking.Join();
      EXPECT_TRUE(results[1].ok()) << results[1];
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(ClusterMetadataTest, ClosingEndsThoseWhoWait) {
  struct Story {
    static Task<> Tell(ClusterMetadataTest& test) {
      std::vector<Status> results;
      test.asking.Start(test.Await("never", results));
      co_await test.Sleep(50);
      co_await test.metadata->Close();
      co_await test.asking.Join();
      EXPECT_EQ(results[0].code(), StatusCode::kCancelled);
      co_await test.Await("words", results);
      EXPECT_EQ(results[1].code(), StatusCode::kCancelled);
    }
  };
  Run(Story::Tell(*this));
}

}  // namespace
}  // namespace penstock
