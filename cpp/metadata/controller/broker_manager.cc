#include "metadata/controller/broker_manager.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/strings.h"
#include "metadata/controller/leadership.h"
#include "metadata/image/image_records.h"

namespace penstock {
namespace {

constexpr int8_t kYes = 1;
constexpr int8_t kNo = -1;

Status InvalidRegistration(std::string_view message) {
  return KafkaError(ErrorCode::kInvalidRegistration, message);
}

// The ids up to 99 are kept for special meanings.
bool IsReserved(const Uuid& directory) { return directory.high() == 0 && directory.low() < 100; }

Status CheckLogDirs(const ClusterImage& cluster, const BrokerRegistration& registration) {
  if (registration.log_dirs.empty()) {
    return InvalidRegistration("No directories specified in request");
  }
  std::set<Uuid> seen;
  for (const Uuid& directory : registration.log_dirs) {
    if (IsReserved(directory)) return InvalidRegistration("Reserved directory ID in request");
    if (!seen.insert(directory).second) {
      return InvalidRegistration("Duplicate directory ID in request");
    }
    for (const auto& [id, broker] : cluster.brokers) {
      const auto& dirs = broker.log_dirs;
      if (id != registration.id && std::find(dirs.begin(), dirs.end(), directory) != dirs.end()) {
        return InvalidRegistration(
            StrCat("Broker ", id, " is already registered with directory ", directory.ToString()));
      }
    }
  }
  return OkStatus();
}

// Every finalized feature lies in the range that the broker supports.
Status CheckFeatures(const FeaturesImage& finalized, const BrokerRegistration& registration) {
  for (const auto& [name, level] : finalized.All()) {
    int16_t min = 0;
    int16_t max = 0;
    bool found = false;
    for (const SupportedFeature& feature : registration.features) {
      if (feature.name != name) continue;
      min = feature.min_version;
      max = feature.max_version;
      found = true;
    }
    if (name == kMetadataVersionFeature && !found) {
      return InvalidRegistration("Request features do not contain 'metadata.version'");
    }
    if (level >= min && level <= max) continue;
    return KafkaError(
        ErrorCode::kUnsupportedVersion,
        StrCat("Unable to register because the broker does not support finalized version ", level,
               " of ", name, ". The broker wants a version between ", min, " and ", max,
               ", inclusive."));
  }
  return OkStatus();
}

// The registered broker, or STALE_BROKER_EPOCH.
Status CheckEpoch(const ClusterImage& cluster, NodeId id, BrokerEpoch epoch) {
  const BrokerImage* broker = cluster.Broker(id);
  if (broker == nullptr) {
    return KafkaError(ErrorCode::kStaleBrokerEpoch,
                      StrCat("No broker registration found for broker id ", id));
  }
  if (broker->epoch == epoch) return OkStatus();
  return KafkaError(ErrorCode::kStaleBrokerEpoch, StrCat("Expected broker epoch ", broker->epoch,
                                                         ", but got broker epoch ", epoch));
}

BrokerRegistrationChangeRecord ChangeOf(NodeId id, BrokerEpoch epoch) {
  BrokerRegistrationChangeRecord change;
  change.broker_id = id;
  change.broker_epoch = epoch;
  return change;
}

}  // namespace

ControllerResult<StatusOr<BrokerEpoch>> RegisterBroker(const MetadataImage& image,
                                                       const BrokerRegistration& registration,
                                                       Offset next_offset) {
  Status checked = CheckLogDirs(image.cluster(), registration);
  if (checked.ok()) checked = CheckFeatures(image.features(), registration);
  if (!checked.ok()) return {{}, checked};

  ControllerResult<StatusOr<BrokerEpoch>> result{{}, BrokerEpoch(next_offset.value())};
  const BrokerImage* existing = image.cluster().Broker(registration.id);
  const bool amends =
      existing != nullptr && existing->incarnation_id == registration.incarnation_id;
  BrokerImage broker;
  broker.id = registration.id;
  broker.epoch = BrokerEpoch(next_offset.value());
  broker.incarnation_id = registration.incarnation_id;
  broker.endpoints = registration.endpoints;
  broker.features = registration.features;
  broker.rack = registration.rack;
  broker.log_dirs = registration.log_dirs;
  if (amends) {
    broker.epoch = existing->epoch;
    broker.fenced = existing->fenced;
    broker.in_controlled_shutdown = existing->in_controlled_shutdown;
    result.response = existing->epoch;
  } else {
    AddChangesForLeaving(image, registration.id, result.records);
  }
  result.records.push_back(ToRegisterBrokerRecord(broker));
  return result;
}

ControllerResult<Status> UnfenceBroker(const MetadataImage& image, NodeId id, BrokerEpoch epoch) {
  const Status checked = CheckEpoch(image.cluster(), id, epoch);
  if (!checked.ok() || !image.cluster().Broker(id)->fenced) return {{}, checked};
  ControllerResult<Status> result{{}, OkStatus()};
  BrokerRegistrationChangeRecord change = ChangeOf(id, epoch);
  change.fenced = kNo;
  result.records.push_back(std::move(change));
  AddChangesForJoining(image, id, result.records);
  return result;
}

ControllerResult<Status> BeginControlledShutdown(const MetadataImage& image, NodeId id,
                                                 BrokerEpoch epoch) {
  const Status checked = CheckEpoch(image.cluster(), id, epoch);
  if (!checked.ok()) return {{}, checked};
  ControllerResult<Status> result{{}, OkStatus()};
  if (!image.cluster().Broker(id)->in_controlled_shutdown) {
    BrokerRegistrationChangeRecord change = ChangeOf(id, epoch);
    change.in_controlled_shutdown = kYes;
    result.records.push_back(std::move(change));
  }
  AddChangesForLeaving(image, id, result.records);
  return result;
}

ControllerResult<Status> FenceBroker(const MetadataImage& image, NodeId id, BrokerEpoch epoch) {
  const Status checked = CheckEpoch(image.cluster(), id, epoch);
  if (!checked.ok() || image.cluster().Broker(id)->fenced) return {{}, checked};
  ControllerResult<Status> result{{}, OkStatus()};
  AddChangesForLeaving(image, id, result.records);
  BrokerRegistrationChangeRecord change = ChangeOf(id, epoch);
  change.fenced = kYes;
  result.records.push_back(std::move(change));
  return result;
}

}  // namespace penstock
