// Incremental fetch sessions as a consumer sees them.
#include "replication/fetch_session.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

class CountingRandom final : public Random {
 public:
  uint64_t Next() override { return next_ += 0x0123456789ABCDEFULL; }
  uint64_t NextSecret() override { return Next(); }

 private:
  uint64_t next_ = 0;
};

class FetchSessionTest : public ::testing::Test {
 protected:
  static FetchKey Words(int32_t partition) {
    return FetchKey{.topic = "words", .partition = PartitionId(partition)};
  }
  static FetchTarget At(int32_t partition, int64_t offset) {
    return FetchTarget{.key = Words(partition),
                       .position = {.fetch_offset = Offset(offset), .bytes_max = 1000}};
  }
  static FetchNews Quiet(int32_t partition, int64_t high_watermark) {
    return FetchNews{.key = Words(partition),
                     .high_watermark = Offset(high_watermark),
                     .log_start_offset = Offset(0)};
  }
  static FetchNews Records(int32_t partition, int64_t high_watermark) {
    FetchNews news = Quiet(partition, high_watermark);
    news.has_records = true;
    return news;
  }

  // A full request over `count` partitions with nothing to read; gives the session id.
  int32_t OpenSession(int32_t count, bool from_follower = false) {
    FetchSessionRequest request{.session_epoch = 0, .from_follower = from_follower};
    std::vector<FetchNews> news;
    for (int32_t p = 0; p < count; ++p) {
      request.targets.push_back(At(p, 0));
      news.push_back(Quiet(p, 0));
    }
    const auto turn = sessions_.Begin(std::move(request), now_);
    return sessions_.Finish(*turn, news, now_).session_id;
  }
  StatusOr<FetchTurn> Ask(int32_t id, int32_t epoch) {
    return sessions_.Begin({.session_id = id, .session_epoch = epoch}, now_);
  }
  static std::vector<int32_t> PartitionsOf(const FetchTurn& turn) {
    std::vector<int32_t> partitions;
    for (const FetchTarget& target : turn.targets)
      partitions.push_back(target.key.partition.value());
    return partitions;
  }

  CountingRandom random_;
  FetchSessions sessions_{random_, {.sessions_max = 2}};
  Instant now_;
};

TEST_F(FetchSessionTest, AnEmptyIncrementalRequestFetchesEverythingThatTheSessionKnows) {
  const int32_t id = OpenSession(3);
  const auto turn = Ask(id, 1);
  ASSERT_TRUE(turn.ok());
  EXPECT_EQ(PartitionsOf(*turn), (std::vector<int32_t>{0, 1, 2}));
}

TEST_F(FetchSessionTest, AnIncrementalAnswerHoldsOnlyNews) {
  const int32_t id = OpenSession(4);
  const auto turn = Ask(id, 1);
  FetchNews moved_start = Quiet(3, 0);
  moved_start.log_start_offset = Offset(5);
  const auto verdict =
      sessions_.Finish(*turn, {Quiet(0, 0), Records(1, 7), Quiet(2, 9), moved_start}, now_);
  EXPECT_EQ(verdict.included, (std::vector<bool>{false, true, true, true}));
  EXPECT_EQ(verdict.session_id, id);
}

TEST_F(FetchSessionTest, WhoGotRecordsIsReadLastNextTime) {
  const int32_t id = OpenSession(3);
  auto turn = Ask(id, 1);
  sessions_.Finish(*turn, {Records(0, 7), Quiet(1, 0), Quiet(2, 0)}, now_);
  turn = Ask(id, 2);
  EXPECT_EQ(PartitionsOf(*turn), (std::vector<int32_t>{1, 2, 0}));
}

TEST_F(FetchSessionTest, AnErrorIsToldAndItsEndAsWell) {
  const int32_t id = OpenSession(1);
  auto turn = Ask(id, 1);
  FetchNews error{.key = Words(0), .has_error = true};
  EXPECT_TRUE(sessions_.Finish(*turn, {error}, now_).included[0]);
  turn = Ask(id, 2);
  EXPECT_TRUE(sessions_.Finish(*turn, {Quiet(0, 0)}, now_).included[0]) << "the error is over";
  turn = Ask(id, 3);
  EXPECT_FALSE(sessions_.Finish(*turn, {Quiet(0, 0)}, now_).included[0]);
}

TEST_F(FetchSessionTest, PartitionsAreChangedAddedAndForgotten) {
  const int32_t id = OpenSession(2);
  FetchSessionRequest request{.session_id = id, .session_epoch = 1};
  request.targets = {At(0, 42), At(5, 1)};
  request.forgotten = {Words(1)};
  const auto turn = sessions_.Begin(std::move(request), now_);
  ASSERT_EQ(PartitionsOf(*turn), (std::vector<int32_t>{0, 5}));
  EXPECT_EQ(turn->targets[0].position.fetch_offset, Offset(42));
}

TEST_F(FetchSessionTest, ForgettingTheLastPartitionClosesTheSession) {
  const int32_t id = OpenSession(1);
  const auto turn =
      sessions_.Begin({.session_id = id, .session_epoch = 1, .forgotten = {Words(0)}}, now_);
  ASSERT_TRUE(turn.ok());
  EXPECT_EQ(turn->kind, FetchTurn::Kind::kSessionless);
  EXPECT_EQ(sessions_.size(), 0U);
  EXPECT_EQ(sessions_.partition_count(), 0U);
}

TEST_F(FetchSessionTest, WrongIdEpochAndWayOfNamingAreRefused) {
  const int32_t id = OpenSession(1);
  EXPECT_EQ(ErrorCodeOf(Ask(id + 1, 1).status()), ErrorCode::kFetchSessionIdNotFound);
  EXPECT_EQ(ErrorCodeOf(Ask(id, 2).status()), ErrorCode::kInvalidFetchSessionEpoch);
  const auto by_id =
      sessions_.Begin({.session_id = id, .session_epoch = 1, .uses_topic_ids = true}, now_);
  EXPECT_EQ(ErrorCodeOf(by_id.status()), ErrorCode::kFetchSessionTopicIdError);
  EXPECT_TRUE(Ask(id, 1).ok()) << "a refused request leaves the session as it was";
}

TEST_F(FetchSessionTest, ARequestThatWasOvertakenByItsRetryIsRefused) {
  const int32_t id = OpenSession(1);
  const auto first = Ask(id, 1);
  const auto retry = Ask(id, 2);
  ASSERT_TRUE(retry.ok());
  EXPECT_EQ(sessions_.Finish(*first, {Records(0, 1)}, now_).error,
            ErrorCode::kInvalidFetchSessionEpoch);
  EXPECT_EQ(sessions_.Finish(*retry, {Records(0, 1)}, now_).error, ErrorCode::kNone);
}

TEST_F(FetchSessionTest, EpochMinusOneClosesTheSessionAndOpensNone) {
  const int32_t id = OpenSession(1);
  const auto turn =
      sessions_.Begin({.session_id = id, .session_epoch = -1, .targets = {At(0, 0)}}, now_);
  EXPECT_EQ(sessions_.Finish(*turn, {Quiet(0, 0)}, now_).session_id, 0);
  EXPECT_EQ(sessions_.size(), 0U);
}

TEST_F(FetchSessionTest, AFullCacheGivesNoSessionToAnotherYoungConsumer) {
  OpenSession(1);
  OpenSession(1);
  EXPECT_EQ(OpenSession(9), 0);
  EXPECT_EQ(sessions_.size(), 2U);
}

TEST_F(FetchSessionTest, AStaleSessionMakesRoom) {
  const int32_t stale = OpenSession(1);
  now_ = now_ + Milliseconds(100'000);
  OpenSession(1);
  now_ = now_ + Milliseconds(20'001);
  EXPECT_NE(OpenSession(1), 0);
  EXPECT_EQ(ErrorCodeOf(Ask(stale, 1).status()), ErrorCode::kFetchSessionIdNotFound);
}

TEST_F(FetchSessionTest, AFollowerTakesTheSlotOfAConsumer) {
  OpenSession(1);
  OpenSession(1);
  EXPECT_NE(OpenSession(1, /*from_follower=*/true), 0);
  EXPECT_EQ(sessions_.size(), 2U);
}

}  // namespace
}  // namespace penstock
