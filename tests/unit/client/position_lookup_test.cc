#include "client/position_lookup.h"

#include "tests/unit/client/consumer_world.h"

namespace penstock {
namespace {

class PositionLookupTest : public ConsumerWorld {
 public:
  static Task<Results> Ask(ConsumerWorld& test, std::vector<OffsetAsked> asked) {
    Address leader = test.first.address();
    auto looking_up = LookUpOffsets(*test.pool, std::move(leader), std::move(asked), false);
    const auto found = co_await looking_up;
    Results results;
    if (!found.ok()) {
      results.emplace_back(NameOf(ErrorCodeOf(found.status())));
      co_return results;
    }
    for (const StatusOr<Offset>& one : *found) {
      results.push_back(one.ok() ? StrCat(*one) : std::string(NameOf(ErrorCodeOf(one.status()))));
    }
    co_return results;
  }
};
using Results = ConsumerWorld::Results;

TEST_F(PositionLookupTest, OneRequestAsksForManyPartitions) {
  for (const int partition : {0, 1}) Append(partition, 10);
  logs[PartitionId(1)].leader = NodeId(2);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      std::vector<OffsetAsked> asked{{P(0), TimestampMs(3'500)}, {P(1), kEarliestOffset}};
      const Results results = co_await PositionLookupTest::Ask(test, std::move(asked));
      EXPECT_EQ(results, (Results{"4", "NOT_LEADER_OR_FOLLOWER"}));
      EXPECT_EQ(test.offsets_asked, (Results{"0:3500", "1:-2"}));
    }
  };
  Run(Story::Tell);
}

TEST_F(PositionLookupTest, WithoutARecordAsLateItIsTheEndAsItWasBeforeTheLastLook) {
  Append(0, 3);
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      std::vector<OffsetAsked> asked{{P(0), TimestampMs(50'000)}};
      const Results results = co_await PositionLookupTest::Ask(test, std::move(asked));
      EXPECT_EQ(results, (Results{"3"}));
      EXPECT_EQ(test.offsets_asked, (Results{"0:50000", "0:-1", "0:50000"}));
    }
  };
  Run(Story::Tell);
}

TEST_F(PositionLookupTest, ARecordThatComesMeanwhileIsNotPassedOver) {
  Append(0, 3);
  before_offset = [this] {
    // Behind the end that was told first, and before the end that is told now.
    if (offsets_asked.size() == 2) Append(0, 60);
  };
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      std::vector<OffsetAsked> asked{{P(0), TimestampMs(50'000)}};
      const Results results = co_await PositionLookupTest::Ask(test, std::move(asked));
      EXPECT_EQ(results, (Results{"50"}));
    }
  };
  Run(Story::Tell);
}

TEST_F(PositionLookupTest, AnErrorOfALaterLookIsTheResult) {
  Append(0, 3);
  offset_errors = {ErrorCode::kNone, ErrorCode::kLeaderNotAvailable, ErrorCode::kNone};
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      std::vector<OffsetAsked> asked{{P(0), TimestampMs(50'000)}};
      const Results results = co_await PositionLookupTest::Ask(test, std::move(asked));
      EXPECT_EQ(results, (Results{"LEADER_NOT_AVAILABLE"}));
    }
  };
  Run(Story::Tell);
}

TEST_F(PositionLookupTest, WithoutAnAnswerTheErrorIsOfAll) {
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      test.first.Kill();
      std::vector<OffsetAsked> asked{{P(0), kLatestOffset}, {P(1), kLatestOffset}};
      const Results results = co_await PositionLookupTest::Ask(test, std::move(asked));
      EXPECT_EQ(results, (Results{"NETWORK_EXCEPTION"}));
    }
  };
  Run(Story::Tell);
}

TEST_F(PositionLookupTest, EpochsAreFoundWithTheirEnds) {
  Append(0, 3);
  MoveLeader(0, NodeId(1));
  struct Story {
    static Task<> Tell(ConsumerWorld& test) {
      std::vector<EpochAsked> asked{{P(0), LeaderEpoch(0), LeaderEpoch(1)}};
      Address leader = test.first.address();
      auto looking_up = LookUpEpochs(*test.pool, std::move(leader), std::move(asked));
      const auto found = co_await looking_up;
      EXPECT_TRUE(found.ok()) << found.status();
      EXPECT_EQ((*found)[0]->epoch, LeaderEpoch(0));
      EXPECT_EQ((*found)[0]->end_offset, Offset(3));
    }
  };
  Run(Story::Tell);
}

}  // namespace
}  // namespace penstock
