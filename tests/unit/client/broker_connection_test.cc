#include "client/broker_connection.h"

#include <gtest/gtest.h>

#include "client/connect_step.h"
#include "protocol/messages/heartbeat.h"
#include "protocol/messages/metadata.h"
#include "runtime/race.h"
#include "runtime/yield.h"
#include "tests/unit/client/scripted_broker.h"

namespace penstock {
namespace {

class BrokerConnectionTest : public testing::Test {
 public:
  BrokerConnectionTest() {
    broker.On<HeartbeatRequest>([](const HeartbeatRequest& request) {
      HeartbeatResponse response;
      response.throttle_time_ms = request.generation_id;  // says whose answer it is
      return response;
    });
  }

  void Run(Task<> story) {
    world.Run(std::move(story));
    world.Run(background.Stop());
  }
  Task<StatusOr<std::shared_ptr<BrokerConnection>>> Open() {
    return BrokerConnection::Open(runtime, background, options, broker.address());
  }
  Task<> Beat(BrokerConnection& connection, int32_t generation,
              std::vector<StatusOr<int32_t>>& answers) {
    HeartbeatRequest request;
    request.generation_id = generation;
    auto response = co_await connection.Call(std::move(request));
    if (response.ok()) {
      answers.emplace_back(response->throttle_time_ms);
    } else {
      answers.emplace_back(response.status());
    }
  }
  Task<> Sleep(Duration duration) {
    const Instant until = runtime.clock.Now() + duration;
    co_await runtime.timers.SleepUntil(until);
  }

  SimWorld world{7};
  Runtime& runtime = world.runtime();
  ScriptedBroker broker{world, "kafka-1"};
  ClientOptions options;
  TaskGroup background{runtime.executor,
                       [](const Status& status) { ADD_FAILURE() << MessageOf(status); }};
};

TEST_F(BrokerConnectionTest, AnswersOfManyRequestsInFlightGoToThoseWhoAsked) {
  struct Story {
    static Task<> Tell(BrokerConnectionTest& test) {
      test.broker.answer_time = Milliseconds(10);
      auto connection = co_await test.Open();
      EXPECT_TRUE(connection.ok()) << connection.status();
      std::vector<StatusOr<int32_t>> answers;
      for (const int32_t generation : {11, 22, 33}) {
        test.background.Start(test.Beat(**connection, generation, answers));
      }
      co_await test.Sleep(Milliseconds(5));
      EXPECT_EQ((*connection)->in_flight(), 3u);
      EXPECT_TRUE(answers.empty());
      co_await test.Sleep(Milliseconds(50));
      EXPECT_EQ((*connection)->in_flight(), 0u);
      EXPECT_EQ(answers, (std::vector<StatusOr<int32_t>>{11, 22, 33}));
      (*connection)->Close();
    }
  };
  Run(Story::Tell(*this));
  EXPECT_EQ(broker.accepted, 1u);
}

TEST_F(BrokerConnectionTest, ARequestIsSentInTheHighestVersionThatBothSidesHave) {
  broker.serves[ApiKey::kHeartbeat] = VersionRange{0, 2};
  broker.serves.erase(ApiKey::kMetadata);
  struct Story {
    static Task<> Tell(BrokerConnectionTest& test) {
      auto connection = co_await test.Open();
      EXPECT_TRUE(connection.ok()) << connection.status();
      std::vector<StatusOr<int32_t>> answers;
      co_await test.Beat(**connection, 1, answers);
      EXPECT_EQ(test.broker.seen.back().version, 2);
      HeartbeatRequest request;
      CallOptions below;
      below.version_max = 1;
      const auto older = co_await (*connection)->Call(std::move(request), below);
      EXPECT_TRUE(older.ok()) << older.status();
      EXPECT_EQ(test.broker.seen.back().version, 1);
      const size_t sent = test.broker.seen.size();
      MetadataRequest unknown;
      const auto refused = co_await (*connection)->Call(std::move(unknown));
      EXPECT_EQ(ErrorCodeOf(refused.status()), ErrorCode::kUnsupportedVersion);
      EXPECT_EQ(MessageOf(refused.status()), "the broker does not serve Metadata");
      EXPECT_EQ(test.broker.seen.size(), sent);
      EXPECT_FALSE((*connection)->closed());
      (*connection)->Close();
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(BrokerConnectionTest, AnOlderBrokerTellsWhichHandshakeItUnderstands) {
  broker.serves[ApiKey::kApiVersions] = VersionRange{0, 2};
  struct Story {
    static Task<> Tell(BrokerConnectionTest& test) {
      auto connection = co_await test.Open();
      EXPECT_TRUE(connection.ok()) << connection.status();
      EXPECT_EQ((*connection)->versions().Find(ApiKey::kApiVersions), (VersionRange{0, 2}));
      (*connection)->Close();
    }
  };
  Run(Story::Tell(*this));
  ASSERT_EQ(broker.seen.size(), 2u);
  EXPECT_EQ(broker.seen[0].version, ApiVersionsRequest::kVersions.max);
  EXPECT_EQ(broker.seen[1].version, 2);
}

TEST_F(BrokerConnectionTest, AnAnswerThatIsLateEndsTheConnection) {
  struct Story {
    static Task<> Tell(BrokerConnectionTest& test) {
      auto connection = co_await test.Open();
      EXPECT_TRUE(connection.ok()) << connection.status();
      test.broker.On<HeartbeatRequest>([](const HeartbeatRequest&) { return std::nullopt; });
      std::vector<StatusOr<int32_t>> answers;
      test.background.Start(test.Beat(**connection, 1, answers));
      co_await test.Sleep(Milliseconds(20'000));
      test.background.Start(test.Beat(**connection, 2, answers));
      co_await test.Sleep(Milliseconds(9'999));
      EXPECT_TRUE(answers.empty());
      co_await test.Sleep(Milliseconds(2));
      EXPECT_EQ(answers.size(), 2u);
      EXPECT_EQ(ErrorCodeOf(answers[0].status()), ErrorCode::kRequestTimedOut);
      EXPECT_EQ(ErrorCodeOf(answers[1].status()), ErrorCode::kNetworkException);
      EXPECT_TRUE((*connection)->closed());
      EXPECT_TRUE(IsRetriable((*connection)->end()));
      co_await test.Beat(**connection, 3, answers);
      EXPECT_EQ(ErrorCodeOf(answers[2].status()), ErrorCode::kNetworkException);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(BrokerConnectionTest, ACallMayAllowLessTimeThanTheConnection) {
  struct Story {
    static Task<> Tell(BrokerConnectionTest& test) {
      auto connection = co_await test.Open();
      EXPECT_TRUE(connection.ok()) << connection.status();
      test.broker.answer_time = Milliseconds(500);
      std::vector<StatusOr<int32_t>> answers;
      test.background.Start(test.Beat(**connection, 1, answers));
      CallOptions hurried;
      hurried.timeout = Milliseconds(200);
      HeartbeatRequest request;
      const Instant begin = test.runtime.clock.Now();
      const auto late = co_await (*connection)->Call(std::move(request), hurried);
      EXPECT_EQ(ErrorCodeOf(late.status()), ErrorCode::kRequestTimedOut);
      EXPECT_EQ(test.runtime.clock.Now() - begin, Milliseconds(200));
      co_await test.Sleep(Milliseconds(1));
      EXPECT_EQ(answers.size(), 1u);
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(BrokerConnectionTest, ACancelledCallLeavesTheAnswersOfOthersAlone) {
  struct Story {
    static Task<> Tell(BrokerConnectionTest& test) {
      test.broker.answer_time = Milliseconds(10);
      auto connection = co_await test.Open();
      EXPECT_TRUE(connection.ok()) << connection.status();
      std::vector<StatusOr<int32_t>> answers;
      Task<> given_up = test.Beat(**connection, 1, answers);
      const Instant deadline = test.runtime.clock.Now() + Milliseconds(5);
      const auto in_time = co_await Before(test.runtime.timers, deadline, std::move(given_up));
      EXPECT_FALSE(in_time.has_value());
      co_await test.Beat(**connection, 2, answers);
      EXPECT_EQ(answers, std::vector<StatusOr<int32_t>>{2});
      (*connection)->Close();
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(BrokerConnectionTest, ABrokerThatDiesEndsEveryCallInFlight) {
  struct Story {
    static Task<> Tell(BrokerConnectionTest& test) {
      test.broker.answer_time = Milliseconds(100);
      auto connection = co_await test.Open();
      EXPECT_TRUE(connection.ok()) << connection.status();
      std::vector<StatusOr<int32_t>> answers;
      test.background.Start(test.Beat(**connection, 1, answers));
      test.background.Start(test.Beat(**connection, 2, answers));
      co_await test.Sleep(Milliseconds(50));
      test.broker.Kill();
      co_await test.Sleep(Milliseconds(1));
      EXPECT_EQ(answers.size(), 2u);
      for (const auto& answer : answers) {
        EXPECT_EQ(ErrorCodeOf(answer.status()), ErrorCode::kNetworkException) << answer.status();
        EXPECT_TRUE(IsRetriable(answer.status()));
      }
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(BrokerConnectionTest, AnAnswerThatEndsInTheMiddleIsANetworkError) {
  struct Story {
    static Task<> Tell(BrokerConnectionTest& test) {
      auto connection = co_await test.Open();
      EXPECT_TRUE(connection.ok()) << connection.status();
      test.broker.answer_bytes_max = 9;
      std::vector<StatusOr<int32_t>> answers;
      co_await test.Beat(**connection, 1, answers);
      EXPECT_EQ(ErrorCodeOf(answers[0].status()), ErrorCode::kNetworkException);
      EXPECT_EQ(MessageOf(answers[0].status()),
                "kafka-1:9092 closed the connection in the middle of an answer");
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(BrokerConnectionTest, AnAnswerToAnotherRequestIsNotTrusted) {
  struct Story {
    static Task<> Tell(BrokerConnectionTest& test) {
      auto connection = co_await test.Open();
      EXPECT_TRUE(connection.ok()) << connection.status();
      test.broker.correlation_error = 1;
      std::vector<StatusOr<int32_t>> answers;
      co_await test.Beat(**connection, 1, answers);
      EXPECT_EQ(answers[0].status().code(), StatusCode::kInternal);
      EXPECT_TRUE((*connection)->closed());
    }
  };
  Run(Story::Tell(*this));
}

TEST_F(BrokerConnectionTest, ARequestWithoutAnAnswerDoesNotHoldUpTheNext) {
  struct Story {
    static Task<> Tell(BrokerConnectionTest& test) {
      auto connection = co_await test.Open();
      EXPECT_TRUE(connection.ok()) << connection.status();
      HeartbeatRequest silent;
      silent.member_id = "silent";
      test.broker.On<HeartbeatRequest>(
          [](const HeartbeatRequest& request) -> std::optional<HeartbeatResponse> {
            if (request.member_id == "silent") return std::nullopt;
            HeartbeatResponse response;
            response.throttle_time_ms = 5;
            return response;
          });
      const Status sent = co_await (*connection)->Send(std::move(silent));
      EXPECT_TRUE(sent.ok()) << sent;
      EXPECT_EQ((*connection)->in_flight(), 0u);
      std::vector<StatusOr<int32_t>> answers;
      co_await test.Beat(**connection, 1, answers);
      EXPECT_EQ(answers, std::vector<StatusOr<int32_t>>{5});
      EXPECT_EQ(test.broker.CountOf(ApiKey::kHeartbeat), 2u);
      (*connection)->Close();
      HeartbeatRequest late;
      const Status refused = co_await (*connection)->Send(std::move(late));
      EXPECT_EQ(refused.code(), StatusCode::kCancelled);
    }
  };
  Run(Story::Tell(*this));
}

// --- the steps of a connect that fails ---

struct Failure {
  std::optional<ConnectStep> step;
  ErrorCode code;
  std::string message;
};

class ConnectFailureTest : public BrokerConnectionTest {
 public:
  static Task<> Fail(ConnectFailureTest& test, Address address, Failure& failure) {
    const auto connection =
        co_await BrokerConnection::Open(test.runtime, test.background, test.options, address);
    failure.step = FailedStepOf(connection.status());
    failure.code = ErrorCodeOf(connection.status());
    failure.message = std::string(MessageOf(connection.status()));
  }
  Failure FailureAt(Address address) {
    Failure failure;
    Run(Fail(*this, std::move(address), failure));
    return failure;
  }
};

TEST_F(ConnectFailureTest, ANameThatNoHostHas) {
  const Failure failure = FailureAt(Address{.host = "kafka-9", .port = 9092});
  EXPECT_EQ(failure.step, ConnectStep::kResolve);
  EXPECT_EQ(failure.message, "connect to kafka-9:9092: no such host");
}

TEST_F(ConnectFailureTest, APortThatNobodyListensAt) {
  const Failure failure = FailureAt(Address{.host = "kafka-1", .port = 9093});
  EXPECT_EQ(failure.step, ConnectStep::kConnect);
  EXPECT_EQ(failure.code, ErrorCode::kNetworkException);
  EXPECT_EQ(failure.message, "connect to kafka-1:9093: connection refused");
}

TEST_F(ConnectFailureTest, AHostThatCannotBeReached) {
  world.network().CutBoth(world.driver(), broker.node());
  options.connection_setup_timeout = Milliseconds(3'000);
  const Failure failure = FailureAt(broker.address());
  EXPECT_EQ(failure.step, ConnectStep::kConnect);
  EXPECT_EQ(failure.message,
            "connect to kafka-1:9092: no answer within 3000 ms "
            "(socket.connection.setup.timeout.ms)");
  EXPECT_EQ(runtime.clock.Now().since_start, Milliseconds(3'000));
}

TEST_F(ConnectFailureTest, AServerThatSaysNothing) {
  broker.On<ApiVersionsRequest>([](const ApiVersionsRequest&) { return std::nullopt; });
  const Failure failure = FailureAt(broker.address());
  EXPECT_EQ(failure.step, ConnectStep::kHandshake);
  EXPECT_EQ(failure.message,
            "shake hands with kafka-1:9092: no answer within 10000 ms "
            "(socket.connection.setup.timeout.ms)");
  EXPECT_EQ(runtime.clock.Now().since_start, Milliseconds(10'000));
}

TEST_F(ConnectFailureTest, AWebServer) {
  broker.says = Slice::CopyOf(std::string_view("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const Failure failure = FailureAt(broker.address());
  EXPECT_EQ(failure.step, ConnectStep::kHandshake);
  EXPECT_EQ(failure.message,
            "shake hands with kafka-1:9092: kafka-1:9092 is no Kafka listener: it answers in HTTP: "
            "this is the port of something else");
}

TEST_F(ConnectFailureTest, AListenerThatWantsTls) {
  broker.says = Slice::CopyOf(std::string_view("\x15\x03\x03\x00\x02\x02\x46", 7));
  const Failure failure = FailureAt(broker.address());
  EXPECT_EQ(failure.step, ConnectStep::kHandshake);
  EXPECT_NE(failure.message.find("it answers in TLS"), std::string::npos) << failure.message;
}

TEST_F(ConnectFailureTest, AServerThatClosesAtOnce) {
  broker.answer_bytes_max = 0;
  const Failure failure = FailureAt(broker.address());
  EXPECT_EQ(failure.step, ConnectStep::kHandshake);
  EXPECT_EQ(failure.code, ErrorCode::kNetworkException);
}

TEST_F(ConnectFailureTest, AnAnswerThatIsTooLargeIsRefusedBeforeItIsRead) {
  options.response_bytes_max = 20;
  const Failure failure = FailureAt(broker.address());
  EXPECT_EQ(failure.step, ConnectStep::kHandshake);
  EXPECT_NE(failure.message.find("from 4 to 20 are possible"), std::string::npos)
      << failure.message;
}

TEST_F(ConnectFailureTest, AnOpenThatIsCancelledLeavesNothingBehind) {
  struct Story {
    static Task<> Tell(ConnectFailureTest& test) {
      test.broker.On<ApiVersionsRequest>([](const ApiVersionsRequest&) { return std::nullopt; });
      auto opening = test.Open();
      const Instant deadline = test.runtime.clock.Now() + Milliseconds(100);
      const auto opened = co_await Before(test.runtime.timers, deadline, std::move(opening));
      EXPECT_FALSE(opened.has_value());
      co_await Yield(test.runtime.executor);
      co_await test.background.Join();
    }
  };
  Run(Story::Tell(*this));
}

}  // namespace
}  // namespace penstock
