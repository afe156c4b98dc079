#include "client/backoff.h"

#include <gtest/gtest.h>

#include "runtime/seeded_random.h"

namespace penstock {
namespace {

TEST(BackoffTest, DoublesUpToItsLimitAndScattersByAFifth) {
  const uint64_t seed = 11;
  SeededRandom random(seed, 0);
  const Backoff backoff{.first = Milliseconds(50), .max = Milliseconds(1'000)};
  const int64_t middle_ms[] = {50, 100, 200, 400, 800};
  for (int round = 0; round < 200; ++round) {
    for (int failures = 1; failures <= 5; ++failures) {
      const Duration wait = backoff.After(failures, random);
      const Duration middle = Milliseconds(middle_ms[failures - 1]);
      EXPECT_GE(wait, middle - middle / 5) << "seed " << seed;
      EXPECT_LE(wait, middle + middle / 5) << "seed " << seed;
    }
    const Duration longest = backoff.After(1'000'000, random);
    EXPECT_GE(longest, Milliseconds(800)) << "seed " << seed;
    EXPECT_LE(longest, Milliseconds(1'000)) << "seed " << seed;
  }
}

TEST(BackoffTest, TwoClientsDoNotComeBackTogether) {
  SeededRandom one(1, 0);
  SeededRandom other(2, 0);
  const Backoff backoff{.first = Milliseconds(50), .max = Milliseconds(1'000)};
  EXPECT_NE(backoff.After(3, one), backoff.After(3, other));
}

TEST(BackoffTest, NothingIsAsLongAsNothing) {
  SeededRandom random(1, 0);
  const Backoff none{.first = Duration(0), .max = Duration(0)};
  EXPECT_EQ(none.After(9, random), Duration(0));
}

}  // namespace
}  // namespace penstock
