#include "broker/client_connection.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "broker/limits.h"
#include "tests/unit/broker/fake_front.h"

namespace penstock {
namespace {

Task<> SendAll(FakeClient& client, std::vector<std::string> whats) {
  for (size_t i = 0; i < whats.size(); ++i) {
    const Status sent = co_await client.Send(static_cast<int32_t>(i), whats[i]);
    EXPECT_TRUE(sent.ok());
  }
}

Task<> AnswersLeaveInOrder(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  // Named first: braces and awaits do not share a statement.
  std::vector<std::string> whats{"dispatched", "now", "dispatched", "now"};
  co_await SendAll(client, std::move(whats));
  co_await front.Sleep(Milliseconds(10));
  EXPECT_EQ(front.fake.started.size(), 4u);
  front.fake.go_on.Set();
  for (int32_t i = 0; i < 4; ++i) {
    const int32_t id = co_await client.Receive();
    EXPECT_EQ(id, i);
  }
}

TEST(ClientConnection, AnswersLeaveInTheOrderOfTheRequests) {
  FakeFront front(1);
  front.Run(AnswersLeaveInOrder(front));
}

Task<> OneAtATime(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  std::vector<std::string> whats{"blocked", "now", "now"};
  co_await SendAll(client, std::move(whats));
  co_await front.Sleep(Milliseconds(10));
  EXPECT_EQ(front.fake.started.size(), 1u);
  front.fake.go_on.Set();
  for (int32_t i = 0; i < 3; ++i) {
    const int32_t id = co_await client.Receive();
    EXPECT_EQ(id, i);
  }
}

TEST(ClientConnection, ARequestThatIsNotDispatchedHoldsBackTheNext) {
  FakeFront front(1);
  front.Run(OneAtATime(front));
}

Task<> ManyInFlight(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  std::vector<std::string> whats(2 * kRequestsInFlightMax, "dispatched");
  co_await SendAll(client, std::move(whats));
  co_await front.Sleep(Milliseconds(10));
  EXPECT_EQ(front.fake.started.size(), kRequestsInFlightMax);
  front.fake.go_on.Set();
  for (int32_t i = 0; i < static_cast<int32_t>(2 * kRequestsInFlightMax); ++i) {
    const int32_t id = co_await client.Receive();
    EXPECT_EQ(id, i);
  }
}

TEST(ClientConnection, RequestsInFlightHaveALimit) {
  FakeFront front(1);
  front.Run(ManyInFlight(front));
}

Task<> EveryCut(FakeFront& front) {
  std::string stream;
  for (int32_t i = 0; i < 3; ++i) stream += FakeClient::Request(i, "g", "now").Flatten().text();
  for (size_t cut = 1; cut < stream.size(); ++cut) {
    FakeClient client = co_await FakeClient::Connect(front);
    Slice head = Slice::CopyOf(std::string_view(stream).substr(0, cut));
    Slice tail = Slice::CopyOf(std::string_view(stream).substr(cut));
    const Status sent = co_await client.SendBytes(std::move(head));
    EXPECT_TRUE(sent.ok());
    co_await front.Sleep(Milliseconds(1));
    const Status sent_rest = co_await client.SendBytes(std::move(tail));
    EXPECT_TRUE(sent_rest.ok());
    for (int32_t i = 0; i < 3; ++i) {
      const int32_t id = co_await client.Receive();
      EXPECT_EQ(id, i) << "cut at " << cut;
    }
  }
}

TEST(ClientConnection, AStreamMayBeCutAtAnyByte) {
  FakeFront front(1);
  front.Run(EveryCut(front));
}

// Sends `bytes`, and expects the broker to close and to log a line with `part`.
Task<> IsRefused(FakeFront& front, Slice bytes, std::string_view part) {
  FakeClient client = co_await FakeClient::Connect(front);
  const Status sent = co_await client.SendBytes(std::move(bytes));
  EXPECT_TRUE(sent.ok());
  const int32_t id = co_await client.Receive();
  EXPECT_EQ(id, -1);
  co_await front.Sleep(Milliseconds(1));
  EXPECT_EQ(front.lines.CountOf(part), 1u) << part;
}

Slice Bytes(std::string_view text) { return Slice::CopyOf(text); }

TEST(ClientConnection, ANegativeLengthEndsIt) {
  FakeFront front(1);
  front.Run(IsRefused(front, Bytes("\xff\xff\xff\xff whatever"), "a frame announces -1 bytes"));
}

TEST(ClientConnection, ALengthAboveTheLimitEndsIt) {
  FakeFront front(1);
  front.Run(IsRefused(front, Bytes(std::string_view("\x00\x20\x00\x00xx", 6)),
                      "socket.request.max.bytes"));
}

TEST(ClientConnection, AFrameWithoutRoomForAHeaderEndsIt) {
  FakeFront front(1);
  front.Run(IsRefused(front, Bytes(std::string_view("\0\0\0\x09xxxxxxxxx", 13)), "announces 9"));
}

TEST(ClientConnection, AnHttpRequestIsRecognised) {
  FakeFront front(1);
  front.Run(IsRefused(front, Bytes("GET / HTTP/1.1\r\n\r\n"), "HTTP request"));
}

TEST(ClientConnection, ATlsHandshakeIsRecognised) {
  FakeFront front(1);
  front.Run(IsRefused(front, Bytes("\x16\x03\x01\x02\x01\x01\x01\xfc\x03\x03"), "TLS handshake"));
}

TEST(ClientConnection, AnUnknownApiEndsIt) {
  FakeFront front(1);
  front.Run(IsRefused(front, Bytes(std::string_view("\0\0\0\x0a\x03\xe7\0\0\0\0\0\1\0\0", 14)),
                      "api key 999 is not served"));
}

TEST(ClientConnection, AnUnknownVersionEndsIt) {
  FakeFront front(1);
  front.Run(IsRefused(front, Bytes(std::string_view("\0\0\0\x0a\0\x0c\0\x63\0\0\0\1\0\0", 14)),
                      "version 99 of Heartbeat is not served"));
}

TEST(ClientConnection, ABodyThatEndsTooEarlyEndsIt) {
  FakeFront front(1);
  front.Run(IsRefused(front, Bytes(std::string_view("\0\0\0\x0a\0\x0c\0\0\0\0\0\1\0\0", 14)),
                      "Heartbeat v0: "));
}

Task<> GarbageForever(FakeFront& front, uint64_t seed) {
  std::mt19937_64 random(seed);
  for (int i = 0; i < 300; ++i) {
    FakeClient client = co_await FakeClient::Connect(front);
    std::string garbage;
    const size_t size = 1 + random() % 200;
    for (size_t byte = 0; byte < size; ++byte) garbage += static_cast<char>(random());
    // Half of them are frames, so that the garbage gets further.
    if (i % 2 == 0) garbage = std::string("\0\0\0", 3) + static_cast<char>(size) + garbage;
    Slice bytes = Slice::CopyOf(garbage);
    const Status sent = co_await client.SendBytes(std::move(bytes));
    EXPECT_TRUE(sent.ok());
  }
  FakeClient client = co_await FakeClient::Connect(front);
  const Status sent = co_await client.Send(7, "now");
  EXPECT_TRUE(sent.ok());
  const int32_t id = co_await client.Receive();
  EXPECT_EQ(id, 7);
  // Not a line per connection: one per second and cause.
  EXPECT_LE(front.lines.lines.size(), 10u);
}

TEST(ClientConnection, GarbageHurtsNobodyElse) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  FakeFront front(seed);
  front.Run(GarbageForever(front, seed));
}

Task<> UnknownApiVersions(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  Slice request = Bytes(std::string_view("\0\0\0\x0b\0\x12\0\x2a\0\0\0\5\0\0\0", 15));
  const Status sent = co_await client.SendBytes(std::move(request));
  EXPECT_TRUE(sent.ok());
  const std::optional<Slice> answer = co_await client.ReceiveFrame();
  EXPECT_TRUE(answer.has_value());
  if (answer.has_value()) {
    EXPECT_EQ(answer->text(), std::string_view("\0\0\0\5\0\x23\0\0\0\1\0\x12\0\0\0\4", 16));
  }
  // The connection lives on.
  const Status again = co_await client.Send(8, "now");
  EXPECT_TRUE(again.ok());
  const int32_t id = co_await client.Receive();
  EXPECT_EQ(id, 8);
}

TEST(ClientConnection, AnUnknownVersionOfApiVersionsIsAnsweredInTheOldestOne) {
  FakeFront front(1);
  front.Run(UnknownApiVersions(front));
}

Task<> SilentAndClosing(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  std::vector<std::string> whats{"now", "silent", "now", "close", "now"};
  co_await SendAll(client, std::move(whats));
  const int32_t first = co_await client.Receive();
  const int32_t third = co_await client.Receive();
  const int32_t closed = co_await client.Receive();
  EXPECT_EQ(first, 0);
  EXPECT_EQ(third, 2);
  EXPECT_EQ(closed, -1);
  EXPECT_EQ(front.fake.started.size(), 4u);
  EXPECT_EQ(front.lines.CountOf("the handler says so"), 1u);
}

TEST(ClientConnection, AHandlerMayAnswerNothingOrClose) {
  FakeFront front(1);
  front.Run(SilentAndClosing(front));
}

Task<> SlowReader(FakeFront& front) {
  front.world.network().faults().window_bytes = 1000;
  FakeClient client = co_await FakeClient::Connect(front);
  // Answers of about 15 bytes each; nobody reads them for a while.
  std::vector<std::string> whats(kRequestsInFlightMax, "now");
  co_await SendAll(client, std::move(whats));
  co_await front.Sleep(Milliseconds(100));
  for (int32_t i = 0; i < static_cast<int32_t>(kRequestsInFlightMax); ++i) {
    const int32_t id = co_await client.Receive();
    EXPECT_EQ(id, i);
  }
}

TEST(ClientConnection, APeerThatReadsSlowlyGetsEveryAnswer) {
  FakeFront front(1);
  front.Run(SlowReader(front));
}

Task<> MemoryIsLimited(FakeFront& front) {
  std::vector<FakeClient> clients;
  for (int32_t i = 0; i < 4; ++i) {
    FakeClient client = co_await FakeClient::Connect(front);
    clients.push_back(std::move(client));
    SliceChain frame = FakeClient::Request(i, std::string(30'000, 'x'), "blocked");
    Slice padded = frame.Flatten();
    const Status sent = co_await clients.back().SendBytes(std::move(padded));
    EXPECT_TRUE(sent.ok());
  }
  co_await front.Sleep(Milliseconds(10));
  EXPECT_EQ(front.fake.started.size(), 4u);
  const uint64_t in_use = front.request_bytes.capacity() - front.request_bytes.available();
  EXPECT_GE(in_use, 4u * 30'000);
  front.fake.go_on.Set();
  for (int32_t i = 0; i < 4; ++i) {
    const int32_t id = co_await clients[static_cast<size_t>(i)].Receive();
    EXPECT_EQ(id, i);
  }
  EXPECT_EQ(front.request_bytes.available(), front.request_bytes.capacity());
}

TEST(ClientConnection, TheMemoryOfARequestIsHeldUntilItIsAnswered) {
  FakeFront front(1);
  front.Run(MemoryIsLimited(front));
}

// Announces `bytes` and sends some of them.
Task<> Announce(FakeClient& client, int32_t bytes) {
  Slice head = Slice::Allocate(104);
  std::fill_n(head.mutable_data(), head.size(), uint8_t{0});
  StoreBig(head.mutable_data(), bytes);
  const Status sent = co_await client.SendBytes(std::move(head));
  EXPECT_TRUE(sent.ok());
}

Task<> MemoryIsTakenBeforeTheBodyIsRead(FakeFront& front) {
  FakeClient first = co_await FakeClient::Connect(front);
  FakeClient second = co_await FakeClient::Connect(front);
  FakeClient third = co_await FakeClient::Connect(front);
  co_await Announce(first, 500 << 10);
  co_await Announce(second, 500 << 10);
  co_await Announce(third, 500 << 10);
  co_await front.Sleep(Milliseconds(10));
  // Two are accounted for; the third waits in line, and so does everybody after it.
  EXPECT_EQ(front.request_bytes.available(), (1u << 20) - 2 * (500u << 10));
  first.stream().Close();
  co_await front.Sleep(Milliseconds(10));
  EXPECT_EQ(front.request_bytes.available(), (1u << 20) - 2 * (500u << 10));
  second.stream().Close();
  third.stream().Close();
  co_await front.Sleep(Milliseconds(10));
  EXPECT_EQ(front.request_bytes.available(), front.request_bytes.capacity());
  EXPECT_EQ(front.connections.size(), 0u);
}

TEST(ClientConnection, TheMemoryOfARequestIsTakenBeforeItsBodyIsRead) {
  FakeFront front(1);
  front.Run(MemoryIsTakenBeforeTheBodyIsRead(front));
}

Task<> OneConnectionHasItsShare(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  for (int32_t i = 0; i < 15; ++i) {
    SliceChain frame = FakeClient::Request(i, std::string(30'000, 'x'), "dispatched");
    Slice bytes = frame.Flatten();
    const Status sent = co_await client.SendBytes(std::move(bytes));
    EXPECT_TRUE(sent.ok());
  }
  co_await front.Sleep(Milliseconds(10));
  const uint64_t share = front.request_bytes.capacity() / kRequestBytesShareOfConnection;
  const uint64_t in_use = front.request_bytes.capacity() - front.request_bytes.available();
  EXPECT_LE(in_use, share);
  EXPECT_GE(in_use, share / 2);
  front.fake.go_on.Set();
  for (int32_t i = 0; i < 15; ++i) {
    const int32_t id = co_await client.Receive();
    EXPECT_EQ(id, i);
  }
}

TEST(ClientConnection, OneConnectionDoesNotGetAllMemory) {
  FakeFront front(1);
  front.Run(OneConnectionHasItsShare(front));
}

Task<> PeerLeaves(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  const Status sent = co_await client.Send(1, "poll");
  EXPECT_TRUE(sent.ok());
  co_await front.Sleep(Milliseconds(10));
  EXPECT_EQ(front.connections.size(), 1u);
  client.stream().Close();
  co_await front.Sleep(Milliseconds(10));
  EXPECT_EQ(front.connections.size(), 0u);
  EXPECT_TRUE(front.lines.lines.empty());
}

TEST(ClientConnection, ALongPollEndsWhenItsPeerLeaves) {
  FakeFront front(1);
  front.Run(PeerLeaves(front));
}

Task<> TruncatedFrame(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  co_await Announce(client, 1000);
  client.stream().Close();
  co_await front.Sleep(Milliseconds(10));
  EXPECT_EQ(front.connections.size(), 0u);
}

TEST(ClientConnection, APeerMayLeaveInTheMiddleOfAFrame) {
  FakeFront front(1);
  front.Run(TruncatedFrame(front));
}

}  // namespace
}  // namespace penstock
