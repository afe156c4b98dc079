// What has configs.
#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/messages/list_config_resources.h"
#include "tests/unit/broker/handlers/admin_client.h"

namespace penstock::testing {
namespace {

class ListConfigResourcesTest : public ::testing::Test {
 protected:
  ListConfigResourcesTest() { client_.Create(Topic("rivers")); }

  AdminClient client_;
};

TEST_F(ListConfigResourcesTest, ListsWhatHasConfigs) {
  ListConfigResourcesRequest request;
  EXPECT_TRUE(client_.host().Ask(request, 0).config_resources.empty()) << "client metrics only";
  const auto all = client_.host().Ask(request, 1);
  EXPECT_EQ(all.error_code, ErrorCode::kNone);
  std::vector<std::pair<int, std::string>> listed;
  for (const auto& row : all.config_resources) {
    listed.emplace_back(row.resource_type, row.resource_name);
  }
  std::ranges::sort(listed);
  const std::vector<std::pair<int, std::string>> expected = {
      {kTopicType, "rivers"}, {kBrokerType, "1"}, {kBrokerLoggerType, "1"}};
  EXPECT_EQ(listed, expected);
  request.resource_types = {kTopicType};
  EXPECT_EQ(client_.host().Ask(request, 1).config_resources.size(), 1U);
  request.resource_types = {kTopicType, 3};
  EXPECT_EQ(client_.host().Ask(request, 1).error_code, ErrorCode::kUnsupportedVersion);
}

}  // namespace
}  // namespace penstock::testing
