// Timers come out by time, then by age, whatever was cancelled in between.
#include "runtime/timer_heap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <tuple>
#include <vector>

#include "runtime/seeded_random.h"

namespace penstock {
namespace {

class Numbered final : public Timer {
 public:
  explicit Numbered(int n) : number(n) {}
  void Fire() override {}
  const int number;
};

TEST(TimerHeapTest, AgreesWithASortedListUnderRandomCancellation) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed, 0);
    TimerHeap heap;
    std::vector<std::unique_ptr<Numbered>> timers;
    std::vector<std::tuple<int64_t, int, Numbered*>> expected;
    for (int n = 0; n < 500; ++n) {
      timers.push_back(std::make_unique<Numbered>(n));
      const int64_t when = static_cast<int64_t>(random.Below(50));
      heap.Add(*timers.back(), Instant{Duration(when)});
      expected.emplace_back(when, n, timers.back().get());
      if (random.OneOf(1, 3)) {
        const size_t victim = random.Below(expected.size());
        std::get<2>(expected[victim])->Cancel();
        expected.erase(expected.begin() + static_cast<ptrdiff_t>(victim));
      }
    }
    std::sort(expected.begin(), expected.end());
    ASSERT_EQ(heap.size(), expected.size());
    for (const auto& [when, number, timer] : expected) {
      ASSERT_EQ(heap.earliest(), Instant{Duration(when)});
      ASSERT_EQ(static_cast<Numbered&>(heap.PopFirst()).number, number);
    }
    EXPECT_EQ(heap.earliest(), Instant::Never());
  }
}

TEST(TimerHeapTest, ATimerThatIsDestroyedTakesItselfOut) {
  TimerHeap heap;
  {
    Numbered timer(1);
    heap.Add(timer, Instant{Duration(5)});
    EXPECT_TRUE(timer.armed());
  }
  EXPECT_TRUE(heap.empty());
}

}  // namespace
}  // namespace penstock
