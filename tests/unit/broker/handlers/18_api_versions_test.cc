#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "broker/handlers/handlers.h"
#include "protocol/messages/api_versions.h"
#include "tests/unit/broker/handlers/broker_host.h"

namespace penstock {
namespace {

using testing::BrokerHost;

ApiVersionsRequest From(std::string name, std::string version) {
  ApiVersionsRequest request;
  request.client_software_name = std::move(name);
  request.client_software_version = std::move(version);
  return request;
}

TEST(ApiVersions, OffersWhatTheTableServes) {
  BrokerHost host;
  const ApiVersionsResponse response = host.Ask(From("story", "1.0"), 4);
  ASSERT_EQ(response.error_code, ErrorCode::kNone);
  const auto rows = BrokerHandlers().rows();
  ASSERT_EQ(response.api_keys.size(), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(response.api_keys[i].api_key, rows[i].api_key);
  }
}

// The two places where what is offered is not what the schema has.
TEST(ApiVersions, OffersProduceFromZeroAndNoUnstableVersion) {
  BrokerHost host;
  const ApiVersionsResponse response = host.Ask(From("story", "1.0"), 0);
  std::map<int16_t, std::pair<int16_t, int16_t>> offered;
  for (const auto& api : response.api_keys) {
    offered[api.api_key] = {api.min_version, api.max_version};
  }
  EXPECT_EQ(offered[0], std::make_pair(int16_t{0}, int16_t{13}));
  EXPECT_EQ(offered[1], std::make_pair(int16_t{4}, int16_t{18}));
  EXPECT_EQ(offered[18], std::make_pair(int16_t{0}, int16_t{4}));
  EXPECT_EQ(offered[22], std::make_pair(int16_t{0}, int16_t{5}));
}

TEST(ApiVersions, OffersUnstableVersionsWhereTheyAreAskedFor) {
  BrokerHost host(ConfigMap{{"unstable.api.versions.enable", "true"}});
  const ApiVersionsResponse response = host.Ask(From("story", "1.0"), 4);
  for (const auto& api : response.api_keys) {
    EXPECT_EQ(api.max_version, BrokerHandlers().Find(api.api_key)->versions.max) << api.api_key;
  }
}

TEST(ApiVersions, TellsTheFeaturesOfTheCluster) {
  BrokerHost host;
  const ApiVersionsResponse response = host.Ask(From("story", "1.0"), 4);
  std::map<std::string, int16_t> finalized;
  for (const auto& feature : response.finalized_features) {
    EXPECT_EQ(feature.min_version_level, feature.max_version_level);
    finalized[feature.name] = feature.max_version_level;
  }
  EXPECT_EQ(finalized["metadata.version"], 30);
  EXPECT_EQ(finalized["kraft.version"], 1);
  EXPECT_GE(response.finalized_features_epoch, 0);
}

TEST(ApiVersions, OlderClientsAreNotToldOfLevelZero) {
  BrokerHost host;
  const auto has_level_zero = [](const ApiVersionsResponse& response) {
    return std::any_of(response.supported_features.begin(), response.supported_features.end(),
                       [](const auto& feature) { return feature.min_version == 0; });
  };
  EXPECT_FALSE(has_level_zero(host.Ask(From("story", "1.0"), 3)));
  EXPECT_TRUE(has_level_zero(host.Ask(From("story", "1.0"), 4)));
  EXPECT_FALSE(host.Ask(From("story", "1.0"), 3).supported_features.empty());
}

TEST(ApiVersions, SoftwareHasAName) {
  BrokerHost host;
  for (const char* name : {"librdkafka", "apache-kafka-java", "a", "x.y-z9"}) {
    EXPECT_EQ(host.Ask(From(name, "4.3.1"), 3).error_code, ErrorCode::kNone) << name;
  }
  for (const char* name : {"", "-a", "a-", "a b", ".", "a_b", "\xc3\xa4"}) {
    EXPECT_EQ(host.Ask(From(name, "4.3.1"), 3).error_code, ErrorCode::kInvalidRequest) << name;
    EXPECT_EQ(host.Ask(From("story", name), 3).error_code, ErrorCode::kInvalidRequest) << name;
  }
}

}  // namespace
}  // namespace penstock
