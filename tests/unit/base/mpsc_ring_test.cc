// Many threads to one: everything arrives, once, and in order per sender.
#include "base/mpsc_ring.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace penstock {
namespace {

TEST(MpscRingTest, LeavesTheValueWithTheSenderWhenItIsFull) {
  MpscRing<std::unique_ptr<int>> ring(2);
  for (int i = 0; i < 2; ++i) {
    auto value = std::make_unique<int>(i);
    EXPECT_TRUE(ring.TryPush(value));
    EXPECT_EQ(value, nullptr);
  }
  auto refused = std::make_unique<int>(2);
  EXPECT_FALSE(ring.TryPush(refused));
  ASSERT_NE(refused, nullptr);
  std::unique_ptr<int> first;
  EXPECT_TRUE(ring.TryPop(first));
  EXPECT_EQ(*first, 0);
  EXPECT_TRUE(ring.TryPush(refused));
  EXPECT_TRUE(ring.TryPop(first));
  EXPECT_EQ(*first, 1);
  EXPECT_TRUE(ring.TryPop(first));
  EXPECT_EQ(*first, 2);
  EXPECT_TRUE(ring.empty());
  EXPECT_FALSE(ring.TryPop(first));
}

struct Item {
  int sender = 0;
  std::unique_ptr<int> number;
};

TEST(MpscRingTest, KeepsTheOrderOfEachSender) {
  constexpr int kSenders = 4;
  constexpr int kItems = 30'000;
  MpscRing<Item> ring(128);
  std::vector<std::thread> senders;
  for (int sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([&ring, sender] {
      for (int n = 0; n < kItems; ++n) {
        Item item{.sender = sender, .number = std::make_unique<int>(n)};
        while (!ring.TryPush(item)) std::this_thread::yield();
      }
    });
  }
  std::vector<int> next(kSenders, 0);
  for (int received = 0; received < kSenders * kItems;) {
    Item item;
    if (!ring.TryPop(item)) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(*item.number, next[static_cast<size_t>(item.sender)]++);
    ++received;
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_TRUE(ring.empty());
}

}  // namespace
}  // namespace penstock
