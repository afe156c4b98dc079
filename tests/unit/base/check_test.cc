// Assertions end the process and name what failed.
#include "base/check.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(CheckDeathTest, AFailedCheckNamesFileAndCondition) {
  const int high_watermark = 3;
  EXPECT_DEATH(CHECK(high_watermark > 5), "check_test.cc:[0-9]+: high_watermark > 5");
}

TEST(CheckTest, AConditionThatHoldsIsEvaluatedOnce) {
  int evaluated = 0;
  CHECK(++evaluated == 1);
  EXPECT_EQ(evaluated, 1);
}

}  // namespace
}  // namespace penstock
