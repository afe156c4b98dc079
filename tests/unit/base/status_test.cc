// A Status keeps its Kafka code through annotation; early-return macros leave with it.
#include "base/status.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(StatusTest, KafkaErrorKeepsItsCodeWhenAnnotated) {
  const Status lost = KafkaError(ErrorCode::kOffsetOutOfRange, "offset 9 is beyond 5");
  const Status annotated = Annotate(Annotate(lost, "reading words-0"), "fetch");
  EXPECT_EQ(ErrorCodeOf(annotated), ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(MessageOf(annotated), "fetch: reading words-0: offset 9 is beyond 5");
}

TEST(StatusTest, RetriableCodesAreUnavailable) {
  EXPECT_EQ(KafkaError(ErrorCode::kNotLeaderOrFollower, "moved").code(), StatusCode::kUnavailable);
  EXPECT_EQ(KafkaError(ErrorCode::kInvalidConfig, "no").code(), StatusCode::kFailedPrecondition);
}

TEST(StatusTest, PlainErrorsHaveTheClosestKafkaCode) {
  EXPECT_EQ(ErrorCodeOf(OkStatus()), ErrorCode::kNone);
  EXPECT_EQ(ErrorCodeOf(DataLoss("bad sector")), ErrorCode::kKafkaStorageError);
  EXPECT_EQ(ErrorCodeOf(InvalidArgument("x")), ErrorCode::kInvalidRequest);
  EXPECT_EQ(ErrorCodeOf(Internal("bug")), ErrorCode::kUnknownServerError);
}

TEST(StatusTest, AnnotatingSuccessChangesNothing) { EXPECT_TRUE(Annotate(OkStatus(), "x").ok()); }

StatusOr<int> Half(int n) {
  if (n % 2 != 0) return InvalidArgument("odd");
  return n / 2;
}

StatusOr<int> Quarter(int n) {
  ASSIGN_OR_RETURN(const int half, Half(n));
  return Half(half);
}

TEST(StatusTest, AssignOrReturnLeavesWithTheFirstError) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(MessageOf(Quarter(6).status()), "odd");
  EXPECT_EQ(MessageOf(Quarter(7).status()), "odd");
}

}  // namespace
}  // namespace penstock
