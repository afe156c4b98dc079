#include "config/config_changes.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include "base/strings.h"
#include "config/config_table.h"
#include "config/config_value.h"
#include "config/topic_config.h"

namespace penstock {
namespace {

// A value's length is a 16-bit number in the answers of the older versions.
constexpr size_t kValueLengthMax = std::numeric_limits<int16_t>::max();

Status InvalidConfig(std::string_view message) {
  return KafkaError(ErrorCode::kInvalidConfig, message);
}

// What an append or a subtract works on: the override, else the default; empty pieces do not count.
std::vector<std::string> CurrentParts(const ConfigDef& def, const ConfigMap& current) {
  const auto entry = current.find(def.name);
  std::vector<std::string> parts = SplitConfigList(
      entry != current.end() ? std::string_view(entry->second) : def.default_value.value_or(""));
  std::erase(parts, "");
  return parts;
}

// The pieces to add or remove; commas at the end do not count.
std::vector<std::string_view> ChangedParts(std::string_view text) {
  std::vector<std::string_view> pieces = Split(text, ',');
  while (pieces.size() > 1 && pieces.back().empty()) pieces.pop_back();
  return pieces;
}

StatusOr<std::string> ChangeList(ConfigScope scope, const ConfigMap& current,
                                 const ConfigChange& change) {
  const bool append = change.operation == ConfigOperation::kAppend;
  const ConfigDef* def = FindConfig(scope, change.name);
  if (def == nullptr || def->type != ConfigType::kList) {
    return InvalidConfig(StrCat("Can't ", append ? "APPEND" : "SUBTRACT", " to key ", change.name,
                                " because its type is not LIST."));
  }
  std::vector<std::string> parts = CurrentParts(*def, current);
  for (const std::string_view piece : ChangedParts(*change.value)) {
    const auto found = std::find(parts.begin(), parts.end(), piece);
    if (append && found == parts.end()) parts.emplace_back(piece);
    if (!append && found != parts.end()) parts.erase(found);
  }
  return FormatConfigValue(parts);
}

Status CheckShape(const std::vector<ConfigChange>& changes) {
  std::set<std::string_view> names;
  std::string without_value;
  for (const ConfigChange& change : changes) {
    if (!names.insert(change.name).second) {
      return KafkaError(ErrorCode::kInvalidRequest, "Error due to duplicate config keys");
    }
    if (change.operation != ConfigOperation::kDelete && !change.value) {
      StrAppend(without_value, without_value.empty() ? "" : ", ", change.name);
    }
  }
  if (without_value.empty()) return OkStatus();
  return KafkaError(ErrorCode::kInvalidRequest,
                    StrCat("Null value not supported for : ", without_value));
}

void Record(ConfigScope scope, const ConfigMap& current, std::string_view name,
            std::optional<std::string> value, ConfigUpdateResult& result) {
  const auto entry = current.find(name);
  const bool same =
      value ? entry != current.end() && entry->second == *value : entry == current.end();
  if (value) {
    result.overrides[std::string(name)] = *value;
  } else if (const auto old = result.overrides.find(name); old != result.overrides.end()) {
    result.overrides.erase(old);
  }
  // A broker config is recorded again although it is the same: that makes the brokers read files
  // it names anew.
  if (!same || scope == ConfigScope::kBroker) {
    result.records.push_back({.name = std::string(name), .value = std::move(value)});
  }
}

Status CheckValue(const ConfigDef& def, const std::string& value) {
  if (value.size() > kValueLengthMax) {
    return InvalidConfig(StrCat("The value of ", def.name, " is ", value.size(),
                                " bytes long, more than ", kValueLengthMax));
  }
  return ParseConfigValue(def, value).status();
}

Status CheckCompactionLag(const TopicConfig& config) {
  if (config.min_compaction_lag_ms <= config.max_compaction_lag_ms) return OkStatus();
  return InvalidConfig(StrCat("conflict topic config setting min.compaction.lag.ms (",
                              config.min_compaction_lag_ms, ") > max.compaction.lag.ms (",
                              config.max_compaction_lag_ms, ')'));
}

bool WasRemote(const ConfigMap& existing) {
  const auto entry = existing.find("remote.storage.enable");
  return entry != existing.end() && entry->second == "true";
}

// remote.storage.enable=true is refused as a Kafka broker without tiered storage refuses it; a
// topic of another broker that had it cannot lose it silently.
Status CheckRemoteStorage(const TopicConfig& config, const ConfigMap& existing,
                          const ConfigMap& wanted) {
  if (config.remote_storage_enable) {
    return InvalidConfig(
        "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with "
        "remote log storage.");
  }
  const auto delete_on_disable = wanted.find("remote.log.delete.on.disable");
  const bool deletes = delete_on_disable != wanted.end() && delete_on_disable->second == "true";
  if (WasRemote(existing) && !deletes) {
    return InvalidConfig(
        "Remote storage cannot be disabled without deleting the remote data; set "
        "remote.log.delete.on.disable=true as well");
  }
  return OkStatus();
}

}  // namespace

StatusOr<ConfigUpdateResult> ApplyConfigChanges(ConfigScope scope, const ConfigMap& current,
                                                const std::vector<ConfigChange>& changes) {
  RETURN_IF_ERROR(CheckShape(changes));
  ConfigUpdateResult result{.overrides = current, .records = {}};
  for (const ConfigChange& change : changes) {
    switch (change.operation) {
      case ConfigOperation::kSet:
        Record(scope, current, change.name, change.value, result);
        break;
      case ConfigOperation::kDelete:
        Record(scope, current, change.name, std::nullopt, result);
        break;
      case ConfigOperation::kAppend:
      case ConfigOperation::kSubtract: {
        ASSIGN_OR_RETURN(std::string value, ChangeList(scope, current, change));
        Record(scope, current, change.name, std::move(value), result);
        break;
      }
    }
  }
  return result;
}

ConfigUpdateResult ReplaceConfigs(ConfigScope scope, const ConfigMap& current,
                                  const ConfigMap& wanted) {
  ConfigUpdateResult result{.overrides = current, .records = {}};
  for (const auto& [name, value] : wanted) Record(scope, current, name, value, result);
  for (const auto& [name, value] : current) {
    if (!wanted.contains(name)) Record(scope, current, name, std::nullopt, result);
  }
  return result;
}

Status ValidateTopicConfigs(const ConfigLayers& layers, const ConfigMap& existing,
                            const ConfigMap& wanted) {
  for (const auto& [name, value] : wanted) {
    RETURN_IF_ERROR(CheckConfigName(ConfigScope::kTopic, name));
  }
  for (const auto& [name, value] : wanted) {
    RETURN_IF_ERROR(CheckValue(*FindConfig(ConfigScope::kTopic, name), value));
  }
  ASSIGN_OR_RETURN(const TopicConfig config, ResolveTopicConfig(layers, wanted));
  RETURN_IF_ERROR(CheckCompactionLag(config));
  return CheckRemoteStorage(config, existing, wanted);
}

Status ValidateBrokerConfigs(BrokerResource resource, const ConfigMap& wanted) {
  for (const auto& [name, value] : wanted) {
    RETURN_IF_ERROR(CheckConfigName(ConfigScope::kBroker, name));
    const ConfigDef& def = *FindConfig(ConfigScope::kBroker, name);
    if (def.update == ConfigUpdate::kReadOnly) {
      return KafkaError(ErrorCode::kInvalidRequest,
                        StrCat("Cannot update these configs dynamically: [", name, ']'));
    }
    if (def.update == ConfigUpdate::kPerBroker && resource == BrokerResource::kClusterDefault) {
      return KafkaError(ErrorCode::kInvalidRequest,
                        StrCat("Cannot update these configs at default cluster level, broker id "
                               "must be specified: [",
                               name, ']'));
    }
    RETURN_IF_ERROR(CheckValue(def, value));
  }
  const auto limit = [&wanted](std::string_view name) {
    const auto entry = wanted.find(name);
    return entry == wanted.end() ? std::nullopt : ParseInt64(StripSpaces(entry->second));
  };
  const auto low = limit("log.cleaner.min.compaction.lag.ms");
  const auto high = limit("log.cleaner.max.compaction.lag.ms");
  if (low && high && *low > *high) {
    return InvalidConfig(StrCat("log.cleaner.min.compaction.lag.ms (", *low,
                                ") > log.cleaner.max.compaction.lag.ms (", *high, ')'));
  }
  return OkStatus();
}

}  // namespace penstock
