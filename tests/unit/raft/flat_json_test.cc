#include "raft/flat_json.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "base/strings.h"

namespace penstock {
namespace {

JsonValue MustParse(std::string_view text) {
  StatusOr<JsonValue> value = ParseFlatJson(text);
  EXPECT_TRUE(value.ok()) << text << ": " << value.status();
  return value.ok() ? *std::move(value) : JsonValue();
}

TEST(FlatJson, ReadsNumbersTextsListsAndObjects) {
  const JsonValue json =
      MustParse(R"( {"epoch" : 7, "id":"a-b_c", "voters":[{"voterId":1},{"voterId":-2}],)"
                "\n\t\"none\":null, \"empty\":[], \"nothing\":{} }\r\n");
  ASSERT_EQ(json.kind, JsonValue::Kind::kObject);
  EXPECT_EQ(json.Find("epoch")->number, 7);
  EXPECT_EQ(json.Find("id")->text, "a-b_c");
  ASSERT_EQ(json.Find("voters")->list.size(), 2u);
  EXPECT_EQ(json.Find("voters")->list[1].Find("voterId")->number, -2);
  EXPECT_EQ(json.Find("none")->kind, JsonValue::Kind::kNull);
  EXPECT_EQ(json.Find("empty")->kind, JsonValue::Kind::kList);
  EXPECT_EQ(json.Find("nothing")->kind, JsonValue::Kind::kObject);
  EXPECT_EQ(json.Find("missing"), nullptr);
  EXPECT_EQ(json.Find("epoch")->Find("epoch"), nullptr) << "a number has no members";
}

TEST(FlatJson, NumbersAreOf64Bits) {
  EXPECT_EQ(MustParse("9223372036854775807").number, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(MustParse("-9223372036854775808").number, std::numeric_limits<int64_t>::min());
  for (const char* text : {"9223372036854775808", "1.5", "1e3", "--1", "-", "1-1", "0x10"}) {
    EXPECT_FALSE(ParseFlatJson(text).ok()) << text;
  }
}

TEST(FlatJson, TextsMayHoldQuotesAndBackslashes) {
  EXPECT_EQ(MustParse(R"("a\"b\\c\/d")").text, R"(a"b\c/d)");
  EXPECT_FALSE(ParseFlatJson(R"("\n")").ok()) << "an escape that no state file has";
  EXPECT_FALSE(ParseFlatJson(R"("\)").ok());
}

TEST(FlatJson, AProblemIsToldWithItsPlace) {
  EXPECT_EQ(MessageOf(ParseFlatJson("").status()),
            "not the JSON of a state file: expected a value at byte 0");
  EXPECT_EQ(MessageOf(ParseFlatJson("{\"a\":1} x").status()),
            "not the JSON of a state file: expected the end at byte 8");
  EXPECT_EQ(MessageOf(ParseFlatJson("{\"a\" 1}").status()),
            "not the JSON of a state file: expected ':' at byte 5");
  EXPECT_EQ(MessageOf(ParseFlatJson("[1;2]").status()),
            "not the JSON of a state file: expected ',' or ']' at byte 2");
  EXPECT_EQ(MessageOf(ParseFlatJson("nul").status()),
            "not the JSON of a state file: expected null at byte 0");
  EXPECT_EQ(ParseFlatJson("{1:2}").status().code(), StatusCode::kInvalidArgument);
}

TEST(FlatJson, NestingHasALimit) {
  const auto nested = [](size_t depth) {
    return StrCat(std::string(depth, '['), "1", std::string(depth, ']'));
  };
  EXPECT_TRUE(ParseFlatJson(nested(8)).ok());
  EXPECT_FALSE(ParseFlatJson(nested(9)).ok());
  EXPECT_FALSE(ParseFlatJson(std::string(100'000, '[')).ok());
}

// Any text is read or refused, and what is read holds no more than the text did.
TEST(FlatJson, TakesAnyBytes) {
  constexpr uint32_t kSeed = 20261121;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  constexpr std::string_view kAlphabet = "{}[]\",:\\-0123456789null \xff";
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    const size_t size = random() % 12;
    for (size_t k = 0; k < size; ++k) text += kAlphabet[random() % kAlphabet.size()];
    const StatusOr<JsonValue> value = ParseFlatJson(text);
    if (!value.ok()) {
      ASSERT_EQ(value.status().code(), StatusCode::kInvalidArgument) << text;
      continue;
    }
    ++read;
    ASSERT_LE(value->text.size() + value->list.size() + value->object.size(), text.size()) << text;
  }
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace penstock
