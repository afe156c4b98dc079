#include "metadata/controller/topic_name.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(TopicName, HasLettersDigitsAndThreeOtherCharacters) {
  for (const char* name : {"a", "Z", "0", "words", "a.b_c-d", "...", "__consumer_offsets", "-"}) {
    EXPECT_EQ(CheckTopicName(name), OkStatus()) << name;
  }
  for (int c = 0; c < 256; ++c) {
    const char character = static_cast<char>(c);
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') ||
                         std::string_view("._-").find(character) != std::string_view::npos;
    EXPECT_EQ(CheckTopicName(std::string("x") + character).ok(), allowed) << c;
  }
}

TEST(TopicName, IsNotEmptyAndNoPath) {
  EXPECT_EQ(MessageOf(CheckTopicName("")),
            "Topic name is invalid: the empty string is not allowed");
  EXPECT_EQ(MessageOf(CheckTopicName(".")), "Topic name is invalid: '.' is not allowed");
  EXPECT_EQ(MessageOf(CheckTopicName("..")), "Topic name is invalid: '..' is not allowed");
  EXPECT_EQ(ErrorCodeOf(CheckTopicName("..")), ErrorCode::kInvalidTopicException);
}

// So that the name of the partition's directory, and of its deletion, fit a file name.
TEST(TopicName, HasAtMost249Bytes) {
  EXPECT_EQ(CheckTopicName(std::string(249, 'a')), OkStatus());
  const Status refused = CheckTopicName(std::string(250, 'a'));
  EXPECT_EQ(ErrorCodeOf(refused), ErrorCode::kInvalidTopicException);
  EXPECT_TRUE(MessageOf(refused).ends_with("is longer than the max allowed length 249")) << refused;
}

TEST(TopicName, DotsAndUnderscoresAreTheSameInTheNamesOfMetrics) {
  EXPECT_TRUE(HasCollisionCharacters("a.b"));
  EXPECT_TRUE(HasCollisionCharacters("a_b"));
  EXPECT_FALSE(HasCollisionCharacters("a-b"));
  EXPECT_EQ(UnifyCollisionCharacters("a.b_c-d."), "a_b_c-d_");
}

}  // namespace
}  // namespace penstock
