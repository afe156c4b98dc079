#include "client/subscription.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/strings.h"
#include "record/batch_builder.h"
#include "record/control_record.h"

namespace penstock {
namespace {

constexpr NodeId kNode{1};

class SubscriptionTest : public testing::Test {
 public:
  SubscriptionTest() {
    subscription.Assign({a, b});
    for (const TopicPartitionName& partition : {a, b}) Seek(partition, 0);
  }

  void Seek(const TopicPartitionName& partition, int64_t offset) {
    subscription.Find(partition)->Seek({Offset(offset)});
    subscription.DropOutdated();
  }

  static Slice BatchAt(int64_t base, int count) {
    BatchOptions options;
    options.base_offset = Offset(base);
    BatchBuilder builder(options);
    for (int i = 0; i < count; ++i) builder.Append({.timestamp = TimestampMs(0)});
    return *builder.Build();
  }
  static Slice MarkerAt(int64_t base) {
    EndTransactionBatchOptions options;
    options.base_offset = Offset(base);
    options.timestamp = TimestampMs(0);
    return BuildEndTransactionBatch(options, {});
  }

  // An answer with these batches, from where the last one ended.
  bool Fetched(const TopicPartitionName& partition, const std::vector<Slice>& batches) {
    SliceChain chain;
    for (const Slice& batch : batches) chain.Append(batch);
    const PartitionState& state = *subscription.Find(partition);
    FetchedBatches fetched(chain.Flatten(), *state.fetch_offset(), {}, {});
    return subscription.Add(partition, state.version(), kNode, std::move(fetched));
  }

  // "partition first-next" of each, or the error.
  std::string TakeOne() {
    const auto taken = subscription.Take(Instant{Milliseconds(100)});
    if (!taken.has_value()) return "nothing";
    if (!taken->ok()) {
      EXPECT_EQ(DetailOf(taken->status(), kPartitionDetail), "a-0");
      return std::string(NameOf(ErrorCodeOf(taken->status())));
    }
    const FetchedBatch& batch = **taken;
    return StrCat(NameOf(batch.partition), " ", batch.first_wanted, "-", batch.next_offset);
  }
  std::vector<std::string> TakeAll() {
    std::vector<std::string> all;
    while (subscription.HasNext()) all.push_back(TakeOne());
    EXPECT_EQ(TakeOne(), "nothing");
    return all;
  }
  Offset PositionOf(const TopicPartitionName& partition) {
    return *subscription.Find(partition)->position();
  }

  const TopicPartitionName a{"a", PartitionId(0)};
  const TopicPartitionName b{"b", PartitionId(0)};
  Subscription subscription;
};

using Taken = std::vector<std::string>;

TEST_F(SubscriptionTest, AnswersAreTakenInTheOrderInWhichTheyCame) {
  EXPECT_TRUE(Fetched(a, {BatchAt(0, 2), BatchAt(2, 1)}));
  EXPECT_TRUE(Fetched(b, {BatchAt(0, 5)}));
  EXPECT_TRUE(Fetched(a, {BatchAt(3, 1)}));
  EXPECT_EQ(subscription.Find(a)->buffered, 2);
  EXPECT_EQ(subscription.Find(a)->fetch_offset(), Offset(4));
  EXPECT_EQ(TakeAll(), (Taken{"a-0 0-2", "a-0 2-3", "b-0 0-5", "a-0 3-4"}));
  EXPECT_EQ(subscription.Find(a)->buffered, 0);
  EXPECT_EQ(PositionOf(a), Offset(4));
  EXPECT_EQ(subscription.used_up(), 3u);
}

TEST_F(SubscriptionTest, ThePositionIsThatOfTheReaderNotOfTheFetches) {
  Fetched(a, {BatchAt(0, 2), BatchAt(2, 1)});
  EXPECT_EQ(PositionOf(a), Offset(0));
  EXPECT_EQ(TakeOne(), "a-0 0-2");
  EXPECT_EQ(PositionOf(a), Offset(2));
}

TEST_F(SubscriptionTest, ThePositionPassesWhatIsForNobody) {
  EXPECT_TRUE(Fetched(a, {MarkerAt(0)}));  // news: the position moved
  EXPECT_EQ(PositionOf(a), Offset(1));
  EXPECT_FALSE(subscription.HasNext());
  Fetched(a, {BatchAt(1, 2)});
  Fetched(a, {MarkerAt(3)});
  EXPECT_EQ(PositionOf(a), Offset(1));
  EXPECT_EQ(TakeOne(), "a-0 1-4");
  EXPECT_EQ(PositionOf(a), Offset(4));
  EXPECT_EQ(subscription.Find(a)->buffered, 0);
}

TEST_F(SubscriptionTest, APausedPartitionKeepsWhatItHas) {
  Fetched(a, {BatchAt(0, 2), BatchAt(2, 1)});
  Fetched(b, {BatchAt(0, 5)});
  EXPECT_GT(subscription.BytesFrom(kNode), 0u);
  const size_t bytes = subscription.BytesFrom(kNode);
  EXPECT_EQ(TakeOne(), "a-0 0-2");
  subscription.Find(a)->set_paused(true);
  EXPECT_LT(subscription.BytesFrom(kNode), bytes);  // it must not keep others from being fetched
  EXPECT_EQ(TakeAll(), (Taken{"b-0 0-5"}));
  subscription.Find(a)->set_paused(false);
  EXPECT_EQ(TakeAll(), (Taken{"a-0 2-3"}));
}

TEST_F(SubscriptionTest, ASeekForgetsWhatIsAtHandAndWhatIsOnItsWay) {
  Fetched(a, {BatchAt(0, 2), BatchAt(2, 1)});
  const uint64_t version = subscription.Find(a)->version();
  Seek(a, 1);
  EXPECT_FALSE(subscription.HasNext());
  EXPECT_EQ(subscription.BytesFrom(kNode), 0u);
  FetchedBatches late(BatchAt(3, 1), Offset(3), {}, {});
  EXPECT_FALSE(subscription.Add(a, version, kNode, std::move(late)));
  EXPECT_FALSE(subscription.AddError(a, version, Internal("late")));
  Fetched(a, {BatchAt(0, 2)});
  EXPECT_EQ(TakeAll(), (Taken{"a-0 1-2"}));
}

TEST_F(SubscriptionTest, APartitionThatIsLeftAndReadAgainBeginsAnew) {
  Fetched(a, {BatchAt(0, 2)});
  Fetched(b, {BatchAt(0, 2)});
  const uint64_t version = subscription.Find(a)->version();
  subscription.Assign({b});
  EXPECT_EQ(subscription.Find(a), nullptr);
  EXPECT_FALSE(subscription.CheckAssigned({b, a}).ok());
  subscription.Assign({b, a});
  EXPECT_NE(subscription.Find(a)->version(), version);
  EXPECT_EQ(subscription.Find(a)->position(), std::nullopt);
  EXPECT_EQ(TakeAll(), (Taken{"b-0 0-2"}));  // what stays is not disturbed
}

TEST_F(SubscriptionTest, ABrokenBatchIsToldOnceAndFetchedAgainLater) {
  Slice broken = BatchAt(2, 2);
  broken.mutable_data()[broken.size() - 1] ^= 1;
  Fetched(a, {BatchAt(0, 2), broken, BatchAt(4, 1)});
  EXPECT_EQ(subscription.Find(a)->fetch_offset(), Offset(5));
  EXPECT_EQ(TakeOne(), "a-0 0-2");
  EXPECT_TRUE(subscription.HasNext());
  EXPECT_FALSE(subscription.NextIsBatch());
  EXPECT_EQ(TakeAll(), (Taken{"CORRUPT_MESSAGE"}));
  const PartitionState& state = *subscription.Find(a);
  EXPECT_EQ(state.fetch_offset(), Offset(2));
  EXPECT_EQ(state.retry_at(), Instant{Milliseconds(100)});
  Seek(a, 4);
  Fetched(a, {BatchAt(4, 1)});
  EXPECT_EQ(TakeAll(), (Taken{"a-0 4-5"}));
}

TEST_F(SubscriptionTest, AnErrorComesBehindWhatCameBefore) {
  Fetched(a, {BatchAt(0, 2)});
  subscription.AddError(a, subscription.Find(a)->version(),
                        KafkaError(ErrorCode::kTopicAuthorizationFailed, "no"));
  EXPECT_EQ(TakeAll(), (Taken{"a-0 0-2", "TOPIC_AUTHORIZATION_FAILED"}));
}

}  // namespace
}  // namespace penstock
