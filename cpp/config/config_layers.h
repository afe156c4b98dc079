// The layers that decide a config: topic overrides, then this broker's dynamic configs, then the
// cluster's dynamic defaults, then the broker's file and command line, then the default.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "config/config_def.h"

namespace penstock {

// What a broker knows besides topic overrides. A value: copies are cheap beside their use.
struct ConfigLayers {
  ConfigMap static_broker;    // as written in the file and on the command line
  ConfigMap dynamic_default;  // resource BROKER, empty name
  ConfigMap dynamic_broker;   // resource BROKER, this node's id
};

struct DescribedSynonym {
  std::string_view name;
  std::optional<std::string> value;  // nothing: null (always so for sensitive ones)
  ConfigSource source = ConfigSource::kUnknown;
};

// One row of a DescribeConfigs answer.
struct DescribedConfig {
  const ConfigDef* def = nullptr;
  std::optional<std::string> value;
  ConfigSource source = ConfigSource::kDefault;
  bool read_only = false;
  std::vector<DescribedSynonym> synonyms;
};

// The value of a broker config: dynamic broker, dynamic default, static, default; nothing: null.
// Stored texts that no longer parse fall back to the next layer.
std::optional<std::string> EffectiveBrokerConfig(const ConfigLayers& layers, const ConfigDef& def);

// The value of a topic config with its broker synonyms converted to milliseconds.
std::optional<std::string> EffectiveTopicConfig(const ConfigLayers& layers,
                                                const ConfigMap& topic_overrides,
                                                const ConfigDef& def);

// What DescribeConfigs shows, sorted by name: every config but internal ones that are not set.
std::vector<DescribedConfig> DescribeTopicConfigs(const ConfigLayers& layers,
                                                  const ConfigMap& topic_overrides);
std::vector<DescribedConfig> DescribeBrokerConfigs(const ConfigLayers& layers);
// Of the resource BROKER with an empty name: only what is set there.
std::vector<DescribedConfig> DescribeDefaultBrokerConfigs(const ConfigLayers& layers);

}  // namespace penstock
