#include "metadata/image/configs_image.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(ConfigsImage, WhatIsNotOverriddenIsEmpty) {
  EXPECT_TRUE(ConfigsImage().Of(ConfigResource::Topic("words")).empty());
  EXPECT_TRUE(ConfigsImage().resources().empty());
}

TEST(ConfigsImage, ResourcesOfTheSameNameAreDifferent) {
  ConfigsImage configs;
  configs = configs.With(ConfigResource::Topic("1"), {{"retention.ms", "5"}});
  configs = configs.With(ConfigResource::Broker(NodeId(1)), {{"max.connections", "7"}});
  configs = configs.With(ConfigResource::DefaultBroker(), {{"max.connections", "8"}});
  EXPECT_EQ(configs.Of(ConfigResource::Topic("1")), (ConfigMap{{"retention.ms", "5"}}));
  EXPECT_EQ(configs.Of(ConfigResource::Broker(NodeId(1))), (ConfigMap{{"max.connections", "7"}}));
  EXPECT_EQ(configs.Of(ConfigResource::DefaultBroker()), (ConfigMap{{"max.connections", "8"}}));
  std::vector<ConfigResource> order;
  for (const auto& [resource, overrides] : configs.resources()) order.push_back(resource);
  EXPECT_EQ(order, (std::vector{ConfigResource::Topic("1"), ConfigResource::DefaultBroker(),
                                ConfigResource::Broker(NodeId(1))}));
}

TEST(ConfigsImage, OverridesAreReplacedAsAWhole) {
  const ConfigResource words = ConfigResource::Topic("words");
  const ConfigsImage before = ConfigsImage().With(words, {{"a", "1"}, {"b", "2"}});
  const ConfigsImage after = before.With(words, {{"c", "3"}});
  EXPECT_EQ(after.Of(words), (ConfigMap{{"c", "3"}}));
  EXPECT_EQ(before.Of(words).size(), 2u) << "images do not change";
  EXPECT_TRUE(after.With(words, {}).resources().empty()) << "nothing is kept of what has nothing";
}

TEST(ConfigsImage, EqualMeansEqualContent) {
  const ConfigResource words = ConfigResource::Topic("words");
  const ConfigsImage one = ConfigsImage().With(words, {{"a", "1"}});
  EXPECT_EQ(one, ConfigsImage().With(words, {{"a", "1"}}));
  EXPECT_FALSE(one == ConfigsImage().With(words, {{"a", "2"}}));
  EXPECT_FALSE(one == ConfigsImage().With(ConfigResource::Topic("lines"), {{"a", "1"}}));
  EXPECT_FALSE(one == ConfigsImage());
}

}  // namespace
}  // namespace penstock
