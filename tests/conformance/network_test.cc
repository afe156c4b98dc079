// The Network port: one suite, every world.
#include <gtest/gtest.h>

#include "base/strings.h"
#include "runtime/race.h"
#include "runtime/seeded_random.h"
#include "runtime/task_group.h"
#include "tests/conformance/worlds.h"

namespace penstock {
namespace {

class NetworkConformanceTest : public ConformanceTest {};
INSTANTIATE_TEST_SUITE_P(Worlds, NetworkConformanceTest, testing::ValuesIn(AllWorlds()),
                         NameOfWorld);

struct Pair {
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Connection> client;
  std::unique_ptr<Connection> server;
};

Task<> Connect(Network& network, std::string host, Pair& pair) {
  Address any{.host = host, .port = 0};
  auto listener = co_await network.Listen(any);
  EXPECT_TRUE(listener.ok()) << listener.status();
  pair.listener = *std::move(listener);
  EXPECT_NE(pair.listener->address().port, 0);
  EXPECT_EQ(pair.listener->address().host, host);
  Address target{.host = host.empty() ? "127.0.0.1" : host, .port = pair.listener->address().port};
  auto client = co_await network.Connect(target);
  EXPECT_TRUE(client.ok()) << client.status();
  pair.client = *std::move(client);
  auto server = co_await pair.listener->Accept();
  EXPECT_TRUE(server.ok()) << server.status();
  pair.server = *std::move(server);
}

Task<std::string> ReadText(Connection& connection, size_t size) {
  std::string text;
  while (text.size() < size) {
    Slice buffer = Slice::Allocate(size - text.size());
    const auto count = co_await connection.Read(buffer);
    if (!count.ok()) co_return StrCat(text, "<", MessageOf(count.status()), ">");
    if (*count == 0) break;
    text += buffer.Sub(0, *count).text();
  }
  co_return text;
}

Task<Status> WriteText(Connection& connection, std::string text) {
  SliceChain data(Slice::CopyOf(text));
  co_return co_await connection.Write(std::move(data));
}

Task<> BytesArriveInOrderBothWays(WorldUnderTest& world) {
  for (const std::string host : {"127.0.0.1", "", "localhost"}) {
    Pair pair;
    co_await Connect(world.network(), host, pair);
    EXPECT_EQ(pair.server->peer(), pair.client->local());
    EXPECT_EQ(pair.server->local().port, pair.client->peer().port);
    const Status asked = co_await WriteText(*pair.client, "question");
    EXPECT_TRUE(asked.ok()) << asked;
    const std::string question = co_await ReadText(*pair.server, 8);
    EXPECT_EQ(question, "question");
    const Status answered = co_await WriteText(*pair.server, "answer");
    EXPECT_TRUE(answered.ok()) << answered;
    const std::string answer = co_await ReadText(*pair.client, 6);
    EXPECT_EQ(answer, "answer");
  }
}
TEST_P(NetworkConformanceTest, BytesArriveInOrderBothWays) {
  world->Run(BytesArriveInOrderBothWays(*world));
}

Task<Status> SendMuch(Connection& connection, size_t bytes) {
  SeededRandom random(1, 1);
  SliceChain data;
  while (data.size() < bytes) {
    Slice slice = Slice::Allocate(1 + random.Below(20'000));
    for (size_t i = 0; i < slice.size(); ++i) {
      slice.mutable_data()[i] = static_cast<uint8_t>((data.size() + i) * 2654435761U >> 13);
    }
    data.Append(slice);
  }
  const Status status = co_await connection.Write(std::move(data));
  connection.Close();
  co_return status;
}

Task<> MoreThanEveryBufferArrivesWhole(WorldUnderTest& world) {
  constexpr size_t kBytes = size_t{20} << 20;
  Pair pair;
  co_await Connect(world.network(), "127.0.0.1", pair);
  std::string error;
  TaskGroup group(world.runtime().executor,
                  [&error](const Status& status) { error = MessageOf(status); });
  group.Start(SendMuch(*pair.client, kBytes));
  size_t total = 0;
  size_t wrong = 0;
  Slice buffer = Slice::Allocate(100'000);
  while (true) {
    const auto count = co_await pair.server->Read(buffer);
    EXPECT_TRUE(count.ok()) << count.status();
    if (!count.ok() || *count == 0) break;
    for (size_t i = 0; i < *count; ++i) {
      if (buffer.data()[i] != static_cast<uint8_t>((total + i) * 2654435761U >> 13)) ++wrong;
    }
    total += *count;
  }
  EXPECT_GE(total, kBytes);
  EXPECT_EQ(wrong, 0U);
  co_await group.Join();
  EXPECT_EQ(error, "");
}
TEST_P(NetworkConformanceTest, MoreThanEveryBufferArrivesWhole) {
  world->Run(MoreThanEveryBufferArrivesWhole(*world));
}

Task<> TheEndOfAStreamIsZeroBytes(WorldUnderTest& world) {
  Pair pair;
  co_await Connect(world.network(), "127.0.0.1", pair);
  const Status sent = co_await WriteText(*pair.client, "last words");
  EXPECT_TRUE(sent.ok());
  pair.client->Close();
  const std::string words = co_await ReadText(*pair.server, 1000);
  EXPECT_EQ(words, "last words");
  Slice buffer = Slice::Allocate(10);
  const auto again = co_await pair.server->Read(buffer);
  EXPECT_EQ(again.value_or(1), 0U);
  const auto own_side = co_await pair.client->Read(buffer);
  EXPECT_EQ(own_side.status().code(), StatusCode::kCancelled);
}
TEST_P(NetworkConformanceTest, TheEndOfAStreamIsZeroBytes) {
  world->Run(TheEndOfAStreamIsZeroBytes(*world));
}

Task<> CloseAfter(Timers& timers, Instant when, Connection& connection) {
  co_await timers.SleepUntil(when);
  connection.Close();
}

Task<> CloseEndsAPendingReadAndWrite(WorldUnderTest& world) {
  Runtime& runtime = world.runtime();
  Pair pair;
  co_await Connect(world.network(), "127.0.0.1", pair);
  TaskGroup group(runtime.executor, [](const Status&) {});
  const Instant soon = runtime.clock.Now() + Milliseconds(20);
  group.Start(CloseAfter(runtime.timers, soon, *pair.client));
  group.Start(SendMuch(*pair.client, size_t{40} << 20));  // nobody reads it
  Slice buffer = Slice::Allocate(10);
  const auto read = co_await pair.client->Read(buffer);
  EXPECT_EQ(read.status().code(), StatusCode::kCancelled) << read.status();
  co_await group.Join();
}
TEST_P(NetworkConformanceTest, CloseEndsAPendingReadAndWrite) {
  world->Run(CloseEndsAPendingReadAndWrite(*world));
}

Task<> WritingToAPeerThatHasGoneFails(WorldUnderTest& world) {
  Pair pair;
  co_await Connect(world.network(), "127.0.0.1", pair);
  pair.server.reset();
  Status status;
  for (int i = 0; i < 100 && status.ok(); ++i) {
    status = co_await WriteText(*pair.client, "is anybody there?");
    const Instant later = world.runtime().clock.Now() + Milliseconds(1);
    co_await world.runtime().timers.SleepUntil(later);
  }
  EXPECT_EQ(status.code(), StatusCode::kUnavailable) << status;
}
TEST_P(NetworkConformanceTest, WritingToAPeerThatHasGoneFails) {
  world->Run(WritingToAPeerThatHasGoneFails(*world));
}

Task<> ACancelledReadLosesNothing(WorldUnderTest& world) {
  Runtime& runtime = world.runtime();
  Pair pair;
  co_await Connect(world.network(), "127.0.0.1", pair);
  Slice buffer = Slice::Allocate(100);
  const Instant soon = runtime.clock.Now() + Milliseconds(2);
  Task<StatusOr<size_t>> read = pair.server->Read(buffer);
  const auto nothing = co_await Before(runtime.timers, soon, std::move(read));
  EXPECT_FALSE(nothing.has_value());
  const Status sent = co_await WriteText(*pair.client, "late");
  EXPECT_TRUE(sent.ok());
  const std::string text = co_await ReadText(*pair.server, 4);
  EXPECT_EQ(text, "late");
}
TEST_P(NetworkConformanceTest, ACancelledReadLosesNothing) {
  world->Run(ACancelledReadLosesNothing(*world));
}

Task<> PortsAreTakenOnceAndGivenBack(WorldUnderTest& world) {
  Network& network = world.network();
  Address any{.host = "127.0.0.1", .port = 0};
  auto first = co_await network.Listen(any);
  const Address taken = (*first)->address();
  auto second = co_await network.Listen(taken);
  EXPECT_EQ(second.status().code(), StatusCode::kFailedPrecondition) << second.status();
  EXPECT_NE(MessageOf(second.status()).find("in use"), std::string_view::npos) << second.status();
  first->reset();
  auto refused = co_await network.Connect(taken);
  EXPECT_EQ(refused.status().code(), StatusCode::kUnavailable) << refused.status();
  second = co_await network.Listen(taken);
  EXPECT_TRUE(second.ok()) << second.status();
}
TEST_P(NetworkConformanceTest, PortsAreTakenOnceAndGivenBack) {
  world->Run(PortsAreTakenOnceAndGivenBack(*world));
}

Task<> ANameWithoutAHostIsNotFound(WorldUnderTest& world) {
  Address nowhere{.host = "no host", .port = 9092};  // no resolver asks for a name with a space
  auto connection = co_await world.runtime().network.Connect(nowhere);
  EXPECT_EQ(connection.status().code(), StatusCode::kNotFound) << connection.status();
}
TEST_P(NetworkConformanceTest, ANameWithoutAHostIsNotFound) {
  world->Run(ANameWithoutAHostIsNotFound(*world));
}

}  // namespace
}  // namespace penstock
