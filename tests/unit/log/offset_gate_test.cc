// Who waits for an offset hears of it once, and always.
#include "log/offset_gate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "runtime/root_task.h"
#include "runtime/seeded_random.h"
#include "runtime/sim/sim_world.h"

namespace penstock {
namespace {

using Waiting = RootTask<Status>;

class OffsetGateTest : public testing::Test {
 protected:
  std::unique_ptr<Waiting> WaitFor(int64_t end) {
    auto waiting = std::make_unique<Waiting>(gate_.WaitFor(Offset(end)));
    waiting->Start();
    return waiting;
  }
  // What a waiter was told; kUnavailable stands for "it still waits".
  StatusCode Heard(Waiting& waiting) {
    world_.RunUntilQuiet();
    return waiting.done() ? waiting.TakeResult().code() : StatusCode::kUnavailable;
  }

  SimWorld world_{1};
  OffsetGate gate_{world_.runtime().executor};
};

TEST_F(OffsetGateTest, WhatHasBeenReachedIsNotWaitedFor) {
  EXPECT_TRUE(WaitFor(0)->done());
  gate_.Advance(Offset(10));
  auto at = WaitFor(10);
  ASSERT_TRUE(at->done());
  EXPECT_TRUE(at->TakeResult().ok());
  EXPECT_FALSE(WaitFor(11)->done());
}

TEST_F(OffsetGateTest, WakesThoseItHasReachedInALaterStep) {
  auto five = WaitFor(5);
  auto eight = WaitFor(8);
  auto six = WaitFor(6);
  gate_.Advance(Offset(6));
  EXPECT_FALSE(five->done()) << "waking never recurses";
  EXPECT_EQ(Heard(*five), StatusCode::kOk);
  EXPECT_EQ(Heard(*six), StatusCode::kOk);
  EXPECT_EQ(Heard(*eight), StatusCode::kUnavailable);
  gate_.Advance(Offset(100));
  EXPECT_EQ(Heard(*eight), StatusCode::kOk);
}

TEST_F(OffsetGateTest, DoesNotGoBackByAnAdvance) {
  gate_.Advance(Offset(10));
  gate_.Advance(Offset(3));
  EXPECT_EQ(gate_.reached(), Offset(10));
}

TEST_F(OffsetGateTest, AFailureEndsAllWaitingNowAndLaterButKeepsWhatWasReached) {
  gate_.Advance(Offset(5));
  auto waiting = WaitFor(6);
  gate_.Fail(DataLoss("the disk is gone"));
  EXPECT_EQ(Heard(*waiting), StatusCode::kDataLoss);
  EXPECT_EQ(Heard(*WaitFor(7)), StatusCode::kDataLoss);
  EXPECT_EQ(Heard(*WaitFor(5)), StatusCode::kOk);
}

TEST_F(OffsetGateTest, TheFirstFailureIsTheOneThatIsTold) {
  gate_.Fail(DataLoss("the disk is gone"));
  gate_.Fail(Unavailable("closed"));
  EXPECT_EQ(Heard(*WaitFor(1)), StatusCode::kDataLoss);
}

TEST_F(OffsetGateTest, ATruncationTellsThoseWhoseOffsetIsGone) {
  gate_.Advance(Offset(4));
  auto kept = WaitFor(6);
  auto lost = WaitFor(7);
  gate_.TruncateTo(Offset(6), NotFound("truncated"));
  EXPECT_EQ(Heard(*kept), StatusCode::kOk);
  EXPECT_EQ(Heard(*lost), StatusCode::kNotFound);
}

TEST_F(OffsetGateTest, AfterATruncationTheSameOffsetsAreWaitedForAgain) {
  gate_.Advance(Offset(10));
  gate_.TruncateTo(Offset(6), NotFound("truncated"));
  EXPECT_EQ(gate_.reached(), Offset(6));
  auto again = WaitFor(8);
  EXPECT_EQ(Heard(*again), StatusCode::kUnavailable);
  gate_.Advance(Offset(8));
  EXPECT_EQ(Heard(*again), StatusCode::kOk);
}

TEST_F(OffsetGateTest, AWaiterThatGoesAwayIsForgotten) {
  auto gone = WaitFor(5);
  auto stays = WaitFor(5);
  gone.reset();
  gate_.Advance(Offset(5));
  auto woken_and_gone = WaitFor(6);
  gate_.Advance(Offset(6));
  woken_and_gone.reset();
  EXPECT_EQ(Heard(*stays), StatusCode::kOk);
}

TEST_F(OffsetGateTest, NobodyIsForgottenOverAnyHistory) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed, 1);
    OffsetGate gate(world_.runtime().executor);
    struct Waiter {
      int64_t end;
      std::unique_ptr<Waiting> waiting;
    };
    std::vector<Waiter> waiters;
    int64_t reached = 0;
    // Those at or below `reached` hear OK, the others hear `rest`, or wait on if it is OK.
    const auto settle = [&](StatusCode rest) {
      world_.RunUntilQuiet();
      std::erase_if(waiters, [&](Waiter& waiter) {
        const bool here = waiter.end <= reached;
        EXPECT_EQ(waiter.waiting->done(), here || rest != StatusCode::kOk) << waiter.end;
        if (!waiter.waiting->done()) return false;
        EXPECT_EQ(waiter.waiting->TakeResult().code(), here ? StatusCode::kOk : rest);
        return true;
      });
    };
    for (int step = 0; step < 200; ++step) {
      const int64_t offset = reached + static_cast<int64_t>(random.Below(20)) - 5;
      if (random.OneOf(1, 20)) {
        reached = std::max<int64_t>(offset, 0);
        gate.TruncateTo(Offset(reached), NotFound("truncated"));
        settle(StatusCode::kNotFound);
      } else if (random.OneOf(1, 4)) {
        reached = std::max(reached, offset);
        gate.Advance(Offset(reached));
        settle(StatusCode::kOk);
      } else if (random.OneOf(1, 8) && !waiters.empty()) {
        waiters.erase(waiters.begin() + static_cast<ptrdiff_t>(random.Below(waiters.size())));
      } else {
        waiters.push_back({offset, std::make_unique<Waiting>(gate.WaitFor(Offset(offset)))});
        waiters.back().waiting->Start();
        settle(StatusCode::kOk);
      }
    }
    gate.Fail(DataLoss("the disk is gone"));
    settle(StatusCode::kDataLoss);
    EXPECT_TRUE(waiters.empty());
  }
}

}  // namespace
}  // namespace penstock
