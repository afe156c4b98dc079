#include "broker/start_error.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(StartError, SaysWhatWasBeingDoneAndAWayOut) {
  const Status status =
      StartError(FailedPrecondition("bind 127.0.0.1:9092: Address already in use"), "listener");
  EXPECT_EQ(MessageOf(status),
            "listener: bind 127.0.0.1:9092: Address already in use (stop the program that listens "
            "there, or choose another port)");
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
}

TEST(StartError, HasNoHintWhereNoneIsKnown) {
  EXPECT_EQ(MessageOf(StartError(Internal("strange"), "logs")), "logs: strange");
  EXPECT_TRUE(StartError(OkStatus(), "logs").ok());
}

TEST(StartError, OnlyLoopbackIsServedWithoutAsking) {
  for (const char* host : {"127.0.0.1", "127.1.2.3", "::1", "localhost"}) {
    EXPECT_TRUE(CheckLoopback({host, 9092}).ok()) << host;
  }
  for (const char* host : {"", "0.0.0.0", "::", "10.0.0.1", "example.org", "::2"}) {
    const Status refused = CheckLoopback({host, 9092});
    EXPECT_FALSE(refused.ok()) << host;
    EXPECT_NE(MessageOf(refused).find("--insecure"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace penstock
