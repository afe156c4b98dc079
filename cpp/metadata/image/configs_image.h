// The dynamic configs of the cluster: of topics, of brokers (an empty name is the default of all).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "config/config_def.h"
#include "metadata/image/persistent_map.h"

namespace penstock {

// The numbers are those of the protocol.
enum class ConfigResourceType : int8_t {
  kUnknown = 0,
  kTopic = 2,
  kBroker = 4,
  kBrokerLogger = 8,
  kClientMetrics = 16,
  kGroup = 32,
};

struct ConfigResource {
  ConfigResourceType type = ConfigResourceType::kUnknown;
  std::string name;

  static ConfigResource Topic(std::string_view name) {
    return {ConfigResourceType::kTopic, std::string(name)};
  }
  static ConfigResource Broker(NodeId id) {
    return {ConfigResourceType::kBroker, std::to_string(id.value())};
  }
  static ConfigResource DefaultBroker() { return {ConfigResourceType::kBroker, ""}; }

  auto operator<=>(const ConfigResource&) const = default;
};
inline uint64_t TreapPriority(const ConfigResource& resource) {
  return TreapPriority(resource.name) + static_cast<uint64_t>(resource.type);
}

class ConfigsImage {
 public:
  using ConfigPtr = std::shared_ptr<const ConfigMap>;

  // The overrides of `resource`; empty where there are none.
  const ConfigMap& Of(const ConfigResource& resource) const;
  // Every resource that has overrides, topics first, then brokers, by name.
  const PersistentMap<ConfigResource, ConfigPtr>& resources() const { return resources_; }

  // This image with the overrides of one resource replaced; an empty map removes it.
  ConfigsImage With(const ConfigResource& resource, ConfigMap overrides) const;

 private:
  PersistentMap<ConfigResource, ConfigPtr> resources_;
};
bool operator==(const ConfigsImage& a, const ConfigsImage& b);

}  // namespace penstock
