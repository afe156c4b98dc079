// AlterConfigs and IncrementalAlterConfigs as pure functions on the overrides of one resource.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "config/config_def.h"
#include "config/config_layers.h"

namespace penstock {

// The numbers are those of IncrementalAlterConfigs.
enum class ConfigOperation : int8_t { kSet = 0, kDelete = 1, kAppend = 2, kSubtract = 3 };

struct ConfigChange {
  std::string name;
  ConfigOperation operation = ConfigOperation::kSet;
  std::optional<std::string> value;  // nothing only for kDelete
};

// One ConfigRecord: the new value, or nothing for a removal.
struct ConfigRecordChange {
  std::string name;
  std::optional<std::string> value;
};

struct ConfigUpdateResult {
  ConfigMap overrides;                      // after the change
  std::vector<ConfigRecordChange> records;  // what to write to the metadata log
};

// The incremental form. INVALID_REQUEST for a name that occurs twice or a missing value;
// INVALID_CONFIG for a list operation on what is no list. Values are not validated here.
StatusOr<ConfigUpdateResult> ApplyConfigChanges(ConfigScope scope, const ConfigMap& current,
                                                const std::vector<ConfigChange>& changes);

// The older form: `wanted` replaces everything.
ConfigUpdateResult ReplaceConfigs(ConfigScope scope, const ConfigMap& current,
                                  const ConfigMap& wanted);

// Names, values and what they must be together, for a topic whose overrides would be `wanted`.
Status ValidateTopicConfigs(const ConfigLayers& layers, const ConfigMap& existing,
                            const ConfigMap& wanted);

// Names, values and whether they may change at run time, for the dynamic configs of one broker or
// (`per_broker` = kClusterDefault) of all.
enum class BrokerResource : uint8_t { kOneBroker, kClusterDefault };
Status ValidateBrokerConfigs(BrokerResource resource, const ConfigMap& wanted);

}  // namespace penstock
