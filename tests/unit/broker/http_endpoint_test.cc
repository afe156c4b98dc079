#include "broker/http_endpoint.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "broker/limits.h"
#include "runtime/sim/sim_world.h"
#include "tests/unit/broker/fake_front.h"

namespace penstock {
namespace {

class Operator {
 public:
  Operator()
      : world(1),
        output{.sink = lines, .clock = [this] { return world.runtime().clock.WallNow(); }},
        logger(output, "http") {}

  void Run(Task<> story) { world.Run(WithEndpoint(std::move(story))); }

  // Sends `request` and returns what comes until the other side closes.
  Task<std::string> Ask(std::string request) {
    auto connection = co_await world.runtime().network.Connect(endpoint->address());
    EXPECT_TRUE(connection.ok());
    SliceChain bytes(Slice::CopyOf(request));
    const Status sent = co_await (*connection)->Write(std::move(bytes));
    EXPECT_TRUE(sent.ok());
    std::string answer;
    while (true) {
      Slice buffer = Slice::Allocate(1000);
      const Slice filled = buffer;
      const auto read = co_await (*connection)->Read(std::move(buffer));
      if (!read.ok() || *read == 0) co_return answer;
      answer += filled.Sub(0, *read).text();
    }
  }

  SimWorld world;
  CapturedLines lines;
  LogOutput output;
  Logger logger;
  bool ready = false;
  std::unique_ptr<HttpEndpoint> endpoint;

 private:
  Task<> WithEndpoint(Task<> story) {
    const Address wanted{"localhost", 0};
    auto port = co_await world.runtime().network.Listen(wanted);
    HttpContent content{.metrics = [] { return std::string("penstock_serving 1\n"); },
                        .ready = [this] { return ready; }};
    endpoint = std::make_unique<HttpEndpoint>(world.runtime(), logger, *std::move(port),
                                              std::move(content));
    endpoint->Start();
    co_await story;
    co_await endpoint->Stop();
  }
};

std::string Get(std::string_view path) {
  return StrCat("GET ", path, " HTTP/1.1\r\nConnection: close\r\n\r\n");
}

Task<> Asks(Operator& person, std::string request, std::string_view status, std::string_view end) {
  const std::string answer = co_await person.Ask(std::move(request));
  EXPECT_TRUE(answer.starts_with(StrCat("HTTP/1.1 ", status))) << answer;
  EXPECT_TRUE(answer.ends_with(end)) << answer;
}

TEST(HttpEndpoint, MetricsAreText) {
  Operator person;
  person.Run(Asks(person, Get("/metrics"), "200 OK", "\r\n\r\npenstock_serving 1\n"));
}

TEST(HttpEndpoint, IsHealthyBeforeItIsReady) {
  Operator person;
  person.Run(Asks(person, Get("/healthz"), "200 OK", "ok\n"));
  Operator waiting;
  waiting.Run(Asks(waiting, Get("/readyz"), "503", "not ready\n"));
  Operator served;
  served.ready = true;
  served.Run(Asks(served, Get("/readyz"), "200 OK", "ready\n"));
}

TEST(HttpEndpoint, OtherPathsAndMethodsAreRefused) {
  Operator person;
  person.Run(Asks(person, Get("/topics"), "404", "/readyz\n"));
  Operator deleting;
  deleting.Run(Asks(deleting, "DELETE /metrics HTTP/1.0\r\n\r\n", "405", "HEAD\n"));
  Operator babbling;
  babbling.Run(Asks(babbling, "hello\r\n\r\n", "400", "body\n"));
}

TEST(HttpEndpoint, SeveralRequestsMayShareAConnection) {
  Operator person;
  person.Run(Asks(person, "GET /healthz HTTP/1.1\r\n\r\nHEAD /healthz HTTP/1.1\r\n\r\n" + Get("/x"),
                  "200 OK", "/readyz\n"));
}

Task<> TooLong(Operator& person) {
  const std::string answer = co_await person.Ask(std::string(3 * kHttpHeadBytesMax, 'x'));
  EXPECT_EQ(answer, "");
}

TEST(HttpEndpoint, AHeadWithoutEndIsNotCollected) {
  Operator person;
  person.Run(TooLong(person));
}

Task<> SaysNothing(Operator& person) {
  const Instant begin = person.world.now();
  const std::string answer = co_await person.Ask("GET /");
  EXPECT_EQ(answer, "");
  EXPECT_GE(person.world.now() - begin, kHttpExchangeMax);
}

TEST(HttpEndpoint, APeerThatSaysNothingIsLeft) {
  Operator person;
  person.Run(SaysNothing(person));
}

}  // namespace
}  // namespace penstock
