#include "protocol/frame.h"

#include "gtest/gtest.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/heartbeat.h"
#include "protocol/messages/produce.h"

namespace penstock {
namespace {

// A reader over the frame, behind its length, which it checks.
Slice BodyOf(const SliceChain& frame) {
  const Slice bytes = frame.Flatten();
  WireReader reader(bytes);
  EXPECT_EQ(static_cast<size_t>(reader.Read<int32_t>()), bytes.size() - kFrameLengthBytes);
  return bytes.Sub(kFrameLengthBytes);
}

TEST(FrameTest, ARequestArrivesAsItWasSent) {
  for (const int16_t version : {int16_t{0}, int16_t{4}}) {
    const HeartbeatRequest sent{.group_id = "g", .generation_id = 1, .member_id = "m"};
    const RequestHeader header{.correlation_id = 77, .client_id = "me"};
    const auto frame = EncodeRequest(header, sent, version);
    ASSERT_TRUE(frame.ok()) << frame.status();
    WireReader reader(BodyOf(*frame));
    const auto received = DecodeRequestHeader(reader);
    ASSERT_TRUE(received.ok()) << received.status();
    EXPECT_EQ(received->request_api_key, 12);
    EXPECT_EQ(received->request_api_version, version);
    EXPECT_EQ(received->correlation_id, 77);
    EXPECT_EQ(received->client_id, "me");
    HeartbeatRequest request;
    ASSERT_TRUE(Decode(reader, request, version).ok());
    EXPECT_EQ(request, sent);
    EXPECT_EQ(reader.remaining(), 0u);
  }
}

TEST(FrameTest, AResponseArrivesAsItWasSent) {
  const HeartbeatResponse sent{.throttle_time_ms = 5, .error_code = ErrorCode::kIllegalGeneration};
  const auto frame = EncodeResponse(78, sent, 4);
  ASSERT_TRUE(frame.ok()) << frame.status();
  WireReader reader(BodyOf(*frame));
  const auto header = DecodeResponseHeader(reader, *FindApi(ApiKey::kHeartbeat), 4);
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->correlation_id, 78);
  HeartbeatResponse received;
  ASSERT_TRUE(Decode(reader, received, 4).ok());
  EXPECT_EQ(received, sent);
}

TEST(FrameTest, TheClientIdIsReadableInAnyVersion) {
  const RequestHeader header{.client_id = "c"};
  const auto frame = EncodeRequest(header, ApiVersionsRequest(), 3);
  ASSERT_TRUE(frame.ok());
  const Slice body = BodyOf(*frame);
  EXPECT_EQ(body.Sub(8, 3), Slice::CopyOf(std::string_view("\0\1c", 3)));
  EXPECT_EQ(body.data()[11], 0);  // no tags
}

TEST(FrameTest, AVersionThatWeDoNotHaveStillHasAHeader) {
  const std::string_view bytes("\0\x12\0\x63\0\0\0\7\xFF\xFF\0", 11);  // ApiVersions 99
  WireReader reader(Slice::CopyOf(bytes));
  const auto header = DecodeRequestHeader(reader);
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->request_api_version, 99);
  EXPECT_EQ(header->correlation_id, 7);
  EXPECT_EQ(header->client_id, std::nullopt);
}

TEST(FrameTest, AnUnknownApiIsUnsupported) {
  for (const std::string_view bytes : {std::string_view("\0\4\0\0\0\0\0\1\xFF\xFF", 10),
                                       std::string_view("GET / HTTP/1.1\r\n\r\n")}) {
    WireReader reader(Slice::CopyOf(bytes));
    EXPECT_EQ(ErrorCodeOf(DecodeRequestHeader(reader).status()), ErrorCode::kUnsupportedVersion);
  }
}

TEST(FrameTest, AHeaderCutAnywhereIsAnError) {
  const RequestHeader header{.correlation_id = 1, .client_id = "client"};
  const auto frame = EncodeRequest(header, ApiVersionsRequest(), 0);
  ASSERT_TRUE(frame.ok());
  const Slice body = BodyOf(*frame);
  for (size_t cut = 0; cut < body.size(); ++cut) {
    WireReader reader(body.Sub(0, cut));
    EXPECT_FALSE(DecodeRequestHeader(reader).ok()) << cut;
  }
}

TEST(FrameTest, ABodyThatTheVersionCannotCarryIsNotSent) {
  HeartbeatRequest request{.group_instance_id = "static"};
  EXPECT_FALSE(EncodeRequest(RequestHeader(), request, 0).ok());
}

}  // namespace
}  // namespace penstock
