#include "door/core.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(Limits, AreNotBelowZeroAndEndAfterAYear) {
  EXPECT_EQ(LimitOf(std::chrono::seconds(3)), Duration(std::chrono::seconds(3)));
  EXPECT_EQ(LimitOf(std::chrono::seconds(-3)), Duration::zero());
  EXPECT_EQ(LimitOf(kNoLimit), std::nullopt);
  EXPECT_EQ(DurationOf(std::chrono::seconds(-3)), Duration::zero());
  EXPECT_EQ(DurationOf(kNoLimit), std::chrono::hours(365 * 24));
}

TEST(Limits, ADeadlineComes) {
  const TimeLimit soon(Duration(std::chrono::milliseconds(1)));
  Waiter waiter;
  EXPECT_FALSE(WaitFor(waiter, soon));
  EXPECT_EQ(soon.left(), Duration::zero());
  EXPECT_EQ(TimeLimit(std::nullopt).left(), std::nullopt);
  waiter.Tell(0);
  EXPECT_TRUE(WaitFor(waiter, soon));
}

TEST(Names, GoThereAndBack) {
  const std::vector<TopicPartitionName> names = NamesOf({{"orders", 1}, {"payments", 0}});
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(names[0].topic, "orders");
  EXPECT_EQ(names[0].partition, PartitionId(1));
  const v0::Timestamp when(std::chrono::milliseconds(12));
  EXPECT_EQ(TimestampOf(MillisecondsOf(when)), when);
  EXPECT_EQ(BytesOf(std::nullopt), std::nullopt);
  EXPECT_TRUE(BytesOf("").has_value());
}

}  // namespace
}  // namespace penstock
