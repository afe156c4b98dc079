#include "broker/connection_table.h"

#include <gtest/gtest.h>

#include "broker/limits.h"
#include "tests/unit/broker/fake_front.h"

namespace penstock {
namespace {

Task<> IdleIsClosed(FakeFront& front) {
  front.idle_ms_max = 1000;
  FakeClient idle = co_await FakeClient::Connect(front);
  FakeClient polling = co_await FakeClient::Connect(front);
  const Status sent = co_await polling.Send(1, "poll");
  EXPECT_TRUE(sent.ok());
  co_await front.Sleep(Milliseconds(900));
  EXPECT_EQ(front.connections.size(), 2u);
  co_await front.Sleep(Milliseconds(1000));
  // A request under way is not idle, however long it takes.
  EXPECT_EQ(front.connections.size(), 1u);
  const int32_t closed = co_await idle.Receive();
  EXPECT_EQ(closed, -1);
  front.fake.go_on.Set();
  const int32_t answered = co_await polling.Receive();
  EXPECT_EQ(answered, 1);
}

TEST(ConnectionTable, ClosesConnectionsThatAreIdle) {
  FakeFront front(1);
  front.Run(IdleIsClosed(front));
}

Task<> StalledIsClosed(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  Slice half = Slice::CopyOf(std::string_view("\0\0\1\0 only so much", 17));
  const Status sent = co_await client.SendBytes(std::move(half));
  EXPECT_TRUE(sent.ok());
  co_await front.Sleep(kFrameStallMax / 2);
  EXPECT_EQ(front.connections.size(), 1u);
  EXPECT_LT(front.request_bytes.available(), front.request_bytes.capacity());
  co_await front.Sleep(kFrameStallMax);
  EXPECT_EQ(front.connections.size(), 0u);
  EXPECT_EQ(front.request_bytes.available(), front.request_bytes.capacity());
}

TEST(ConnectionTable, ClosesConnectionsThatStopInAFrame) {
  FakeFront front(1);
  front.Run(StalledIsClosed(front));
}

Task<> WaitingIsNotStalling(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  const Status sent = co_await client.Send(1, "poll");
  const Status also_sent = co_await client.Send(2, "now");
  EXPECT_TRUE(sent.ok() && also_sent.ok());
  // The second request has come and waits for the first one, longer than a frame may take.
  co_await front.Sleep(3 * kFrameStallMax);
  front.fake.go_on.Set();
  for (int32_t i = 1; i <= 2; ++i) {
    const int32_t id = co_await client.Receive();
    EXPECT_EQ(id, i);
  }
}

TEST(ConnectionTable, ARequestMayWaitLongerThanAFrameMayTake) {
  FakeFront front(1);
  front.Run(WaitingIsNotStalling(front));
}

Task<> Dropped(FakeFront& front) {
  FakeClient idle = co_await FakeClient::Connect(front);
  FakeClient asking = co_await FakeClient::Connect(front);
  const Status sent = co_await asking.Send(1, "blocked");
  EXPECT_TRUE(sent.ok());
  co_await front.Sleep(Milliseconds(1));
  EXPECT_EQ(front.connections.DropRemote("for a test"), 2u);
  EXPECT_EQ(front.connections.DropRemote("for a test"), 0u);  // they end already
  const int32_t idle_end = co_await idle.Receive();
  const int32_t asking_end = co_await asking.Receive();
  EXPECT_EQ(idle_end, -1);
  EXPECT_EQ(asking_end, -1);
  FakeClient again = co_await FakeClient::Connect(front);
  const Status sent_again = co_await again.Send(2, "now");
  EXPECT_TRUE(sent_again.ok());
  const int32_t answered = co_await again.Receive();
  EXPECT_EQ(answered, 2);
}

TEST(ConnectionTable, DroppedConnectionsEndAtOnceAndOthersMayCome) {
  FakeFront front(1);
  front.Run(Dropped(front));
}

Task<> WaitsForAPlace(FakeFront& front) {
  front.connections_max = 2;
  FakeClient first = co_await FakeClient::Connect(front);
  FakeClient second = co_await FakeClient::Connect(front);
  co_await front.Sleep(Milliseconds(1));
  FakeClient third = co_await FakeClient::Connect(front);
  const Status sent = co_await third.Send(3, "now");
  EXPECT_TRUE(sent.ok());
  co_await front.Sleep(Milliseconds(100));
  EXPECT_EQ(front.connections.size(), 2u);
  EXPECT_TRUE(front.fake.started.empty());
  EXPECT_EQ(front.lines.CountOf("max.connections reached"), 1u);
  first.stream().Close();
  const int32_t answered = co_await third.Receive();
  EXPECT_EQ(answered, 3);
  EXPECT_EQ(front.connections.size(), 2u);
}

TEST(ConnectionTable, NewConnectionsWaitForAPlace) {
  FakeFront front(1);
  front.Run(WaitsForAPlace(front));
}

Task<> LimitsOneAddress(FakeFront& front) {
  FakeClient first = co_await FakeClient::Connect(front);
  FakeClient second = co_await FakeClient::Connect(front);
  FakeClient third = co_await FakeClient::Connect(front);
  const int32_t refused = co_await third.Receive();
  EXPECT_EQ(refused, -1) << "closed before anything was asked";
  EXPECT_EQ(front.connections.size(), 2u);
  EXPECT_EQ(front.lines.CountOf("max.connections.per.ip reached"), 1u);
  const Status sent = co_await second.Send(2, "now");
  EXPECT_TRUE(sent.ok());
  const int32_t answered = co_await second.Receive();
  EXPECT_EQ(answered, 2);
  // Whoever leaves makes room.
  first.stream().Close();
  co_await front.Sleep(Milliseconds(100));
  FakeClient fourth = co_await FakeClient::Connect(front);
  const Status also_sent = co_await fourth.Send(4, "now");
  EXPECT_TRUE(also_sent.ok());
  const int32_t also_answered = co_await fourth.Receive();
  EXPECT_EQ(also_answered, 4);
}

TEST(ConnectionTable, ClosesConnectionsAboveTheLimitOfTheirAddress) {
  FakeFront front(1);
  front.connections_per_ip_max = 2;
  front.Run(LimitsOneAddress(front));
}

TEST(ConnectionTable, AnAddressMayHaveALimitOfItsOwn) {
  FakeFront front(1);
  front.connections_per_ip_max = 0;
  front.connections_per_ip_overrides = {{"192.0.2.1", 7}, {front.world.driver().name(), 2}};
  front.Run(LimitsOneAddress(front));
}

Task<> DrainAnswersWhatIsUnderWay(FakeFront& front) {
  FakeClient working = co_await FakeClient::Connect(front);
  FakeClient polling = co_await FakeClient::Connect(front);
  FakeClient quiet = co_await FakeClient::Connect(front);
  const Status sent = co_await working.Send(1, "blocked");
  const Status also_sent = co_await polling.Send(2, "poll");
  EXPECT_TRUE(sent.ok() && also_sent.ok());
  co_await front.Sleep(Milliseconds(10));
  co_await front.StopAccepting();

  const Instant begin = front.runtime().clock.Now();
  TaskGroup group(front.runtime().executor, [](const Status&) {});
  group.Start(front.connections.Drain(Milliseconds(5000)));
  co_await front.Sleep(Milliseconds(100));
  EXPECT_EQ(front.connections.size(), 1u);
  front.fake.go_on.Set();
  co_await group.Join();
  EXPECT_LT(InMilliseconds(front.runtime().clock.Now() - begin), 5000) << "not the whole limit";

  const int32_t answered = co_await working.Receive();
  const int32_t dropped = co_await polling.Receive();
  const int32_t closed = co_await quiet.Receive();
  EXPECT_EQ(answered, 1);
  EXPECT_EQ(dropped, -1);
  EXPECT_EQ(closed, -1);
}

TEST(ConnectionTable, DrainAnswersWhatIsUnderWayAndDropsWhatOnlyWaits) {
  FakeFront front(1);
  front.Run(DrainAnswersWhatIsUnderWay(front));
}

Task<> DrainHasALimit(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  const Status sent = co_await client.Send(1, "blocked");
  EXPECT_TRUE(sent.ok());
  co_await front.Sleep(Milliseconds(10));
  co_await front.StopAccepting();
  const Instant begin = front.runtime().clock.Now();
  co_await front.connections.Drain(Milliseconds(300));
  EXPECT_EQ(InMilliseconds(front.runtime().clock.Now() - begin), 300);
  EXPECT_EQ(front.connections.size(), 0u);
}

TEST(ConnectionTable, DrainDoesNotWaitForEver) {
  FakeFront front(1);
  front.Run(DrainHasALimit(front));
}

}  // namespace
}  // namespace penstock
