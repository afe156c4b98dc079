// From offsets to positions: look-ups, cuts, and what is believed of a file.
#include "log/offset_index.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "runtime/seeded_random.h"

namespace penstock {
namespace {

constexpr Offset kBase{100};
constexpr int64_t kSegmentSize = 1 << 20;

OffsetIndex Sample() {
  OffsetIndex index(kBase);
  index.Append(Offset(105), 4200);
  index.Append(Offset(119), 8500);
  index.Append(Offset(300), 13'000);
  return index;
}

std::vector<uint8_t> BytesOf(const OffsetIndex& index) {
  return {index.bytes().begin(), index.bytes().end()};
}

OffsetIndex Read(const std::vector<uint8_t>& bytes, int64_t segment_size = kSegmentSize) {
  return OffsetIndex::FromBytes(kBase, bytes, segment_size);
}

TEST(OffsetIndexTest, EveryOffsetOfAnIndexWithoutEntriesIsFoundFromTheBeginning) {
  const OffsetIndex index(kBase);
  EXPECT_TRUE(index.empty());
  for (const int64_t offset : {int64_t{0}, int64_t{100}, int64_t{5000}, INT64_MAX}) {
    EXPECT_EQ(index.Lookup(Offset(offset)), (IndexEntry{kBase, 0})) << offset;
  }
}

TEST(OffsetIndexTest, AnEntryIsTheRelativeOffsetAndThePositionInFourBytesEach) {
  OffsetIndex index(kBase);
  index.Append(Offset(105), 4200);
  EXPECT_EQ(BytesOf(index), (std::vector<uint8_t>{0, 0, 0, 5, 0, 0, 0x10, 0x68}));
}

TEST(OffsetIndexTest, ALookUpGivesTheLastEntryAtOrBelow) {
  const OffsetIndex index = Sample();
  const auto position = [&](int64_t offset) { return index.Lookup(Offset(offset)).position; };
  EXPECT_EQ(position(99), 0) << "below the segment";
  EXPECT_EQ(position(104), 0);
  EXPECT_EQ(position(105), 4200);
  EXPECT_EQ(position(118), 4200);
  EXPECT_EQ(position(119), 8500);
  EXPECT_EQ(position(299), 8500);
  EXPECT_EQ(position(300), 13'000);
  EXPECT_EQ(position(INT64_MAX), 13'000);
}

TEST(OffsetIndexTest, ACutDropsTheEntriesAtOrAboveTheOffset) {
  const std::vector<std::pair<int64_t, size_t>> kept = {{301, 3}, {300, 2}, {120, 2}, {119, 1},
                                                        {106, 1}, {105, 0}, {0, 0}};
  for (const auto& [offset, entries] : kept) {
    OffsetIndex index = Sample();
    index.TruncateTo(Offset(offset));
    EXPECT_EQ(index.entry_count(), entries) << offset;
  }
}

TEST(OffsetIndexTest, ASegmentSpansTwoToThe31Offsets) {
  const Offset base(int64_t{1} << 40);
  OffsetIndex index(base);
  index.Append(base + INT32_MAX, INT32_MAX);
  const OffsetIndex again = OffsetIndex::FromBytes(base, index.bytes(), int64_t{INT32_MAX} + 1);
  EXPECT_EQ(again.last(), (IndexEntry{base + INT32_MAX, INT32_MAX}));
  EXPECT_EQ(again.Lookup(base + INT32_MAX - 1), (IndexEntry{base, 0}));
}

TEST(OffsetIndexTest, AnEntryBeyondTheLargestOffsetIsNotBelieved) {
  OffsetIndex index{Offset(0)};
  index.Append(Offset(7), 100);
  index.Append(Offset(8), 200);
  const OffsetIndex at_the_end =
      OffsetIndex::FromBytes(Offset(INT64_MAX - 7), index.bytes(), kSegmentSize);
  EXPECT_EQ(at_the_end.entry_count(), 1u);
  EXPECT_EQ(at_the_end.last().offset, Offset(INT64_MAX));
}

TEST(OffsetIndexTest, AFileTornAtAnyByteKeepsItsWholeEntries) {
  const std::vector<uint8_t> bytes = BytesOf(Sample());
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const std::vector<uint8_t> torn(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_EQ(Read(torn).entry_count(), size / OffsetIndex::kEntrySize) << size;
  }
}

TEST(OffsetIndexTest, PreallocatedZerosAreNoEntries) {
  std::vector<uint8_t> bytes = BytesOf(Sample());
  bytes.resize(1000);
  EXPECT_EQ(BytesOf(Read(bytes)), BytesOf(Sample()));
  EXPECT_TRUE(Read(std::vector<uint8_t>(1000)).empty());
}

TEST(OffsetIndexTest, EntriesBehindTheEndOfTheSegmentAreLeftOff) {
  const std::vector<uint8_t> bytes = BytesOf(Sample());
  EXPECT_EQ(Read(bytes, 13'001).entry_count(), 3u);
  EXPECT_EQ(Read(bytes, 13'000).entry_count(), 2u);
  EXPECT_EQ(Read(bytes, 0).entry_count(), 0u);
}

TEST(OffsetIndexTest, WhatDoesNotRiseEndsTheIndex) {
  const auto count = [](std::vector<std::vector<uint8_t>> entries) {
    std::vector<uint8_t> bytes;
    for (const auto& entry : entries) bytes.insert(bytes.end(), entry.begin(), entry.end());
    return Read(bytes).entry_count();
  };
  const std::vector<uint8_t> good = {0, 0, 0, 5, 0, 0, 0, 9};
  EXPECT_EQ(count({good, {0, 0, 0, 5, 0, 0, 0, 10}}), 1u) << "the same offset";
  EXPECT_EQ(count({good, {0, 0, 0, 6, 0, 0, 0, 9}}), 1u) << "the same position";
  EXPECT_EQ(count({good, {0, 0, 0, 4, 0, 0, 0, 10}}), 1u) << "a lower offset";
  EXPECT_EQ(count({good, {0, 0, 0, 6, 0, 0, 0, 8}}), 1u) << "a lower position";
  EXPECT_EQ(count({{0xff, 0, 0, 0, 0, 0, 0, 9}}), 0u) << "a negative offset";
  EXPECT_EQ(count({{0, 0, 0, 5, 0xff, 0, 0, 0}}), 0u) << "a negative position";
  EXPECT_EQ(count({{0, 0, 0, 5, 0, 0, 0, 0}}), 0u) << "the first batch has no entry";
  EXPECT_EQ(count({{0, 0, 0, 0, 0, 0, 0, 1}}), 1u) << "but its offset may have one";
}

TEST(OffsetIndexTest, WhateverByteIsWrongTheEntriesThatAreTakenRiseInsideTheSegment) {
  const std::vector<uint8_t> bytes = BytesOf(Sample());
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::vector<uint8_t> broken = bytes;
      broken[at] ^= static_cast<uint8_t>(1 << bit);
      const OffsetIndex index = Read(broken, 20'000);
      IndexEntry previous{kBase - 1, 0};
      for (size_t i = 0; i < index.entry_count(); ++i) {
        const IndexEntry entry = index.entry(i);
        EXPECT_GT(entry.offset, previous.offset) << at << '.' << bit;
        EXPECT_GT(entry.position, previous.position) << at << '.' << bit;
        EXPECT_LT(entry.position, 20'000) << at << '.' << bit;
        previous = entry;
      }
      EXPECT_GE(index.entry_count(), at / OffsetIndex::kEntrySize) << "those before are kept";
      broken.resize(index.bytes().size());
      EXPECT_EQ(BytesOf(index), broken) << "a beginning of the file, as it is";
    }
  }
}

TEST(OffsetIndexTest, AgreesWithAMapOverAnyHistory) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed, 1);
    OffsetIndex index(kBase);
    std::map<Offset, int64_t> model = {{kBase - 1, 0}};
    Offset next = kBase;
    int64_t position = 0;
    const auto some_offset = [&] {
      return kBase + static_cast<int64_t>(random.Below(static_cast<uint64_t>(next - kBase) + 3)) -
             1;
    };
    for (int step = 0; step < 200; ++step) {
      if (random.OneOf(1, 20)) {
        const Offset cut = std::max(some_offset(), kBase);
        index.TruncateTo(cut);
        model.erase(model.lower_bound(cut), model.end());
        next = cut;
        position = model.rbegin()->second;
      } else {
        next += static_cast<int64_t>(random.Below(30));
        position += 1 + static_cast<int64_t>(random.Below(5000));
        index.Append(next, position);
        model[next] = position;
        next += 1;
      }
      const Offset asked = some_offset();
      const int64_t expected = asked < kBase ? 0 : std::prev(model.upper_bound(asked))->second;
      ASSERT_EQ(index.Lookup(asked).position, expected) << asked;
      ASSERT_EQ(index.entry_count(), model.size() - 1);
    }
    const OffsetIndex again = OffsetIndex::FromBytes(kBase, index.bytes(), position + 1);
    EXPECT_EQ(BytesOf(again), BytesOf(index));
  }
}

}  // namespace
}  // namespace penstock
