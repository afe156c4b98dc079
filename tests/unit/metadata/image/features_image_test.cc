#include "metadata/image/features_image.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(FeaturesImage, AnEmptyLogHasFinalizedNothing) {
  const FeaturesImage features;
  EXPECT_TRUE(features.All().empty());
  EXPECT_EQ(features.LevelOf(kMetadataVersionFeature), FeaturesImage::kNoMetadataVersion);
  EXPECT_EQ(features.LevelOf(kKRaftVersionFeature), 0);
  EXPECT_EQ(features.LevelOf("group.version"), 0);
}

TEST(FeaturesImage, TheTwoVersionsAreFeaturesAsWell) {
  FeaturesImage features;
  features.metadata_version = 30;
  features.kraft_version = 1;
  features.finalized["group.version"] = 2;
  EXPECT_EQ(features.LevelOf(kMetadataVersionFeature), 30);
  EXPECT_EQ(features.LevelOf(kKRaftVersionFeature), 1);
  EXPECT_EQ(features.LevelOf("group.version"), 2);
  const std::map<std::string, int16_t, std::less<>> expected = {
      {"group.version", 2}, {"kraft.version", 1}, {"metadata.version", 30}};
  EXPECT_EQ(features.All(), expected);
}

}  // namespace
}  // namespace penstock
