#include "broker/listener_config.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

BrokerConfig Resolve(const ConfigMap& config) {
  ConfigLayers layers;
  layers.static_broker = config;
  layers.static_broker["log.dirs"] = "data";
  const StatusOr<BrokerConfig> resolved = ResolveBrokerConfig(layers);
  EXPECT_TRUE(resolved.ok()) << MessageOf(resolved.status());
  return *resolved;
}

TEST(ListenerConfig, AddressesOfTheCommandLineReplaceThoseOfTheConfig) {
  ConfigMap config{{"listeners", "PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2"}};
  OverrideListeners({{"127.0.0.1", 5}, {"::1", 6}}, Resolve(config), config);
  const BrokerConfig resolved = Resolve(config);
  ASSERT_EQ(resolved.listeners.size(), 2u);
  EXPECT_EQ(resolved.listeners[0], (ListenerAddress{"PLAINTEXT", "127.0.0.1", 5}));
  EXPECT_EQ(resolved.listeners[1], (ListenerAddress{"PLAINTEXT_2", "::1", 6}));
  ASSERT_EQ(resolved.controller_listeners.size(), 1u);
  EXPECT_EQ(resolved.controller_listeners[0].port, 2);
}

TEST(ListenerConfig, AListenerIsAdvertisedUnderItsOwnNameOnly) {
  const BrokerConfig config =
      Resolve({{"listeners", "A://127.0.0.1:1,B://127.0.0.1:2"},
               {"listener.security.protocol.map", "A:PLAINTEXT,B:PLAINTEXT"},
               {"inter.broker.listener.name", "A"},
               {"advertised.listeners", "B://broker.example:92"}});
  EXPECT_EQ(InfoOf(config.listeners[0], config).advertised, std::nullopt);
  EXPECT_EQ(InfoOf(config.listeners[1], config).advertised, (Address{"broker.example", 92}));
}

TEST(ListenerConfig, TheRegistrationHasAnAddressThatCanBeUsed) {
  const Address bound{"127.0.0.1", 4000};
  EXPECT_EQ(RegisteredAddress({}, bound), bound);
  EXPECT_EQ(RegisteredAddress({}, {"0.0.0.0", 4000}), (Address{"localhost", 4000}));
  EXPECT_EQ(RegisteredAddress({.name = "A", .advertised = Address{"b", 1}}, bound),
            (Address{"b", 1}));
}

}  // namespace
}  // namespace penstock
