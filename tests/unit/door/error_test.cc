#include <gtest/gtest.h>

#include "door/core.h"

namespace penstock {
namespace {

TEST(ErrorOf, KeepsTheMessageAndTheCodeThatKafkaHas) {
  const Error error = ErrorOf(KafkaError(ErrorCode::kTopicAlreadyExists, "topic a is there"));
  EXPECT_EQ(error.kafka_code(), static_cast<int16_t>(ErrorCode::kTopicAlreadyExists));
  EXPECT_EQ(error.message(), "topic a is there");
  const Error config = ErrorOf(KafkaError(ErrorCode::kInvalidConfig, "no number"));
  EXPECT_EQ(config.kind(), ErrorKind::kInvalidArgument);
}

TEST(ErrorOf, SaysWhatCanBeDone) {
  EXPECT_EQ(ErrorOf(InvalidArgument("")).kind(), ErrorKind::kInvalidArgument);
  EXPECT_EQ(ErrorOf(NotFound("")).kind(), ErrorKind::kNotFound);
  EXPECT_EQ(ErrorOf(AlreadyExists("")).kind(), ErrorKind::kAlreadyExists);
  EXPECT_EQ(ErrorOf(FailedPrecondition("")).kind(), ErrorKind::kNotPossibleNow);
  EXPECT_EQ(ErrorOf(Unavailable("")).kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(ErrorOf(Status(StatusCode::kDeadlineExceeded, "")).kind(), ErrorKind::kTimeout);
  EXPECT_EQ(ErrorOf(Cancelled("")).kind(), ErrorKind::kCancelled);
  EXPECT_EQ(ErrorOf(ResourceExhausted("")).kind(), ErrorKind::kOutOfSpace);
  EXPECT_EQ(ErrorOf(DataLoss("")).kind(), ErrorKind::kDataLoss);
  EXPECT_EQ(ErrorOf(Internal("")).kind(), ErrorKind::kInternal);
}

TEST(ErrorOf, KafkasCodeSaysMoreThanTheStatus) {
  const auto kind_of = [](ErrorCode code) { return ErrorOf(KafkaError(code, "")).kind(); };
  EXPECT_EQ(kind_of(ErrorCode::kUnknownTopicOrPartition), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(ErrorCode::kTopicAlreadyExists), ErrorKind::kAlreadyExists);
  EXPECT_EQ(kind_of(ErrorCode::kMessageTooLarge), ErrorKind::kInvalidArgument);
  EXPECT_EQ(kind_of(ErrorCode::kRequestTimedOut), ErrorKind::kTimeout);
  EXPECT_EQ(kind_of(ErrorCode::kCorruptMessage), ErrorKind::kDataLoss);
  EXPECT_EQ(kind_of(ErrorCode::kNotLeaderOrFollower), ErrorKind::kUnavailable);
  EXPECT_EQ(kind_of(ErrorCode::kTopicAuthorizationFailed), ErrorKind::kNotPossibleNow);
}

TEST(Result, HoldsAValueOrAnError) {
  Result<std::string> value = std::string("here");
  EXPECT_TRUE(value.ok());
  EXPECT_EQ(*value, "here");
  EXPECT_EQ(value->size(), 4u);
  const Result<std::string> none = ErrorOf(NotFound("nowhere"));
  EXPECT_FALSE(none);
  EXPECT_EQ(none.error().message(), "nowhere");
  EXPECT_TRUE(Result<void>().ok());
  Result<void>().value();
}

TEST(ResultDeathTest, TakingWhatIsNotThereEndsTheProgramWithTheReason) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Result<std::string> none = ErrorOf(NotFound("nowhere to be found"));
  EXPECT_DEATH(static_cast<void>(none.value()), "nowhere to be found");
  EXPECT_DEATH(Result<void>(ErrorOf(NotFound("no way there"))).value(), "no way there");
}

}  // namespace
}  // namespace penstock
