// Producer ids come in blocks, and no id comes twice.
#include "broker/producer_ids.h"

#include <gtest/gtest.h>

#include <list>
#include <set>
#include <vector>

#include "runtime/sim/sim_world.h"
#include "tests/unit/broker/handlers/still_metadata.h"

namespace penstock {
namespace {

// Gives a block of three after a while.
Task<StatusOr<ProducerIdBlock>> GiveBlock(Runtime& runtime, int& blocks) {
  const Instant later = runtime.clock.Now() + Milliseconds(5);
  co_await runtime.timers.SleepUntil(later);
  ProducerIdBlock block;
  block.first = ProducerId(1000 * ++blocks);
  block.count = 3;
  co_return block;
}

class ProducerIdsTest : public ::testing::Test {
 protected:
  ProducerIdsTest() {
    metadata_.give_block = [this] { return GiveBlock(world_.runtime(), blocks_); };
  }

  SimWorld world_{1};
  int blocks_ = 0;
  StillMetadata metadata_{[] { return std::make_shared<const MetadataImage>(); }};
  ProducerIds ids_{world_.runtime().executor, metadata_};
};

TEST_F(ProducerIdsTest, UsesABlockUpBeforeItAsksForTheNext) {
  std::vector<int64_t> given;
  for (int i = 0; i < 4; ++i) {
    const auto id = world_.Run(ids_.Next());
    ASSERT_TRUE(id.ok()) << id.status();
    given.push_back(id->value());
  }
  EXPECT_EQ(given, (std::vector<int64_t>{1000, 1001, 1002, 2000}));
}

TEST_F(ProducerIdsTest, ACrowdSharesABlock) {
  std::list<RootTask<StatusOr<ProducerId>>> crowd;
  for (int i = 0; i < 5; ++i) crowd.emplace_back(ids_.Next()).Start();
  world_.RunFor(Milliseconds(100));
  std::set<int64_t> given;
  for (auto& one : crowd) {
    ASSERT_TRUE(one.done());
    given.insert(one.TakeResult()->value());
  }
  EXPECT_EQ(given.size(), 5u);
  EXPECT_EQ(blocks_, 2);
}

TEST_F(ProducerIdsTest, WhoeverGivesUpHoldsUpNobody) {
  {
    RootTask<StatusOr<ProducerId>> impatient(ids_.Next());
    impatient.Start();
  }
  EXPECT_TRUE(world_.Run(ids_.Next()).ok());
}

TEST_F(ProducerIdsTest, PassesTheErrorOn) {
  metadata_.give_block = nullptr;
  EXPECT_EQ(ErrorCodeOf(world_.Run(ids_.Next()).status()), ErrorCode::kCoordinatorLoadInProgress);
}

}  // namespace
}  // namespace penstock
