#include "broker/pipeline.h"

#include <gtest/gtest.h>

#include "protocol/messages/init_producer_id.h"
#include "tests/unit/broker/fake_front.h"

namespace penstock {
namespace {

class NoOwner final : public RequestContext::Owner {
 public:
  void OnDispatched(RequestContext&) override { ++dispatched; }
  int dispatched = 0;
};

// A request by itself, without a connection.
struct Asked {
  explicit Asked(FakeFront& front) : front(front), context(info, nullptr, owner) {}

  StatusOr<SliceChain> Answer(SliceChain frame) {
    const Slice whole = frame.Flatten();
    return front.world.Run(front.pipeline.Answer(context, whole.Sub(kFrameLengthBytes)));
  }

  FakeFront& front;
  ConnectionInfo info;
  NoOwner owner;
  RequestContext context;
};

TEST(Pipeline, TellsTheHandlerWhoAsks) {
  FakeFront front(1);
  Asked asked(front);
  ASSERT_TRUE(asked.Answer(FakeClient::Request(77, "g", "now")).ok());
  EXPECT_EQ(asked.context.api_key, 12);
  EXPECT_EQ(asked.context.api_version, 4);
  EXPECT_EQ(asked.context.correlation_id, 77);
  EXPECT_EQ(asked.context.client_id, "fake");
}

TEST(Pipeline, AnswersWithTheCorrelationIdOfTheRequest) {
  FakeFront front(1);
  Asked asked(front);
  const auto answer = asked.Answer(FakeClient::Request(77, "g", "now"));
  ASSERT_TRUE(answer.ok());
  const Slice frame = answer->Flatten();
  EXPECT_EQ(LoadBig<int32_t>(frame.data()), static_cast<int32_t>(frame.size()) - 4);
  EXPECT_EQ(LoadBig<int32_t>(frame.data() + 4), 77);
}

TEST(Pipeline, SendsNothingWhereNothingIsAnswered) {
  FakeFront front(1);
  Asked silent(front);
  EXPECT_TRUE(silent.Answer(FakeClient::Request(1, "g", "silent"))->empty());
  Asked closing(front);
  EXPECT_TRUE(closing.Answer(FakeClient::Request(1, "g", "close"))->empty());
  EXPECT_EQ(closing.context.close_cause(), "the handler says so");
}

TEST(Pipeline, ATruncatedRequestIsAnErrorAtEveryByte) {
  FakeFront front(1);
  const Slice whole = FakeClient::Request(1, "g", "now").Flatten();
  for (size_t size = kFrameLengthBytes; size < whole.size(); ++size) {
    Asked asked(front);
    EXPECT_FALSE(asked.Answer(SliceChain(whole.Sub(0, size))).ok()) << size;
  }
  EXPECT_TRUE(front.fake.started.empty());
}

TEST(Pipeline, CountsRequestsAndErrors) {
  FakeFront front(1);
  for (const char* what : {"now", "error", "error"}) {
    Asked asked(front);
    EXPECT_TRUE(asked.Answer(FakeClient::Request(1, "g", what)).ok());
  }
  const std::string text = front.metrics.Render();
  EXPECT_NE(text.find("penstock_requests_total{api=\"Heartbeat\"} 3"), std::string::npos) << text;
  EXPECT_NE(
      text.find("penstock_request_errors_total{api=\"Heartbeat\",error=\"UNKNOWN_MEMBER_ID\"} "
                "2"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("penstock_request_latency_seconds_count{api=\"Heartbeat\"} 3"),
            std::string::npos)
      << text;
}

TEST(Pipeline, AnUnstableVersionIsServedOnlyWhereItIsAskedFor) {
  const HandlerRow row{InitProducerIdRequest::kApiKey, InitProducerIdRequest::kVersions, nullptr};
  EXPECT_EQ(NewestVersion(row, false), 5);
  EXPECT_EQ(NewestVersion(row, true), 6);
  const HandlerRow stable{HeartbeatRequest::kApiKey, HeartbeatRequest::kVersions, nullptr};
  EXPECT_EQ(NewestVersion(stable, false), 4);
}

}  // namespace
}  // namespace penstock
