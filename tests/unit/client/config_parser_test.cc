#include "client/config_parser.h"

#include <gtest/gtest.h>

#include <array>

namespace penstock {
namespace {

constexpr auto kRows = std::to_array<ConfigDef>({
    {"patience.ms", ConfigType::kLong, "250"},
    {"polite", ConfigType::kBoolean, "true"},
    {"tries", ConfigType::kInt, "3",
     ConfigValidator{.kind = ConfigValidator::Kind::kRange, .at_least = 1}},
    {"voice", ConfigType::kString, "low"},
});

TEST(ConfigParserTest, TakesDefaultsWhereNothingIsGiven) {
  const auto parsed = ParsedConfigs::Parse(kRows, {});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->Time("patience.ms"), Milliseconds(250));
  EXPECT_TRUE(parsed->Bool("polite"));
  EXPECT_EQ(parsed->Int32("tries"), 3);
  EXPECT_EQ(parsed->Text("voice"), "low");
  EXPECT_FALSE(parsed->given("tries"));
}

TEST(ConfigParserTest, RemembersWhatWasGiven) {
  const auto parsed = ParsedConfigs::Parse(kRows, {{"tries", " 3 "}, {"polite", "FALSE"}});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_TRUE(parsed->given("tries"));
  EXPECT_EQ(parsed->Int64("tries"), 3);
  EXPECT_FALSE(parsed->Bool("polite"));
  EXPECT_FALSE(parsed->given("voice"));
}

TEST(ConfigParserTest, NamesTheConfigAndWhatItAllows) {
  const auto parsed = ParsedConfigs::Parse(kRows, {{"tries", "0"}});
  EXPECT_EQ(ErrorCodeOf(parsed.status()), ErrorCode::kInvalidConfig);
  EXPECT_EQ(MessageOf(parsed.status()),
            "Invalid value 0 for configuration tries: Value must be at least 1");
}

TEST(ConfigParserTest, SuggestsTheNameThatWasMeant) {
  const auto near = ParsedConfigs::Parse(kRows, {{"patience.sm", "1"}});
  EXPECT_EQ(ErrorCodeOf(near.status()), ErrorCode::kInvalidConfig);
  EXPECT_EQ(MessageOf(near.status()),
            "Unknown configuration 'patience.sm', did you mean 'patience.ms'?");
  const auto far = ParsedConfigs::Parse(kRows, {{"transactional.id", "x"}});
  EXPECT_EQ(MessageOf(far.status()), "Unknown configuration 'transactional.id'");
}

TEST(ConfigParserTest, KeepsTimesThatCanBeReckonedWith) {
  const auto parsed = ParsedConfigs::Parse(kRows, {{"patience.ms", "9223372036854775807"}});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const Instant now{.since_start = Milliseconds(1'000'000)};
  EXPECT_GT(now + parsed->Time("patience.ms"), now);
}

}  // namespace
}  // namespace penstock
