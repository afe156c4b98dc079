#include "metadata/controller/feature_manager.h"

#include <gtest/gtest.h>

#include "tests/unit/metadata/controller/test_cluster.h"

namespace penstock {
namespace {

constexpr int8_t kUpgrade = 1;
constexpr int8_t kSafeDowngrade = 2;
constexpr int8_t kUnsafeDowngrade = 3;

using Update = UpdateFeaturesRequest::FeatureUpdateKey;

Update To(std::string_view feature, int16_t level, int8_t type = kUpgrade) {
  Update update;
  update.feature = feature;
  update.max_version_level = level;
  update.upgrade_type = type;
  return update;
}

class FeatureManagerTest : public ::testing::Test {
 protected:
  // A cluster at a level that Apache Kafka 4.0 left it at.
  void Lower(int16_t level) {
    FeatureLevelRecord record;
    record.name = kMetadataVersionFeature;
    record.feature_level = level;
    cluster_.Apply({MetadataRecord(record)});
  }
  ControllerResult<UpdateFeaturesResponse> Ask(std::vector<Update> updates) {
    UpdateFeaturesRequest request;
    request.feature_updates = std::move(updates);
    return UpdateFeatures(cluster_.options(), cluster_.image(), request);
  }
  std::string Refusal(std::vector<Update> updates) {
    const auto result = Ask(std::move(updates));
    EXPECT_TRUE(result.records.empty());
    EXPECT_EQ(result.response.error_code, ErrorCode::kInvalidUpdateVersion);
    return result.response.error_message.value_or("");
  }

  TestCluster cluster_;
};

TEST_F(FeatureManagerTest, TheMetadataVersionIsRaised) {
  Lower(25);
  const auto result = Ask({To(kMetadataVersionFeature, 30)});
  EXPECT_EQ(result.response.error_code, ErrorCode::kNone);
  EXPECT_EQ(KindsOf(result.records), Kinds{"FEATURE_LEVEL_RECORD"});
  cluster_.Apply(result.records);
  EXPECT_EQ(cluster_.image().features().metadata_version, 30);
}

TEST_F(FeatureManagerTest, NotAboveWhatIsServed) {
  EXPECT_EQ(Refusal({To(kMetadataVersionFeature, 31)}),
            "The update failed for all features since the following feature had an error: Invalid "
            "update version 31 for feature metadata.version. Local controller 1 only supports "
            "versions 7-30");
  EXPECT_NE(Refusal({To("transaction.version", 2)}).find("does not support this feature."),
            std::string::npos);
}

TEST_F(FeatureManagerTest, NotDownByAccident) {
  EXPECT_NE(Refusal({To(kMetadataVersionFeature, 29)})
                .find("without setting the upgrade type to either safe or unsafe downgrade."),
            std::string::npos);
  EXPECT_NE(Refusal({To(kMetadataVersionFeature, 29, kSafeDowngrade)})
                .find("might delete metadata information."),
            std::string::npos);
  EXPECT_NE(Refusal({To(kMetadataVersionFeature, 29, kUnsafeDowngrade)})
                .find("Unsafe metadata downgrade is not supported in this version."),
            std::string::npos);
  Update old_form = To(kMetadataVersionFeature, 29);
  old_form.allow_downgrade = true;
  EXPECT_NE(Refusal({old_form}).find("might delete metadata information."), std::string::npos);
}

TEST_F(FeatureManagerTest, NoUpgradeByTheNameOfADowngrade) {
  Lower(25);
  EXPECT_NE(Refusal({To(kMetadataVersionFeature, 30, kSafeDowngrade)})
                .find("Can't downgrade to a newer version."),
            std::string::npos);
}

TEST_F(FeatureManagerTest, LevelsAndTypesAreChecked) {
  EXPECT_NE(Refusal({To(kMetadataVersionFeature, -1)}).find("cannot be less than 0."),
            std::string::npos);
  for (const int8_t type : {int8_t{0}, int8_t{4}, int8_t{-1}}) {
    EXPECT_NE(Refusal({To(kMetadataVersionFeature, 30, type)})
                  .find("The controller does not support the given upgrade type."),
              std::string::npos);
  }
}

TEST_F(FeatureManagerTest, KnownFeaturesMayBeSetToWhatTheyAre) {
  const auto result = Ask({To("group.version", 0)});
  EXPECT_EQ(result.response.error_code, ErrorCode::kNone);
  EXPECT_NE(Refusal({To("unheard.of", 0)}).find("Feature unheard.of not found."),
            std::string::npos);
}

TEST_F(FeatureManagerTest, TheKraftVersionIsAtItsHighestAlready) {
  MetadataDelta delta(cluster_.image_ptr());
  delta.SetKRaftVersion(1);
  const MetadataImagePtr image = delta.Apply(MetadataProvenance());
  UpdateFeaturesRequest request;
  request.feature_updates = {To(kKRaftVersionFeature, 1)};
  const auto same = UpdateFeatures(cluster_.options(), *image, request);
  EXPECT_EQ(same.response.error_code, ErrorCode::kNone);
  EXPECT_TRUE(same.records.empty());
  request.feature_updates = {To(kKRaftVersionFeature, 0, kSafeDowngrade)};
  const auto down = UpdateFeatures(cluster_.options(), *image, request);
  EXPECT_EQ(down.response.error_code, ErrorCode::kInvalidUpdateVersion);
}

TEST_F(FeatureManagerTest, AllOrNothing) {
  Lower(25);
  EXPECT_NE(
      Refusal({To(kMetadataVersionFeature, 30), To("group.version", 1)}).find("group.version"),
      std::string::npos);
  EXPECT_TRUE(
      Ask({To(kMetadataVersionFeature, 30), To("group.version", 1)}).response.results.empty());
}

TEST_F(FeatureManagerTest, ValidatingMakesNothing) {
  Lower(25);
  UpdateFeaturesRequest request;
  request.feature_updates = {To(kMetadataVersionFeature, 30)};
  request.validate_only = true;
  const auto result = UpdateFeatures(cluster_.options(), cluster_.image(), request);
  EXPECT_EQ(result.response.error_code, ErrorCode::kNone);
  EXPECT_TRUE(result.records.empty());
}

TEST(FinalizedFeatures, AreServedOrNamed) {
  FeaturesImage features;
  EXPECT_EQ(CheckFinalizedFeatures(features), OkStatus()) << "an empty log";
  features.metadata_version = 7;
  EXPECT_EQ(CheckFinalizedFeatures(features), OkStatus());
  features.kraft_version = 1;
  EXPECT_EQ(CheckFinalizedFeatures(features), OkStatus());
  features.metadata_version = 6;
  EXPECT_EQ(MessageOf(CheckFinalizedFeatures(features)),
            "feature metadata.version is finalized at level 6, which is not served: levels 7 to 30 "
            "are");
  features.metadata_version = 30;
  features.finalized["unheard.of"] = 3;
  EXPECT_EQ(MessageOf(CheckFinalizedFeatures(features)),
            "feature unheard.of is finalized at level 3, which is not served: only level 0 is");
}

}  // namespace
}  // namespace penstock
