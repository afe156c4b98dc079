#include "metadata/controller/feature_manager.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"

namespace penstock {
namespace {

using Update = UpdateFeaturesRequest::FeatureUpdateKey;

constexpr int8_t kUpgrade = 1;
constexpr int8_t kSafeDowngrade = 2;
constexpr int8_t kUnsafeDowngrade = 3;

// Features of Kafka 4.3 that are not served yet: only level 0 is possible.
constexpr std::array<std::string_view, 5> kKnownFeatures = {
    "eligible.leader.replicas.version", "group.version", "share.version", "streams.version",
    "transaction.version"};

const SupportedFeature* FindServed(std::string_view name) {
  const auto& served = ServedFeatures();
  const auto found = std::find_if(served.begin(), served.end(),
                                  [&](const SupportedFeature& one) { return one.name == name; });
  return found == served.end() ? nullptr : &*found;
}

Status InvalidUpdate(const Update& update, std::string_view why) {
  return KafkaError(ErrorCode::kInvalidUpdateVersion,
                    StrCat("Invalid update version ", update.max_version_level, " for feature ",
                           update.feature, ". ", why));
}

Status CheckSupported(NodeId node, const Update& update) {
  const SupportedFeature* served = FindServed(update.feature);
  if (served == nullptr) {
    if (update.max_version_level == 0) return OkStatus();
    return InvalidUpdate(update,
                         StrCat("Local controller ", node, " does not support this feature."));
  }
  if (update.max_version_level >= served->min_version &&
      update.max_version_level <= served->max_version) {
    return OkStatus();
  }
  return InvalidUpdate(update, StrCat("Local controller ", node, " only supports versions ",
                                      served->min_version, "-", served->max_version));
}

FeatureLevelRecord LevelRecord(const Update& update) {
  FeatureLevelRecord record;
  record.name = update.feature;
  record.feature_level = update.max_version_level;
  return record;
}

// The records of one update, in the order of Kafka's checks.
StatusOr<std::vector<MetadataRecord>> Apply(const ControllerOptions& options,
                                            const FeaturesImage& features, const Update& update) {
  const int8_t type = update.allow_downgrade ? kSafeDowngrade : update.upgrade_type;
  const int16_t current = features.LevelOf(update.feature);
  if (type < kUpgrade || type > kUnsafeDowngrade) {
    return InvalidUpdate(update, "The controller does not support the given upgrade type.");
  }
  if (update.max_version_level < 0) {
    return InvalidUpdate(update, "A feature version cannot be less than 0.");
  }
  RETURN_IF_ERROR(CheckSupported(options.node_id, update));
  if (update.max_version_level < current && type == kUpgrade) {
    return InvalidUpdate(update,
                         "Can't downgrade the version of this feature without setting the upgrade "
                         "type to either safe or unsafe downgrade.");
  }
  if (update.max_version_level > current && type != kUpgrade) {
    return InvalidUpdate(update, "Can't downgrade to a newer version.");
  }
  if (update.feature == kKRaftVersionFeature) {
    // A cluster of one is at the highest level from its start on.
    if (update.max_version_level == current) return std::vector<MetadataRecord>();
    return InvalidUpdate(update, "Can't downgrade the version of this feature.");
  }
  if (update.feature == kMetadataVersionFeature) {
    if (update.max_version_level < current) {
      // Level 30 changed the records, so every lower level is behind that change.
      const char* why =
          type == kUnsafeDowngrade
              ? "Unsafe metadata downgrade is not supported in this version."
              : "Refusing to perform the requested downgrade because it might delete metadata "
                "information.";
      return KafkaError(ErrorCode::kInvalidUpdateVersion,
                        StrCat("Unsupported metadata.version downgrade from ", current, " to ",
                               update.max_version_level, ". ", why));
    }
  } else if (std::find(kKnownFeatures.begin(), kKnownFeatures.end(), update.feature) ==
             kKnownFeatures.end()) {
    return InvalidUpdate(update, StrCat("Feature ", update.feature, " not found."));
  }
  return std::vector<MetadataRecord>{LevelRecord(update)};
}

}  // namespace

const std::vector<SupportedFeature>& ServedFeatures() {
  static const std::vector<SupportedFeature> served = {
      {std::string(kKRaftVersionFeature), 0, kKRaftVersionMax},
      {std::string(kMetadataVersionFeature), kMetadataVersionMin, kMetadataVersionServed},
  };
  return served;
}

Status CheckFinalizedFeatures(const FeaturesImage& features) {
  for (const auto& [name, level] : features.All()) {
    const SupportedFeature* served = FindServed(name);
    const int16_t max = served == nullptr ? int16_t{0} : served->max_version;
    const int16_t min = served == nullptr ? int16_t{0} : served->min_version;
    if (level >= min && level <= max) continue;
    return FailedPrecondition(StrCat(
        "feature ", name, " is finalized at level ", level, ", which is not served: ",
        max == 0 ? std::string("only level 0 is") : StrCat("levels ", min, " to ", max, " are")));
  }
  return OkStatus();
}

ControllerResult<UpdateFeaturesResponse> UpdateFeatures(const ControllerOptions& options,
                                                        const MetadataImage& image,
                                                        const UpdateFeaturesRequest& request) {
  ControllerResult<UpdateFeaturesResponse> result;
  for (const Update& update : request.feature_updates) {
    StatusOr<std::vector<MetadataRecord>> records = Apply(options, image.features(), update);
    if (!records.ok()) {
      result.records.clear();
      result.response = UpdateFeaturesResponse();
      result.response.error_code = ErrorCodeOf(records.status());
      result.response.error_message =
          StrCat("The update failed for all features since the following feature had an error: ",
                 MessageOf(records.status()));
      return result;
    }
    for (MetadataRecord& record : *records) result.records.push_back(std::move(record));
    UpdateFeaturesResponse::UpdatableFeatureResult entry;
    entry.feature = update.feature;
    result.response.results.push_back(std::move(entry));
  }
  if (request.validate_only) result.records.clear();
  return result;
}

}  // namespace penstock
