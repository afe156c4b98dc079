// Configs that are replaced as a whole.
#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/messages/alter_configs.h"
#include "tests/unit/broker/handlers/admin_client.h"

namespace penstock::testing {
namespace {

class AlterConfigsTest : public ::testing::Test {
 protected:
  AlterConfigsTest() { client_.Create(Topic("rivers")); }

  AdminClient client_;
};

TEST_F(AlterConfigsTest, ReplacingAllDropsWhatIsNotNamed) {
  client_.Alter(kTopicType, "rivers", kSet, "retention.ms", "1234");
  AlterConfigsRequest request;
  auto& resource = request.resources.emplace_back();
  resource.resource_type = kTopicType;
  resource.resource_name = "rivers";
  auto& config = resource.configs.emplace_back();
  config.name = "segment.ms";
  config.value = "77";
  EXPECT_EQ(client_.host().Ask(request, 2).responses.at(0).error_code, ErrorCode::kNone);
  EXPECT_EQ(client_.Own("rivers", "segment.ms"), "77");
  EXPECT_EQ(client_.Own("rivers", "retention.ms"), std::nullopt);
}

}  // namespace
}  // namespace penstock::testing
