#include "config/properties.h"

#include <gtest/gtest.h>

#include <random>

namespace penstock {
namespace {

ConfigMap Read(std::string_view text) {
  const StatusOr<std::vector<Property>> properties = ParseProperties(text);
  EXPECT_TRUE(properties.ok()) << properties.status();
  return properties.ok() ? ToMap(*properties) : ConfigMap();
}

TEST(PropertiesTest, ReadsMetaProperties) {
  EXPECT_EQ(Read("#\n#Sat Nov 21 14:00:00 UTC 2026\nnode.id=1\nversion=1\ncluster.id=abc\n"),
            (ConfigMap{{"cluster.id", "abc"}, {"node.id", "1"}, {"version", "1"}}));
}

TEST(PropertiesTest, EverySeparatorOfJavaEndsAKey) {
  EXPECT_EQ(Read("a=1\nb:2\nc 3\n d \t = 4\ne\nf=\ng==\r\nh = x = y "),
            (ConfigMap{{"a", "1"},
                       {"b", "2"},
                       {"c", "3"},
                       {"d", "4"},
                       {"e", ""},
                       {"f", ""},
                       {"g", "="},
                       {"h", "x = y "}}));
}

TEST(PropertiesTest, LinesContinueAndCommentsDoNot) {
  EXPECT_EQ(Read("list=a,\\\n   b,\\\r\n\tc\n# no \\\nkey=1\n  ! also a comment\nlast=x\\"),
            (ConfigMap{{"key", "1"}, {"last", "x"}, {"list", "a,b,c"}}));
  EXPECT_EQ(Read("even=back\\\\\nnext=1"), (ConfigMap{{"even", "back\\"}, {"next", "1"}}));
}

TEST(PropertiesTest, EscapesAreReplaced) {
  EXPECT_EQ(Read("a\\ b\\=c=\\t\\n\\r\\f\\q\\u00e9\\uD83D\\uDE00"),
            (ConfigMap{{"a b=c", "\t\n\r\fq\u00e9\U0001F600"}}));
  EXPECT_EQ(Read("lone=\\ud83dx"), (ConfigMap{{"lone", "\uFFFDx"}}));
}

TEST(PropertiesTest, ABrokenEscapeIsNamedByItsLine) {
  for (const std::string_view text : {"a=1\nb=\\u12", "a=1\nb=\\u12g4", "a=1\nb=\\u"}) {
    const StatusOr<std::vector<Property>> properties = ParseProperties(text);
    ASSERT_FALSE(properties.ok());
    EXPECT_EQ(MessageOf(properties.status()), "line 2: malformed \\uxxxx escape");
  }
}

TEST(PropertiesTest, TheLastValueWinsAndLinesAreCounted) {
  const auto properties = ParseProperties("\na=1\nb=\\\n2\na=3\n");
  ASSERT_TRUE(properties.ok());
  ASSERT_EQ(properties->size(), 3u);
  EXPECT_EQ(properties->at(1).line, 3);
  EXPECT_EQ(properties->at(2).line, 5);
  EXPECT_EQ(ToMap(*properties).at("a"), "3");
}

TEST(PropertiesTest, WhatIsWrittenLooksAsJavaWritesIt) {
  EXPECT_EQ(WriteProperties("first\nsecond", {{.key = "a b", .value = "  c:\\d e"}}),
            "#first\n#second\na\\ b=\\ \\ c\\:\\\\d e\n");
}

TEST(PropertiesTest, AnythingWrittenReadsBackTheSame) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::string alphabet = "ab =:#!\\\t\n\r\f.u0\xc3\xa9";
  for (int round = 0; round < 2000; ++round) {
    const auto text = [&] {
      std::string out;
      for (size_t n = random() % 12; n > 0; --n) out += alphabet[random() % alphabet.size()];
      return out;
    };
    const Property property{.key = "k" + text(), .value = text()};
    EXPECT_EQ(Read(WriteProperties("", {property})), (ConfigMap{{property.key, property.value}}));
  }
}

TEST(PropertiesTest, AnyBytesAreReadOrRefused) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::string alphabet = "a=\\u0dD8:\n\r #";
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (size_t n = random() % 40; n > 0; --n) text += alphabet[random() % alphabet.size()];
    const auto properties = ParseProperties(text);
    if (!properties.ok()) {
      EXPECT_EQ(properties.status().code(), StatusCode::kInvalidArgument);
    }
  }
}

}  // namespace
}  // namespace penstock
