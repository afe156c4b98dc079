// Recent appends in memory: shared by everybody, dropped oldest first, never before they are in
// their file.
#include "log/tail_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "runtime/seeded_random.h"

namespace penstock {
namespace {

constexpr size_t kBlockMin = TailCache::kBlockBytesMin;

// The cache does not look into batches: any bytes will do.
Slice Bytes(size_t size, char letter) { return Slice::CopyOf(std::string(size, letter)); }

std::string TextOf(const SliceChain& chain) { return std::string(chain.Flatten().text()); }

class TailCacheTest : public testing::Test {
 protected:
  // A batch of `records` records behind the last one.
  Slice Append(TailCache& cache, size_t size, char letter, int64_t records = 1) {
    const Offset base = end_;
    end_ += records;
    return cache.Append(Bytes(size, letter), base, end_ - 1);
  }
  std::string ReadText(int64_t from, const ReadOptions& options = {}) {
    const auto found = cache_.Read(Offset(from), options);
    return found.has_value() ? TextOf(found->records) : "nothing";
  }

  TailBudget budget_{100 * kBlockMin};
  TailCache cache_{budget_};
  Offset end_{0};
};

TEST_F(TailCacheTest, ReadsShareTheCopyThatTheAppendMade) {
  const Slice copy = Append(cache_, 100, 'a');
  EXPECT_EQ(copy, Bytes(100, 'a'));
  const auto found = cache_.Read(Offset(0), {});
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->records.slices().size(), 1u);
  EXPECT_EQ(found->records.slices()[0].data(), copy.data());
  EXPECT_TRUE(found->from_memory);
  EXPECT_EQ(found->next_offset, Offset(1));
}

TEST_F(TailCacheTest, APatchOfTheCopyIsWhatReadersSee) {
  Slice copy = Append(cache_, 3, 'a');
  copy.mutable_data()[1] = 'X';
  EXPECT_EQ(ReadText(0), "aXa");
}

TEST_F(TailCacheTest, BatchesInARowAreOnePiece) {
  const Slice first = Append(cache_, 10, 'a');
  Append(cache_, 20, 'b');
  const Slice all = cache_.LastBytes(30);
  EXPECT_EQ(all.data(), first.data());
  EXPECT_EQ(all.text(), std::string(10, 'a') + std::string(20, 'b'));
  EXPECT_EQ(cache_.Read(Offset(0), {})->records.slices().size(), 1u);
}

TEST_F(TailCacheTest, ReadingBeginsWithTheBatchThatContainsTheOffset) {
  Append(cache_, 1, 'a', 5);   // 0 to 4
  Append(cache_, 1, 'b', 1);   // 5
  Append(cache_, 1, 'c', 10);  // 6 to 15
  EXPECT_EQ(ReadText(0), "abc");
  EXPECT_EQ(ReadText(4), "abc");
  EXPECT_EQ(ReadText(5), "bc");
  EXPECT_EQ(ReadText(6), "c");
  EXPECT_EQ(ReadText(15), "c");
  EXPECT_EQ(ReadText(16), "nothing");
}

TEST_F(TailCacheTest, GivesAsManyWholeBatchesAsFit) {
  Append(cache_, 10, 'a');
  Append(cache_, 10, 'b');
  Append(cache_, 10, 'c');
  EXPECT_EQ(ReadText(0, {.bytes_max = 30}).size(), 30u);
  EXPECT_EQ(ReadText(0, {.bytes_max = 29}).size(), 20u);
  EXPECT_EQ(ReadText(0, {.bytes_max = 9}).size(), 10u) << "the first one whatever its size";
  EXPECT_EQ(ReadText(0, {.bytes_max = 0}).size(), 10u);
  EXPECT_EQ(ReadText(0, {.bytes_max = 9, .at_least_one_batch = false}), "nothing");
  EXPECT_EQ(ReadText(0, {.bytes_max = 10, .at_least_one_batch = false}).size(), 10u);
}

TEST_F(TailCacheTest, NoBatchThatReachesTheUpperBoundIsGiven) {
  Append(cache_, 1, 'a', 5);  // 0 to 4
  Append(cache_, 1, 'b', 5);  // 5 to 9
  EXPECT_EQ(ReadText(0, {.upper_bound = Offset(10)}), "ab");
  EXPECT_EQ(ReadText(0, {.upper_bound = Offset(9)}), "a");
  EXPECT_EQ(ReadText(0, {.upper_bound = Offset(5)}), "a");
  EXPECT_EQ(ReadText(0, {.upper_bound = Offset(4)}), "nothing");
  EXPECT_EQ(cache_.Read(Offset(0), {.upper_bound = Offset(9)})->next_offset, Offset(5));
}

TEST_F(TailCacheTest, ReadingGoesOnFromBlockToBlock) {
  Append(cache_, kBlockMin - 1, 'a');
  Append(cache_, 10, 'b');  // does not fit
  Append(cache_, 10, 'c');
  const auto found = cache_.Read(Offset(0), {});
  ASSERT_EQ(found->records.slices().size(), 2u);
  EXPECT_EQ(found->records.slices()[0].size(), kBlockMin - 1);
  EXPECT_EQ(found->records.slices()[1].text(), std::string(10, 'b') + std::string(10, 'c'));
  EXPECT_EQ(found->next_offset, Offset(3));
  EXPECT_EQ(ReadText(0, {.bytes_max = kBlockMin}).size(), kBlockMin - 1)
      << "only the very first batch may be too large";
}

TEST_F(TailCacheTest, BlocksGrowWhileMuchIsAppended) {
  std::vector<size_t> sizes;
  size_t before = 0;
  while (sizes.size() < 9) {
    Append(cache_, 1024, 'a');
    if (budget_.bytes() != before) sizes.push_back(budget_.bytes() - before);
    before = budget_.bytes();
  }
  EXPECT_EQ(sizes, (std::vector<size_t>{4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10,
                                        256 << 10, 256 << 10, 256 << 10}));
  cache_.Clear();
  Append(cache_, 1024, 'a');
  EXPECT_EQ(budget_.bytes(), kBlockMin) << "a log that begins anew begins small";
}

TEST_F(TailCacheTest, ABatchThatIsLargerThanAnyBlockHasItsOwn) {
  const size_t size = TailCache::kBlockBytesMax * 3 + 5;
  Append(cache_, size, 'a');
  Append(cache_, 1, 'b');
  EXPECT_EQ(ReadText(0).size(), size + 1);
  EXPECT_EQ(ReadText(1), "b");
}

TEST_F(TailCacheTest, WhatIsNotInItsFileStaysWhateverTheBudgetSays) {
  TailBudget small(1);
  TailCache cache(small);
  for (int i = 0; i < 10; ++i) Append(cache, kBlockMin, 'a');
  small.Enforce();
  EXPECT_EQ(cache.first_offset(), Offset(0));
  cache.SetWritten(Offset(3));
  EXPECT_EQ(cache.first_offset(), Offset(3));
  cache.SetWritten(Offset(10));
  EXPECT_TRUE(cache.empty());
  EXPECT_EQ(small.bytes(), 0u);
}

TEST_F(TailCacheTest, ABlockStaysUntilItsLastBatchIsInTheFile) {
  TailBudget small(1);
  TailCache cache(small);
  Append(cache, 10, 'a', 4);  // 0 to 3
  Append(cache, 10, 'b', 4);  // 4 to 7, in the same block
  cache.SetWritten(Offset(4));
  ASSERT_FALSE(cache.empty());
  EXPECT_EQ(cache.first_offset(), Offset(0));
  cache.SetWritten(Offset(8));
  EXPECT_TRUE(cache.empty());
}

TEST_F(TailCacheTest, ABudgetThatHoldsDropsNothing) {
  for (int i = 0; i < 10; ++i) Append(cache_, kBlockMin, 'a');
  cache_.SetWritten(end_);
  EXPECT_EQ(cache_.first_offset(), Offset(0));
}

TEST_F(TailCacheTest, TheOldestBlockOfAllLogsGoesFirst) {
  TailBudget budget(3 * kBlockMin);
  TailCache orders(budget);
  TailCache rivers(budget);
  orders.Append(Bytes(kBlockMin, 'o'), Offset(0), Offset(0));
  rivers.Append(Bytes(kBlockMin, 'r'), Offset(0), Offset(0));
  orders.SetWritten(Offset(1));
  rivers.SetWritten(Offset(1));
  EXPECT_FALSE(orders.empty());
  rivers.Append(Bytes(kBlockMin, 'r'), Offset(1), Offset(1));
  rivers.SetWritten(Offset(2));
  EXPECT_TRUE(orders.empty());
  EXPECT_EQ(rivers.first_offset(), Offset(0));
}

TEST_F(TailCacheTest, ALogThatCannotLetGoDoesNotProtectOthers) {
  TailBudget budget(kBlockMin);
  TailCache stuck(budget);
  TailCache rivers(budget);
  stuck.Append(Bytes(kBlockMin, 's'), Offset(0), Offset(0));
  stuck.Append(Bytes(kBlockMin, 's'), Offset(1), Offset(1));
  rivers.Append(Bytes(kBlockMin, 'r'), Offset(0), Offset(0));
  rivers.SetWritten(Offset(1));
  EXPECT_TRUE(rivers.empty());
  EXPECT_EQ(stuck.first_offset(), Offset(0));
}

TEST_F(TailCacheTest, WhoeverReadsKeepsTheBytesOfADroppedBlock) {
  TailBudget small(1);
  TailCache cache(small);
  cache.Append(Bytes(100, 'a'), Offset(0), Offset(0));
  const auto found = cache.Read(Offset(0), {});
  cache.SetWritten(Offset(1));
  EXPECT_TRUE(cache.empty());
  EXPECT_EQ(TextOf(found->records), std::string(100, 'a'));
}

TEST_F(TailCacheTest, ACacheThatGoesAwayGivesItsBudgetBack) {
  {
    TailCache gone(budget_);
    gone.Append(Bytes(kBlockMin, 'a'), Offset(0), Offset(0));
    gone.Append(Bytes(kBlockMin, 'a'), Offset(1), Offset(1));
    EXPECT_GT(budget_.bytes(), 0u);
  }
  EXPECT_EQ(budget_.bytes(), 0u);
  budget_.Enforce();
}

TEST_F(TailCacheTest, AgreesWithAListOverAnyHistory) {
  struct Batch {
    Offset base;
    Offset last;
    std::string text;
  };
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed, 1);
    TailBudget budget(40'000);
    TailCache cache(budget);
    std::vector<Batch> model;
    Offset end{0};
    Offset written{0};
    for (int step = 0; step < 300; ++step) {
      if (random.OneOf(1, 4)) {
        written += static_cast<int64_t>(random.Below(static_cast<uint64_t>(end - written) + 1));
        cache.SetWritten(written);
      } else {
        Batch& batch = model.emplace_back();
        batch.base = end;
        end += 1 + static_cast<int64_t>(random.Below(5));
        batch.last = end - 1;
        batch.text.assign(1 + random.Below(random.OneOf(1, 10) ? 9000 : 500),
                          static_cast<char>('a' + random.Below(26)));
        cache.Append(Slice::CopyOf(batch.text), batch.base, batch.last);
      }
      if (cache.empty()) {
        ASSERT_EQ(written, end) << "nothing that is not in its file is missing";
        continue;
      }
      const Offset first = cache.first_offset();
      ASSERT_TRUE(first <= written || first == Offset(0));
      const Offset from =
          first + static_cast<int64_t>(random.Below(static_cast<uint64_t>(end - first) + 1));
      ReadOptions options;
      options.bytes_max = static_cast<int64_t>(random.Below(20'000));
      options.at_least_one_batch = random.OneOf(1, 2);
      if (random.OneOf(1, 2)) options.upper_bound = from + static_cast<int64_t>(random.Below(50));
      std::string expected;
      Offset next = from;
      for (const Batch& batch : model) {
        if (batch.last < from) continue;
        if (batch.last >= options.upper_bound) break;
        const bool fits =
            static_cast<int64_t>(expected.size() + batch.text.size()) <= options.bytes_max;
        if (!fits && !(expected.empty() && options.at_least_one_batch)) break;
        expected += batch.text;
        next = batch.last + 1;
      }
      const auto found = cache.Read(from, options);
      ASSERT_EQ(found.has_value() ? TextOf(found->records) : "", expected);
      if (found.has_value()) {
        ASSERT_EQ(found->next_offset, next);
      }
    }
  }
}

}  // namespace
}  // namespace penstock
