// One thread to another: everything arrives, once, in order.
#include "base/spsc_ring.h"

#include <gtest/gtest.h>

#include <thread>

namespace penstock {
namespace {

TEST(SpscRingTest, IsFullAtItsCapacityAndEmptyAtItsEnd) {
  SpscRing<int> ring(4);
  int value = 0;
  EXPECT_TRUE(ring.empty());
  EXPECT_FALSE(ring.TryPop(value));
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(ring.TryPush(i));
  EXPECT_FALSE(ring.TryPush(4));
  EXPECT_TRUE(ring.TryPop(value));
  EXPECT_EQ(value, 0);
  EXPECT_TRUE(ring.TryPush(4));
  for (int i = 1; i <= 4; ++i) {
    EXPECT_TRUE(ring.TryPop(value));
    EXPECT_EQ(value, i);
  }
  EXPECT_TRUE(ring.empty());
}

TEST(SpscRingTest, StagedValuesAreSeenWhenTheyArePublished) {
  SpscRing<int> ring(4);
  int value = 0;
  EXPECT_TRUE(ring.Stage(1));
  EXPECT_TRUE(ring.Stage(2));
  EXPECT_FALSE(ring.TryPop(value));
  ring.Publish();
  EXPECT_TRUE(ring.TryPop(value));
  EXPECT_TRUE(ring.TryPop(value));
  EXPECT_EQ(value, 2);
}

struct Message {
  uint64_t number;
  uint64_t* payload;  // plain memory that the ring hands over
};

TEST(SpscRingTest, HandsOverMemoryBetweenThreads) {
  constexpr uint64_t kMessages = 200'000;
  SpscRing<Message> there(64);
  SpscRing<Message> back(64);
  std::thread echo([&] {
    for (uint64_t n = 0; n < kMessages;) {
      Message message;
      if (!there.TryPop(message)) {
        std::this_thread::yield();
        continue;
      }
      *message.payload += message.number;
      while (!back.TryPush(message)) std::this_thread::yield();
      ++n;
    }
  });
  uint64_t payloads[64] = {};
  uint64_t sent = 0;
  for (uint64_t received = 0; received < kMessages;) {
    bool moved = false;
    while (sent < kMessages && sent - received < 64) {
      payloads[sent % 64] = 1;
      if (!there.Stage({.number = sent, .payload = &payloads[sent % 64]})) break;
      ++sent;
      moved = true;
    }
    there.Publish();
    Message message;
    while (back.TryPop(message)) {
      ASSERT_EQ(message.number, received);
      ASSERT_EQ(*message.payload, received + 1);
      ++received;
      moved = true;
    }
    if (!moved) std::this_thread::yield();
  }
  echo.join();
}

}  // namespace
}  // namespace penstock
