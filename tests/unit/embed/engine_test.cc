// A client for all threads: work is done on its thread, and after the end there is an answer too.
#include "embed/engine.h"

#include <thread>

#include "embed/shared_producer.h"
#include "tests/unit/embed/doors.h"

namespace penstock {
namespace {

Task<Status> Ask(Engine::Parts& parts) {
  const auto described = co_await parts.admin.DescribeCluster(AdminOptions());
  co_return described.status();
}

TEST(EngineTest, AsksTheNodeItLivesIn) {
  const auto engine = ClientOf(OpenNode());
  EXPECT_EQ(engine->Run(Ask), OkStatus());
}

TEST(EngineTest, ManyThreadsAskAtOnce) {
  const auto engine = ClientOf(OpenNode());
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) answered += engine->Run(Ask).ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 160);
}

TEST(EngineTest, AnswersCancelledOnceItIsClosed) {
  const auto engine = ClientOf(OpenNode());
  engine->Close(Milliseconds(1000));
  EXPECT_TRUE(engine->closed());
  EXPECT_EQ(engine->Run(Ask).code(), StatusCode::kCancelled);
  engine->Close(Milliseconds(1000));
  EXPECT_EQ(SharedProducer::Create(engine, {}).status().code(), StatusCode::kCancelled);
}

TEST(EngineTest, OneThatCannotConnectSaysWhereItTried) {
  ClientOptions options;
  options.bootstrap_servers = {Address{.host = "127.0.0.1", .port = 1}};
  const auto engine = Engine::Connect(options);
  ASSERT_TRUE(engine.ok()) << engine.status();
  AdminOptions soon;
  soon.timeout = Milliseconds(1000);
  const auto described =
      (*engine)->Run([&](Engine::Parts& parts) { return parts.admin.DescribeCluster(soon); });
  ASSERT_FALSE(described.ok());
  EXPECT_NE(described.status().message().find("127.0.0.1:1"), std::string_view::npos)
      << described.status();
}

TEST(EngineTest, OutlivesTheStopOfItsNode) {
  const auto node = OpenNode();
  const auto engine = ClientOf(node);
  ASSERT_EQ(node->Stop(), OkStatus());
  AdminOptions soon;
  soon.timeout = Milliseconds(100);
  const auto described =
      engine->Run([&](Engine::Parts& parts) { return parts.admin.DescribeCluster(soon); });
  EXPECT_FALSE(described.ok());
}

}  // namespace
}  // namespace penstock
