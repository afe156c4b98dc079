// What the network in memory has beyond the other ones: nothing is copied on the way.
#include "runtime/sim/memory_network.h"

#include <gtest/gtest.h>

#include "runtime/sim/memory_connection.h"
#include "runtime/sim/sim_world.h"
#include "runtime/slice_stream.h"
#include "runtime/task_group.h"

namespace penstock {
namespace {

Task<StatusOr<Slice>> Receive(Connection& connection) {
  return dynamic_cast<SliceStream&>(connection).Receive();
}

struct Pair {
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Connection> client;
  std::unique_ptr<Connection> server;
};

Task<> Connect(Network& network, Pair& pair) {
  Address any{.host = "here", .port = 0};
  auto listener = co_await network.Listen(any);
  pair.listener = *std::move(listener);
  auto client = co_await network.Connect(pair.listener->address());
  pair.client = *std::move(client);
  auto server = co_await pair.listener->Accept();
  pair.server = *std::move(server);
}

Task<> SlicesComeThroughAsTheyAre(Runtime& runtime) {
  MemoryNetwork network(runtime.executor);
  Pair pair;
  co_await Connect(network, pair);
  const Slice head = Slice::CopyOf("head");
  const Slice records = Slice::Allocate(1 << 20);
  SliceChain frame(head);
  frame.Append(records);
  const Status sent = co_await pair.client->Write(std::move(frame));
  EXPECT_TRUE(sent.ok()) << sent;
  const StatusOr<Slice> first = co_await Receive(*pair.server);
  EXPECT_EQ(first->data(), head.data());
  EXPECT_EQ(first->size(), head.size());
  const StatusOr<Slice> second = co_await Receive(*pair.server);
  EXPECT_EQ(second->data(), records.data());
  EXPECT_EQ(second->size(), records.size());
}

TEST(MemoryNetwork, SlicesComeThroughAsTheyAre) {
  SimWorld world(1);
  world.Run(SlicesComeThroughAsTheyAre(world.runtime()));
}

Task<> WriteSlices(Connection& connection, Slice slice, int count, int& written) {
  for (; written < count; ++written) {
    SliceChain data(slice);
    const Status sent = co_await connection.Write(std::move(data));
    EXPECT_TRUE(sent.ok()) << sent;
  }
}

Task<> AWriterWaitsForTheReader(SimWorld& world) {
  MemoryNetwork network(world.runtime().executor);
  Pair pair;
  co_await Connect(network, pair);
  const int window = MemoryConnection::kWindowBytes >> 20;
  int written = 0;
  TaskGroup group(world.runtime().executor, [](const Status&) {});
  group.Start(WriteSlices(*pair.client, Slice::Allocate(1 << 20), 2 * window, written));
  const Instant later = world.runtime().clock.Now() + Milliseconds(1);
  co_await world.runtime().timers.SleepUntil(later);
  EXPECT_EQ(written, window);
  for (int i = 0; i < 2 * window; ++i) {
    const StatusOr<Slice> bytes = co_await Receive(*pair.server);
    EXPECT_EQ(bytes->size(), size_t{1} << 20);
  }
  co_await group.Join();
  EXPECT_EQ(written, 2 * window);
}

TEST(MemoryNetwork, AWriterWaitsForTheReader) {
  SimWorld world(1);
  world.Run(AWriterWaitsForTheReader(world));
}

Task<> AListenerThatGoesResetsWhoWaits(Runtime& runtime) {
  MemoryNetwork network(runtime.executor);
  Address any{.host = "here", .port = 0};
  auto listener = co_await network.Listen(any);
  auto client = co_await network.Connect((*listener)->address());
  SliceChain data(Slice::CopyOf("anybody?"));
  const Status sent = co_await (*client)->Write(std::move(data));
  EXPECT_TRUE(sent.ok()) << sent;
  listener->reset();
  const StatusOr<Slice> answer = co_await Receive(**client);
  EXPECT_EQ(answer.status().code(), StatusCode::kUnavailable) << answer.status();
}

TEST(MemoryNetwork, AListenerThatGoesResetsWhoWaits) {
  SimWorld world(1);
  world.Run(AListenerThatGoesResetsWhoWaits(world.runtime()));
}

}  // namespace
}  // namespace penstock
