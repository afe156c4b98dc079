#include "client/connect_step.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(ConnectStepTest, AFailureKeepsItsStepAndItsMessage) {
  for (const ConnectStep step :
       {ConnectStep::kResolve, ConnectStep::kConnect, ConnectStep::kHandshake}) {
    const Status failed = FailedAt(step, Unavailable("refused"));
    EXPECT_EQ(FailedStepOf(Annotate(failed, "kafka-1:9092")), step);
    EXPECT_EQ(MessageOf(failed), "refused");
  }
  EXPECT_EQ(NameOf(ConnectStep::kHandshake), "handshake");
}

TEST(ConnectStepTest, OtherErrorsHaveNone) {
  EXPECT_EQ(FailedStepOf(Unavailable("refused")), std::nullopt);
  EXPECT_EQ(FailedStepOf(OkStatus()), std::nullopt);
}

}  // namespace
}  // namespace penstock
