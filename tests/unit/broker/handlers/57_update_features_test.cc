// The levels of features.
#include <gtest/gtest.h>

#include "protocol/messages/api_versions.h"
#include "protocol/messages/update_features.h"
#include "tests/unit/broker/handlers/broker_host.h"

namespace penstock::testing {
namespace {

ErrorCode Update(BrokerHost& host, std::string feature, int16_t level, int8_t type,
                 bool validate_only = false) {
  UpdateFeaturesRequest request;
  request.validate_only = validate_only;
  auto& update = request.feature_updates.emplace_back();
  update.feature = std::move(feature);
  update.max_version_level = level;
  update.upgrade_type = type;
  return host.Ask(request, 2).error_code;
}

TEST(UpdateFeaturesTest, LevelsThatAreNotServedAreRefused) {
  BrokerHost host;
  const auto versions = [&host] {
    ApiVersionsRequest request;
    request.client_software_name = "test";
    request.client_software_version = "1";
    return host.Ask(request, 3);
  };
  const auto before = versions();
  ASSERT_EQ(before.finalized_features.size(), 2U);
  EXPECT_EQ(Update(host, "no.such.version", 1, 1), ErrorCode::kInvalidUpdateVersion);
  EXPECT_EQ(Update(host, "metadata.version", 99, 1), ErrorCode::kInvalidUpdateVersion);
  EXPECT_EQ(Update(host, "metadata.version", 1, 2), ErrorCode::kInvalidUpdateVersion);
  EXPECT_EQ(Update(host, "metadata.version", 99, 1, true), ErrorCode::kInvalidUpdateVersion);
  EXPECT_EQ(versions().finalized_features, before.finalized_features);
}

}  // namespace
}  // namespace penstock::testing
