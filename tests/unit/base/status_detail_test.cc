#include "base/status_detail.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(StatusDetailTest, ADetailStaysThroughAnnotationAndOutOfTheMessage) {
  const Status refused = KafkaError(ErrorCode::kNetworkException, "refused");
  const Status annotated = Annotate(WithDetail(refused, "step", "connect"), "kafka-1:9092");
  EXPECT_EQ(DetailOf(annotated, "step"), "connect");
  EXPECT_EQ(DetailOf(annotated, "broker"), std::nullopt);
  EXPECT_EQ(MessageOf(annotated), "kafka-1:9092: refused");
  EXPECT_EQ(ErrorCodeOf(annotated), ErrorCode::kNetworkException);
}

TEST(StatusDetailTest, SuccessHasNoDetails) {
  const Status fine = WithDetail(OkStatus(), "step", "connect");
  EXPECT_TRUE(fine.ok());
  EXPECT_EQ(DetailOf(fine, "step"), std::nullopt);
}

}  // namespace
}  // namespace penstock
