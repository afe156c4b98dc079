// Uuids and their base64url text.
#include "base/uuid.h"

#include <gtest/gtest.h>

#include <random>

namespace penstock {
namespace {

TEST(UuidTest, ReservedIdsPrintAsKafkaPrintsThem) {
  EXPECT_EQ(Uuid::Zero().ToString(), "AAAAAAAAAAAAAAAAAAAAAA");
  EXPECT_EQ(Uuid::One().ToString(), "AAAAAAAAAAAAAAAAAAAAAQ");
}

TEST(UuidTest, TextAndValueRoundTrip) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 1000; ++i) {
    const Uuid id(random(), random());
    EXPECT_EQ(Uuid::Parse(id.ToString()), id);
    EXPECT_EQ(Uuid::Parse(id.ToString() + "=="), id);
  }
}

TEST(UuidTest, OtherTextIsRefused) {
  EXPECT_FALSE(Uuid::Parse("").has_value());
  EXPECT_FALSE(Uuid::Parse("AAAAAAAAAAAAAAAAAAAAA").has_value());
  EXPECT_FALSE(Uuid::Parse("AAAAAAAAAAAAAAAAAAAA+A").has_value());
  EXPECT_FALSE(Uuid::Parse("AAAAAAAAAAAAAAAAAAAAAB").has_value()) << "bits beyond the last byte";
  EXPECT_FALSE(Uuid::Parse("AAAAAAAAAAAAAAAAAAAAAAAA").has_value());
}

TEST(UuidTest, RandomIdsNeverBeginWithADash) {
  EXPECT_FALSE(Uuid::FromRandomBits(0xF8ULL << 56, 0).has_value());
  const auto id = Uuid::FromRandomBits(~0ULL >> 8, ~0ULL);
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(id->high() >> 12 & 0xF, 4U) << "version 4";
  EXPECT_EQ(id->low() >> 62, 2U) << "variant";
}

}  // namespace
}  // namespace penstock
