#include "client/api_versions.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

ApiVersions Serving(ApiKey key, int16_t min, int16_t max) {
  ApiVersionsResponse response;
  auto& api = response.api_keys.emplace_back();
  api.api_key = static_cast<int16_t>(key);
  api.min_version = min;
  api.max_version = max;
  return ApiVersions(response);
}

TEST(ApiVersionsTest, TheHighestVersionOfBothSidesIsUsed) {
  const VersionRange ours{4, 17};
  EXPECT_EQ(*Serving(ApiKey::kFetch, 4, 12).Choose(ApiKey::kFetch, ours), 12);
  EXPECT_EQ(*Serving(ApiKey::kFetch, 4, 99).Choose(ApiKey::kFetch, ours), 17);
  EXPECT_EQ(*Serving(ApiKey::kFetch, 17, 17).Choose(ApiKey::kFetch, ours), 17);
  EXPECT_EQ(*Serving(ApiKey::kFetch, 4, 99).Choose(ApiKey::kFetch, ours, 12), 12);
}

TEST(ApiVersionsTest, WithoutACommonVersionBothRangesAreTold) {
  const ApiVersions old = Serving(ApiKey::kFetch, 0, 3);
  const StatusOr<int16_t> none = old.Choose(ApiKey::kFetch, VersionRange{4, 17});
  EXPECT_EQ(ErrorCodeOf(none.status()), ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(MessageOf(none.status()),
            "the broker serves Fetch in versions 0 to 3, and this client speaks versions 4 to 17");
  const ApiVersions newer = Serving(ApiKey::kFetch, 18, 18);
  EXPECT_FALSE(newer.Choose(ApiKey::kFetch, VersionRange{4, 17}).ok());
  EXPECT_EQ(MessageOf(newer.Choose(ApiKey::kProduce, VersionRange{3, 13}).status()),
            "the broker does not serve Produce");
}

TEST(ApiVersionsTest, AVersionThatIsNotStableIsNotUsed) {
  for (const ApiInfo& api : AllApis()) {
    const ApiVersions all = Serving(api.key, api.versions.min, api.versions.max);
    const StatusOr<int16_t> version = all.Choose(api.key, api.versions);
    if (api.latest_unstable && api.versions.min == api.versions.max) {
      EXPECT_FALSE(version.ok()) << api.name;
    } else {
      EXPECT_EQ(*version, api.versions.max - (api.latest_unstable ? 1 : 0)) << api.name;
    }
  }
}

TEST(ApiVersionsTest, FeaturesAreListedByName) {
  ApiVersionsResponse response;
  for (const char* name : {"transaction.version", "metadata.version"}) {
    auto& supported = response.supported_features.emplace_back();
    supported.name = name;
    supported.max_version = 2;
    auto& finalized = response.finalized_features.emplace_back();
    finalized.name = name;
    finalized.min_version_level = 1;
    finalized.max_version_level = 1;
  }
  response.finalized_features_epoch = 7;
  const ApiVersions versions(response);
  ASSERT_EQ(versions.supported_features().size(), 2u);
  EXPECT_EQ(versions.supported_features()[0].name, "metadata.version");
  EXPECT_EQ(versions.supported_features()[0].versions, (VersionRange{0, 2}));
  EXPECT_EQ(versions.finalized_features()[1].versions, (VersionRange{1, 1}));
  EXPECT_EQ(versions.finalized_features_epoch(), 7);
}

}  // namespace
}  // namespace penstock
