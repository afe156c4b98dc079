#include "config/config_layers.h"

#include <array>
#include <utility>

#include "base/strings.h"
#include "config/config_table.h"
#include "config/config_value.h"

namespace penstock {
namespace {

// The text under `name` in its normal form; nothing if it is not set or no longer valid.
std::optional<std::string> ValidText(const ConfigMap& map, const ConfigDef& def) {
  const auto entry = map.find(def.name);
  if (entry == map.end()) return std::nullopt;
  StatusOr<std::string> text = NormalizeConfigValue(def, entry->second);
  if (!text.ok()) return std::nullopt;
  return *std::move(text);
}

// The number of a synonym in milliseconds. Hours and minutes are 32-bit, so that this cannot
// overflow.
std::string Converted(std::string value, ConfigUnit unit) {
  if (unit == ConfigUnit::kSame) return value;
  const std::optional<int64_t> number = ParseInt64(value);
  if (!number) return value;
  return StrCat(*number * (unit == ConfigUnit::kHoursToMs ? 3600000 : 60000));
}

// All that is said about the broker config `def`, the deciding layer first, by any of its names;
// what comes before the first entry of its own name is left out, as Kafka does.
std::vector<DescribedSynonym> BrokerSynonyms(const ConfigLayers& layers, const ConfigDef& def) {
  std::vector<std::string_view> names;
  for (const ConfigSynonym& synonym : def.synonyms) {
    if (!synonym.name.empty()) names.push_back(synonym.name);
  }
  if (names.empty()) names.push_back(def.name);

  std::vector<DescribedSynonym> all;
  const auto add = [&](std::string_view name, std::string_view value, ConfigSource source) {
    DescribedSynonym synonym{.name = name, .source = source};
    if (!def.sensitive()) synonym.value = std::string(value);
    if (!all.empty() || name == def.name) all.push_back(std::move(synonym));
  };
  const std::pair<const ConfigMap*, ConfigSource> set[] = {
      {&layers.dynamic_broker, ConfigSource::kDynamicBroker},
      {&layers.dynamic_default, ConfigSource::kDynamicDefaultBroker},
      {&layers.static_broker, ConfigSource::kStaticBroker},
  };
  for (const auto& [map, source] : set) {
    for (const std::string_view name : names) {
      if (const auto entry = map->find(name); entry != map->end()) {
        add(name, entry->second, source);
      }
    }
  }
  for (const std::string_view name : names) {
    const ConfigDef* row = FindConfig(ConfigScope::kBroker, name);
    if (row != nullptr && row->default_value) {
      add(name, *row->default_value, ConfigSource::kDefault);
    }
  }
  return all;
}

const ConfigDef* FirstBrokerSynonym(const ConfigDef& topic_config) {
  const std::string_view name = topic_config.synonyms[0].name;
  return name.empty() ? nullptr : FindConfig(ConfigScope::kBroker, name);
}

std::optional<std::string> Text(const std::optional<std::string_view>& text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

}  // namespace

std::optional<std::string> EffectiveBrokerConfig(const ConfigLayers& layers, const ConfigDef& def) {
  for (const ConfigMap* map :
       {&layers.dynamic_broker, &layers.dynamic_default, &layers.static_broker}) {
    if (std::optional<std::string> value = ValidText(*map, def)) return value;
  }
  return Text(def.default_value);
}

std::optional<std::string> EffectiveTopicConfig(const ConfigLayers& layers,
                                                const ConfigMap& topic_overrides,
                                                const ConfigDef& def) {
  if (std::optional<std::string> value = ValidText(topic_overrides, def)) return value;
  for (const ConfigSynonym& synonym : def.synonyms) {
    if (synonym.name.empty()) break;
    const ConfigDef* row = FindConfig(ConfigScope::kBroker, synonym.name);
    if (row == nullptr) continue;
    std::optional<std::string> value = EffectiveBrokerConfig(layers, *row);
    if (!value) continue;
    std::string converted = Converted(*std::move(value), synonym.unit);
    // A broker's retention of any negative time means for ever; a topic knows only -1.
    if (def.name == "retention.ms" && converted.starts_with('-')) converted = "-1";
    return converted;
  }
  return Text(def.default_value);
}

std::vector<DescribedConfig> DescribeTopicConfigs(const ConfigLayers& layers,
                                                  const ConfigMap& topic_overrides) {
  std::vector<DescribedConfig> rows;
  for (const ConfigDef& def : TopicConfigs()) {
    const bool overridden = topic_overrides.contains(def.name);
    if (def.internal && !overridden) continue;
    DescribedConfig row{.def = &def};
    if (!def.sensitive()) row.value = EffectiveTopicConfig(layers, topic_overrides, def);
    if (overridden) {
      row.synonyms.push_back(
          {.name = def.name, .value = row.value, .source = ConfigSource::kDynamicTopic});
    }
    if (const ConfigDef* broker_row = FirstBrokerSynonym(def)) {
      for (DescribedSynonym& synonym : BrokerSynonyms(layers, *broker_row)) {
        row.synonyms.push_back(std::move(synonym));
      }
    }
    if (!row.synonyms.empty()) row.source = row.synonyms[0].source;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<DescribedConfig> DescribeBrokerConfigs(const ConfigLayers& layers) {
  std::vector<DescribedConfig> rows;
  for (const ConfigDef& def : BrokerConfigs()) {
    if (def.internal && !layers.static_broker.contains(def.name)) continue;
    DescribedConfig row{.def = &def};
    if (!def.sensitive()) row.value = EffectiveBrokerConfig(layers, def);
    row.read_only = def.update == ConfigUpdate::kReadOnly;
    row.synonyms = BrokerSynonyms(layers, def);
    if (!row.synonyms.empty()) row.source = row.synonyms[0].source;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<DescribedConfig> DescribeDefaultBrokerConfigs(const ConfigLayers& layers) {
  std::vector<DescribedConfig> rows;
  for (const auto& [name, value] : layers.dynamic_default) {
    const ConfigDef* def = FindConfig(ConfigScope::kBroker, name);
    if (def == nullptr) continue;  // stored by a release that knows more configs
    DescribedConfig row{.def = def};
    if (!def->sensitive()) row.value = value;
    row.read_only = def->update == ConfigUpdate::kReadOnly;
    for (DescribedSynonym& synonym : BrokerSynonyms(layers, *def)) {
      if (synonym.source == ConfigSource::kDynamicDefaultBroker) {
        row.synonyms.push_back(std::move(synonym));
      }
    }
    if (!row.synonyms.empty()) row.source = row.synonyms[0].source;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace penstock
