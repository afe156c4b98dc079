// What its owner wants to go wrong goes wrong, and nothing else.
#include "broker/faults.h"

#include <gtest/gtest.h>

#include "tests/unit/broker/fake_front.h"

namespace penstock {
namespace {

constexpr int32_t kNotCoordinator = 16;
constexpr int32_t kUnsupportedVersion = 35;

// The error of the next answer, which must be one to this request.
Task<ErrorCode> ErrorOfAnswer(FakeClient& client, int32_t id) {
  std::optional<Slice> frame = co_await client.ReceiveFrame();
  if (!frame.has_value()) {
    ADD_FAILURE() << "the broker closed the connection";
    co_return ErrorCode::kNone;
  }
  WireReader reader(*std::move(frame));
  const auto header = DecodeResponseHeader(reader, *FindApi(HeartbeatRequest::kApiKey), 4);
  HeartbeatResponse body;
  EXPECT_TRUE(header.ok() && Decode(reader, body, 4).ok());
  EXPECT_EQ(header->correlation_id, id);
  co_return body.error_code;
}

Task<> AnsweredWithErrors(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  FakeClient other = co_await FakeClient::Connect(front);
  EXPECT_TRUE(front.faults.ErrorNext("Heartbeat", kNotCoordinator, 2).ok());
  EXPECT_TRUE(front.faults.ErrorNext("Heartbeat", -1, 1).ok());
  for (int32_t id = 1; id <= 4; ++id) {
    // Whoever asks.
    FakeClient& asking = id % 2 == 0 ? other : client;
    const Status sent = co_await asking.Send(id, "now");
    EXPECT_TRUE(sent.ok());
    const ErrorCode error = co_await ErrorOfAnswer(asking, id);
    const ErrorCode wanted = id <= 2   ? ErrorCode::kNotCoordinator
                             : id == 3 ? ErrorCode::kUnknownServerError
                                       : ErrorCode::kNone;
    EXPECT_EQ(error, wanted) << id;
  }
  // Nothing was done of what the others asked.
  EXPECT_EQ(front.fake.started.size(), 1u);
}

TEST(Faults, TheNextRequestsAreAnsweredWithAnErrorAndNotServed) {
  FakeFront front(1);
  front.Run(AnsweredWithErrors(front));
  const std::string text = front.metrics.Render();
  EXPECT_NE(text.find("penstock_request_errors_total{api=\"Heartbeat\",error=\"NOT_COORDINATOR\"} "
                      "2"),
            std::string::npos)
      << text;
}

Task<> OtherApisAreServed(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  EXPECT_TRUE(front.faults.ErrorNext("ApiVersions", kNotCoordinator, 1).ok());
  EXPECT_TRUE(front.faults.Delay("ApiVersions", 1000).ok());
  const Status sent = co_await client.Send(1, "now");
  EXPECT_TRUE(sent.ok());
  const Instant before = front.runtime().clock.Now();
  const ErrorCode error = co_await ErrorOfAnswer(client, 1);
  EXPECT_EQ(error, ErrorCode::kNone);
  EXPECT_LT(front.runtime().clock.Now() - before, Milliseconds(1000));
}

TEST(Faults, OtherApisAreServed) {
  FakeFront front(1);
  front.Run(OtherApisAreServed(front));
}

Task<> ClearedErrorsDoNotCome(FakeFront& front) {
  FakeClient client = co_await FakeClient::Connect(front);
  EXPECT_TRUE(front.faults.ErrorNext("Heartbeat", kNotCoordinator, 100).ok());
  front.faults.Clear();
  const Status sent = co_await client.Send(1, "now");
  EXPECT_TRUE(sent.ok());
  const ErrorCode error = co_await ErrorOfAnswer(client, 1);
  EXPECT_EQ(error, ErrorCode::kNone);
}

TEST(Faults, ClearedErrorsDoNotCome) {
  FakeFront front(1);
  front.Run(ClearedErrorsDoNotCome(front));
}

// A client that does not know which versions there are can read this one.
TEST(Faults, AVersionOfApiVersionsIsRefusedInTheOldestOne) {
  FakeFront front(1);
  EXPECT_TRUE(front.faults.ErrorNext("ApiVersions", kUnsupportedVersion, 1).ok());
  ConnectionInfo info;
  class NoOwner final : public RequestContext::Owner {
    void OnDispatched(RequestContext&) override {}
  } owner;
  RequestContext context(info, nullptr, owner);
  const auto request = EncodeRequest(RequestHeader(), ApiVersionsRequest(), 4);
  ASSERT_TRUE(request.ok());
  const Slice asked = request->Flatten().Sub(kFrameLengthBytes);
  const auto answer = front.world.Run(front.pipeline.Answer(context, asked));
  ASSERT_TRUE(answer.ok()) << answer.status();
  WireReader reader(answer->Flatten().Sub(kFrameLengthBytes));
  ASSERT_TRUE(DecodeResponseHeader(reader, *FindApi(ApiKey::kApiVersions), 0).ok());
  ApiVersionsResponse body;
  ASSERT_TRUE(Decode(reader, body, 0).ok());
  EXPECT_EQ(body.error_code, ErrorCode::kUnsupportedVersion);
  ASSERT_EQ(body.api_keys.size(), 1u);
  EXPECT_EQ(body.api_keys[0].max_version, 4);
  EXPECT_EQ(context.error, ErrorCode::kUnsupportedVersion);
}

Task<> AnswersLeaveLater(FakeFront& front) {
  EXPECT_TRUE(front.faults.Delay("Heartbeat", 1000).ok());
  FakeClient client = co_await FakeClient::Connect(front);
  const Instant before = front.runtime().clock.Now();
  for (int32_t id = 1; id <= 3; ++id) {
    const Status sent = co_await client.Send(id, "now");
    EXPECT_TRUE(sent.ok());
  }
  co_await front.Sleep(Milliseconds(900));
  // They are served, all of them; only the answers are held back, side by side.
  EXPECT_EQ(front.fake.started.size(), 3u);
  for (int32_t id = 1; id <= 3; ++id) {
    const int32_t answered = co_await client.Receive();
    EXPECT_EQ(answered, id);
  }
  const Duration taken = front.runtime().clock.Now() - before;
  EXPECT_GE(taken, Milliseconds(1000));
  EXPECT_LT(taken, Milliseconds(1500));
}

TEST(Faults, ADelayHoldsAnswersBackAndNotTheWork) {
  FakeFront front(1);
  front.Run(AnswersLeaveLater(front));
}

Task<> ErrorsAreLateToo(FakeFront& front) {
  EXPECT_TRUE(front.faults.Delay("Heartbeat", 1000).ok());
  EXPECT_TRUE(front.faults.ErrorNext("Heartbeat", kNotCoordinator, 1).ok());
  FakeClient client = co_await FakeClient::Connect(front);
  const Instant before = front.runtime().clock.Now();
  const Status sent = co_await client.Send(1, "now");
  EXPECT_TRUE(sent.ok());
  const ErrorCode error = co_await ErrorOfAnswer(client, 1);
  EXPECT_EQ(error, ErrorCode::kNotCoordinator);
  EXPECT_GE(front.runtime().clock.Now() - before, Milliseconds(1000));
}

TEST(Faults, AnErrorIsHeldBackAsAnyAnswer) {
  FakeFront front(1);
  front.Run(ErrorsAreLateToo(front));
}

// However it ends, what was held back for an hour comes at once.
Task<> DelayEnds(FakeFront& front, bool by_clearing) {
  EXPECT_TRUE(front.faults.Delay("Heartbeat", 3'600'000).ok());
  FakeClient client = co_await FakeClient::Connect(front);
  const Status sent = co_await client.Send(1, "now");
  EXPECT_TRUE(sent.ok());
  co_await front.Sleep(Milliseconds(1000));
  // Another delay does not let it go.
  EXPECT_TRUE(front.faults.Delay("ApiVersions", 1).ok());
  EXPECT_TRUE(front.faults.Delay("Heartbeat", 1'800'000).ok());
  co_await front.Sleep(Milliseconds(1000));
  const Instant before = front.runtime().clock.Now();
  if (by_clearing) {
    front.faults.Clear();
  } else {
    EXPECT_TRUE(front.faults.Delay("Heartbeat", 0).ok());
  }
  const int32_t answered = co_await client.Receive();
  EXPECT_EQ(answered, 1);
  EXPECT_LT(front.runtime().clock.Now() - before, Milliseconds(1000));
}

TEST(Faults, TheEndOfADelayLetsGoWhatIsHeldBack) {
  for (const bool by_clearing : {false, true}) {
    FakeFront front(1);
    front.Run(DelayEnds(front, by_clearing));
  }
}

Task<> StopsWhileHolding(FakeFront& front) {
  EXPECT_TRUE(front.faults.Delay("Heartbeat", 3'600'000).ok());
  FakeClient client = co_await FakeClient::Connect(front);
  const Status sent = co_await client.Send(1, "now");
  EXPECT_TRUE(sent.ok());
  co_await front.Sleep(Milliseconds(1000));
  const Instant before = front.runtime().clock.Now();
  co_await front.StopAccepting();
  co_await front.connections.Drain(Milliseconds(60'000));
  EXPECT_LT(front.runtime().clock.Now() - before, Milliseconds(1000));
}

TEST(Faults, ABrokerThatStopsDoesNotWaitForWhatIsHeldBack) {
  FakeFront front(1);
  front.Run(StopsWhileHolding(front));
}

TEST(Faults, NamesAreKafkasHoweverTheyAreWritten) {
  FakeFront front(1);
  for (const char* name : {"ApiVersions", "API_VERSIONS", "apiversions", "api_versions"}) {
    front.faults.Clear();
    EXPECT_TRUE(front.faults.ErrorNext(name, kNotCoordinator, 1).ok()) << name;
    EXPECT_EQ(front.faults.TakeError(18), ErrorCode::kNotCoordinator) << name;
  }
}

TEST(Faults, WhatDoesNotExistIsNamedWithWhatMayBeMeant) {
  FakeFront front(1);
  Faults& faults = front.faults;
  EXPECT_EQ(MessageOf(faults.ErrorNext("Hartbeat", kNotCoordinator, 1)),
            "Kafka has no API called 'Hartbeat' (did you mean Heartbeat?)");
  EXPECT_EQ(MessageOf(faults.Delay("turbine", 1)), "Kafka has no API called 'turbine'");
  EXPECT_EQ(MessageOf(faults.Delay("Produce", 1)), "the API Produce is not served by this broker");
  EXPECT_EQ(MessageOf(faults.ErrorNext("Heartbeat", 10'000, 1)),
            "Kafka has no error with the code 10000; the nearest is 133, "
            "SHARE_SESSION_LIMIT_REACHED");
  EXPECT_EQ(MessageOf(faults.ErrorNext("Heartbeat", 0, 1)),
            "Kafka has no error with the code 0; the nearest is -1, UNKNOWN_SERVER_ERROR");
  EXPECT_FALSE(faults.ErrorNext("Heartbeat", kNotCoordinator, 0).ok());
  EXPECT_FALSE(faults.Delay("Heartbeat", -1).ok());
  EXPECT_EQ(faults.TakeError(HeartbeatRequest::kApiKey), ErrorCode::kNone);
  EXPECT_FALSE(faults.HoldsBack(HeartbeatRequest::kApiKey));
}

}  // namespace
}  // namespace penstock
