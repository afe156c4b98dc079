#include "client/offset_reset.h"

#include <gtest/gtest.h>

#include <string>

#include "client/admin_types.h"

namespace penstock {
namespace {

constexpr TimestampMs kNow{1'700'000'000'000};

TEST(OffsetResetTest, TheThreePlainPoliciesAsKafkaWritesThem) {
  EXPECT_EQ(OffsetReset::Parse("earliest")->Target(kNow), kEarliestOffset);
  EXPECT_EQ(OffsetReset::Parse("latest")->Target(kNow), kLatestOffset);
  EXPECT_EQ(OffsetReset::Parse("none")->Target(kNow), std::nullopt);
  for (const char* text : {"", "EARLIEST", "smallest", "by_duration", "by_duration:", "latest "}) {
    EXPECT_FALSE(OffsetReset::Parse(text).ok()) << text;
  }
}

TEST(OffsetResetTest, ADurationCountsBackFromNow) {
  const auto reset = OffsetReset::Parse("by_duration:P1DT2H");
  ASSERT_TRUE(reset.ok()) << reset.status();
  EXPECT_EQ(reset->Target(kNow), kNow + -int64_t{26} * 3'600'000);
  EXPECT_EQ(OffsetReset::Parse("by_duration:PT0S")->Target(kNow), kNow);
  EXPECT_FALSE(OffsetReset::Parse("by_duration:-PT1S").ok());
}

TEST(OffsetResetTest, BeforeTheEpochThereIsNothing) {
  EXPECT_EQ(OffsetReset::Parse("by_duration:PT1H")->Target(TimestampMs(5)), TimestampMs(0));
}

TEST(OffsetResetTest, DurationsAreReadAsJavaReadsThem) {
  const struct {
    const char* text;
    Duration value;
  } good[] = {
      {"PT20.345S", Milliseconds(20'345)},
      {"PT15M", std::chrono::minutes(15)},
      {"PT10H", std::chrono::hours(10)},
      {"P2D", std::chrono::hours(48)},
      {"P2DT3H4M", std::chrono::minutes(51 * 60 + 4)},
      {"PT-6H3M", std::chrono::minutes(-357)},
      {"-PT6H3M", std::chrono::minutes(-363)},
      {"-PT-6H+3M", std::chrono::minutes(357)},
      {"pt1.5s", Milliseconds(1'500)},
      {"PT1,5S", Milliseconds(1'500)},
      {"PT-0.5S", Milliseconds(-500)},
      {"PT1.S", Milliseconds(1'000)},
      {"+PT0.000000001S", Duration(1)},
  };
  for (const auto& [text, value] : good) {
    const auto parsed = ParseIsoDuration(text);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, value) << text;
  }
  const char* const bad[] = {"",      "P",    "PT",     "1H",     "PT1",   "P1H",
                             "PT1D",  "P1DT", "P1Y",    "PT1M1H", "PT.5S", "PT1.5M",
                             "PT1S ", "P 1D", "PT1S1S", "P--1D"};
  for (const char* text : bad) EXPECT_FALSE(ParseIsoDuration(text).ok()) << text;
}

TEST(OffsetResetTest, MoreThanAHundredYearsAreRefusedAndNeverOverflow) {
  EXPECT_TRUE(ParseIsoDuration("P36500D").ok());
  for (const char* text : {"P36501D", "P36500DT1S", "P99999999999999999999D",
                           "PT9223372036854775807S", "P-36500DT-9999999H", "PT1.1234567890S"}) {
    EXPECT_FALSE(ParseIsoDuration(text).ok()) << text;
  }
}

}  // namespace
}  // namespace penstock
