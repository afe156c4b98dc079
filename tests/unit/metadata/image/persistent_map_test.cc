#include "metadata/image/persistent_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace penstock {
namespace {

using Map = PersistentMap<std::string, int>;

std::map<std::string, int> ContentOf(const Map& map) {
  std::map<std::string, int> content;
  std::string last;
  for (const auto& [key, value] : map) {
    EXPECT_TRUE(content.empty() || last < key) << "not ascending";
    last = key;
    content.emplace(key, value);
  }
  return content;
}

TEST(PersistentMap, DoesWhatAMapDoesAndKeepsEveryOldVersion) {
  constexpr uint32_t kSeed = 4711;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  std::map<std::string, int> expected;
  Map map;
  std::vector<std::pair<Map, std::map<std::string, int>>> versions;
  for (int i = 0; i < 3000; ++i) {
    const std::string key = std::to_string(random() % 300);
    if (random() % 3 == 0) {
      map = map.Without(key);
      expected.erase(key);
    } else {
      map = map.With(key, i);
      expected[key] = i;
    }
    ASSERT_EQ(map.size(), expected.size());
    if (i % 100 == 0) versions.emplace_back(map, expected);
  }
  EXPECT_EQ(ContentOf(map), expected);
  for (const auto& [version, content] : versions) EXPECT_EQ(ContentOf(version), content);
  for (int i = 0; i < 300; ++i) {
    const std::string key = std::to_string(i);
    const auto there = expected.lower_bound(key);
    const auto found = map.LowerBound(key);
    ASSERT_EQ(found == map.end(), there == expected.end());
    if (there == expected.end()) continue;
    EXPECT_EQ(found->first, there->first);
  }
}

// Equal content is an equal tree: in whatever order it came about, walking it is the same.
TEST(PersistentMap, TheOrderOfTheChangesDoesNotShow) {
  constexpr uint32_t kSeed = 815;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  std::vector<std::string> keys;
  for (int i = 0; i < 200; ++i) keys.push_back(std::to_string(i));
  Map ascending;
  for (const std::string& key : keys) ascending = ascending.With(key, 1);
  std::shuffle(keys.begin(), keys.end(), random);
  Map shuffled;
  for (const std::string& key : keys) shuffled = shuffled.With(key, 0).With(key, 1);
  EXPECT_EQ(ContentOf(shuffled), ContentOf(ascending));
  for (const std::string& key : keys) {
    const auto behind = ascending.LowerBound(key);
    ASSERT_TRUE(behind != ascending.end());
    EXPECT_EQ(behind->first, key);
    shuffled = shuffled.Without(key);
    EXPECT_EQ(shuffled.Find(key), nullptr);
  }
  EXPECT_TRUE(shuffled.empty());
  EXPECT_EQ(ascending.size(), 200u) << "the other map is not touched";
}

TEST(PersistentMap, AnEmptyMapHasNothing) {
  const Map map;
  EXPECT_TRUE(map.empty());
  EXPECT_EQ(map.Find("a"), nullptr);
  EXPECT_TRUE(map.begin() == map.end());
  EXPECT_EQ(map.Without("a").size(), 0u);
}

}  // namespace
}  // namespace penstock
