// Text helpers.
#include "base/strings.h"

#include <gtest/gtest.h>

#include "base/btree_map.h"
#include "base/ids.h"

namespace penstock {
namespace {

TEST(StringsTest, StrCatJoinsTextsAndNumbers) {
  EXPECT_EQ(StrCat("words-", PartitionId(3), '@', Offset(-1), ' ', true), "words-3@-1 true");
}

TEST(StringsTest, SplitKeepsEmptyPieces) {
  EXPECT_EQ(Split("a,,b", ',').size(), 3U);
  EXPECT_EQ(Split("", ',').size(), 1U);
  EXPECT_EQ(Split("a,", ',').back(), "");
}

TEST(StringsTest, NumbersMustBeWhole) {
  EXPECT_EQ(ParseInt64("-42"), -42);
  EXPECT_EQ(ParseInt32("2147483647"), 2147483647);
  EXPECT_FALSE(ParseInt32("2147483648").has_value());
  EXPECT_FALSE(ParseInt64("").has_value());
  EXPECT_FALSE(ParseInt64("4 ").has_value());
  EXPECT_FALSE(ParseInt64("0x10").has_value());
  EXPECT_EQ(ParseDouble("0.5"), 0.5);
  EXPECT_FALSE(ParseDouble("half").has_value());
}

TEST(StringsTest, StripSpacesTakesBothEnds) {
  EXPECT_EQ(StripSpaces(" \t a b \r\n"), "a b");
  EXPECT_EQ(StripSpaces("   "), "");
}

TEST(StringsTest, NearestOfFindsATypoAndNothingElse) {
  const std::vector<std::string_view> names = {"retention.ms", "segment.ms", "cleanup.policy"};
  EXPECT_EQ(NearestOf("retension.ms", names), "retention.ms");
  EXPECT_EQ(NearestOf("segmnt.ms", names), "segment.ms");
  EXPECT_EQ(NearestOf("entirely.different", names), "");
}

TEST(StringsTest, MapsOfTextAreAskedWithViews) {
  BTreeMap<std::string, int> counts;
  counts["pen"] = 1;
  EXPECT_EQ(counts.find(std::string_view("penstock").substr(0, 3))->second, 1);
  EXPECT_FALSE(counts.contains(std::string_view("stock")));
}

}  // namespace
}  // namespace penstock
