#include "broker/handler_table.h"

#include <gtest/gtest.h>

#include "broker/handlers/handlers.h"
#include "protocol/api.h"

namespace penstock {
namespace {

TEST(HandlerTable, FindsWhatIsInIt) {
  const HandlerTable& table = BrokerHandlers();
  ASSERT_NE(table.Find(18), nullptr);
  EXPECT_EQ(table.Find(18)->api_key, 18);
  EXPECT_EQ(table.Find(-1), nullptr);
  EXPECT_EQ(table.Find(4), nullptr);
  EXPECT_EQ(table.Find(INT16_MAX), nullptr);
}

TEST(HandlerTable, RowsAreInOrderAndServeTheVersionsOfTheSchema) {
  int16_t last = -1;
  for (const HandlerRow& row : BrokerHandlers().rows()) {
    EXPECT_LT(last, row.api_key);
    last = row.api_key;
    EXPECT_EQ(row.versions, FindApi(row.api_key)->versions);
    EXPECT_EQ(ReasonNotServed(row.api_key), "");
  }
}

TEST(HandlerTable, EveryApiOfABrokerIsServedOrHasAReason) {
  for (const ApiInfo& api : AllApis()) {
    const int16_t key = static_cast<int16_t>(api.key);
    const bool served = BrokerHandlers().Find(key) != nullptr;
    EXPECT_EQ(api.on_broker && !served, !ReasonNotServed(key).empty()) << api.name;
  }
}

}  // namespace
}  // namespace penstock
