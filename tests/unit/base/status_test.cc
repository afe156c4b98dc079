// A Status keeps its Kafka code through annotation; early-return macros leave with it.
#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>

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

TEST(StatusTest, ADetailStaysThroughAnnotationAndOutOfTheMessage) {
  const Status refused = KafkaError(ErrorCode::kNetworkException, "refused");
  const Status annotated = Annotate(WithDetail(refused, "step", "connect"), "kafka-1:9092");
  EXPECT_EQ(DetailOf(annotated, "step"), "connect");
  EXPECT_EQ(DetailOf(annotated, "broker"), std::nullopt);
  EXPECT_EQ(MessageOf(annotated), "kafka-1:9092: refused");
  EXPECT_EQ(ErrorCodeOf(annotated), ErrorCode::kNetworkException);
  EXPECT_EQ(DetailOf(refused, "step"), std::nullopt) << "what was shared has changed";
}

TEST(StatusTest, ALaterDetailOfANameReplacesTheFirst) {
  const Status first = WithDetail(Unavailable("no answer"), "step", "resolve");
  EXPECT_EQ(DetailOf(WithDetail(first, "step", "connect"), "step"), "connect");
}

TEST(StatusTest, SuccessHasNoDetails) {
  const Status fine = WithDetail(OkStatus(), "step", "connect");
  EXPECT_TRUE(fine.ok());
  EXPECT_EQ(DetailOf(fine, "step"), std::nullopt);
}

TEST(StatusTest, EqualMeansTheSameKindWordsAndCode) {
  EXPECT_EQ(NotFound("x"), NotFound("x"));
  EXPECT_NE(NotFound("x"), NotFound("y"));
  EXPECT_NE(NotFound("x"), InvalidArgument("x"));
  EXPECT_NE(KafkaError(ErrorCode::kInvalidConfig, "x"), FailedPrecondition("x"));
  EXPECT_NE(NotFound("x"), OkStatus());
  EXPECT_EQ(Status(StatusCode::kOk, "said for nothing"), OkStatus());
}

TEST(StatusOrTest, HoldsWhatCannotBeCopied) {
  StatusOr<std::unique_ptr<int>> made = std::make_unique<int>(7);
  ASSERT_TRUE(made.ok());
  StatusOr<std::shared_ptr<int>> shared = std::move(made);
  EXPECT_EQ(**shared, 7);
  EXPECT_EQ(*std::move(shared).value_or(nullptr), 7);
}

TEST(StatusOrTest, GivesTheOtherValueForAnError) {
  const StatusOr<int> none = NotFound("no number");
  EXPECT_EQ(none.value_or(3), 3);
  EXPECT_EQ(none.status(), NotFound("no number"));
}

TEST(StatusOrDeathTest, TheValueOfAnErrorEndsTheProcess) {
  const StatusOr<int> none = NotFound("no number");
  EXPECT_DEATH(static_cast<void>(*none), "status.h");
}

}  // namespace
}  // namespace penstock
