// The table of Kafka's error codes.
#include "base/error_code.h"

#include <gtest/gtest.h>

#include <set>

namespace penstock {
namespace {

TEST(ErrorCodeTest, CodesAreThoseOfKafka43WithoutAHole) {
  int expected = -1;
#define ERROR_CODE(number, name, identifier, retriable, message) \
  EXPECT_EQ(number, expected++) << #name;
#include "base/error_codes.inc"
#undef ERROR_CODE
  EXPECT_EQ(expected, 134);
}

TEST(ErrorCodeTest, EveryErrorHasANameOfItsOwnAndASentence) {
  std::set<std::string_view> names;
  for (int code = -1; code <= 133; ++code) {
    const auto error = static_cast<ErrorCode>(code);
    EXPECT_TRUE(names.insert(NameOf(error)).second) << code;
    EXPECT_EQ(DescriptionOf(error).empty(), error == ErrorCode::kNone) << code;
  }
}

TEST(ErrorCodeTest, RetriableFollowsKafkasClients) {
  EXPECT_TRUE(IsRetriable(ErrorCode::kNotLeaderOrFollower));
  EXPECT_TRUE(IsRetriable(ErrorCode::kUnknownTopicOrPartition));
  EXPECT_TRUE(IsRetriable(ErrorCode::kKafkaStorageError));
  EXPECT_FALSE(IsRetriable(ErrorCode::kMessageTooLarge));
  EXPECT_FALSE(IsRetriable(ErrorCode::kOutOfOrderSequenceNumber));
}

TEST(ErrorCodeTest, ANumberOfALaterReleaseIsUnknown) {
  EXPECT_EQ(NameOf(static_cast<ErrorCode>(999)), "UNKNOWN_SERVER_ERROR");
  EXPECT_FALSE(IsRetriable(static_cast<ErrorCode>(999)));
}

}  // namespace
}  // namespace penstock
