#include "protocol/api.h"

#include "gtest/gtest.h"

namespace penstock {
namespace {

TEST(ApiTest, HasEveryKeyOf43ButTheRemovedOnes) {
  for (int16_t key = -1; key <= 93; ++key) {
    const bool exists = key >= 0 && key <= 92 && (key < 4 || key > 7);
    EXPECT_EQ(FindApi(key) != nullptr, exists) << key;
  }
  EXPECT_EQ(AllApis().size(), 89u);
  EXPECT_EQ(FindApi(INT16_MIN), nullptr);
  EXPECT_EQ(FindApi(INT16_MAX), nullptr);
}

TEST(ApiTest, KnowsProduce) {
  const ApiInfo* produce = FindApi(ApiKey::kProduce);
  ASSERT_NE(produce, nullptr);
  EXPECT_EQ(produce->name, "Produce");
  EXPECT_EQ(produce->versions, (VersionRange{3, 13}));
  EXPECT_EQ(produce->flexible, 9);
  EXPECT_TRUE(produce->on_broker);
  EXPECT_FALSE(produce->on_controller);
  EXPECT_EQ(produce->route, ApiRoute::kLeader);
  EXPECT_FALSE(produce->forwarded);
}

TEST(ApiTest, ForwardsToTheControllerWhatChangesTheCluster) {
  EXPECT_TRUE(FindApi(ApiKey::kCreateTopics)->forwarded);
  EXPECT_EQ(FindApi(ApiKey::kCreateTopics)->route, ApiRoute::kController);
  EXPECT_FALSE(FindApi(ApiKey::kMetadata)->forwarded);
}

TEST(ApiTest, TheNewestInitProducerIdIsNotOffered) {
  EXPECT_TRUE(FindApi(ApiKey::kInitProducerId)->latest_unstable);
  EXPECT_FALSE(FindApi(ApiKey::kProduce)->latest_unstable);
}

TEST(ApiTest, HeadersGrowTagsWithTheFlexibleVersions) {
  const ApiInfo& fetch = *FindApi(ApiKey::kFetch);
  EXPECT_EQ(fetch.RequestHeaderVersion(11), 1);
  EXPECT_EQ(fetch.RequestHeaderVersion(12), 2);
  EXPECT_EQ(fetch.ResponseHeaderVersion(11), 0);
  EXPECT_EQ(fetch.ResponseHeaderVersion(12), 1);
  EXPECT_EQ(FindApi(ApiKey::kSaslHandshake)->RequestHeaderVersion(1), 1);
}

TEST(ApiTest, ApiVersionsIsAlwaysAnsweredWithTheOldestHeader) {
  const ApiInfo& versions = *FindApi(ApiKey::kApiVersions);
  EXPECT_EQ(versions.RequestHeaderVersion(4), 2);
  EXPECT_EQ(versions.ResponseHeaderVersion(4), 0);
}

}  // namespace
}  // namespace penstock
