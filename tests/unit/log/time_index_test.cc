// From timestamps to offsets: look-ups, cuts, and what is believed of a file.
#include "log/time_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "runtime/seeded_random.h"

namespace penstock {
namespace {

constexpr Offset kBase{100};
constexpr TimestampMs kNoon{1'700'000'000'000};

TimeIndexEntry At(int64_t milliseconds_after_noon, int64_t offset) {
  return {.timestamp = kNoon + milliseconds_after_noon, .offset = Offset(offset)};
}

TimeIndex Sample() {
  TimeIndex index(kBase);
  index.MaybeAppend(At(10, 105));
  index.MaybeAppend(At(20, 119));
  index.MaybeAppend(At(50, 119));
  return index;
}

std::vector<uint8_t> BytesOf(const TimeIndex& index) {
  return {index.bytes().begin(), index.bytes().end()};
}

TimeIndex Read(const std::vector<uint8_t>& bytes, Offset end_offset = kEndOfOffsets) {
  return TimeIndex::FromBytes(kBase, bytes, end_offset);
}

TEST(TimeIndexTest, AnIndexWithoutEntriesSendsEverybodyToTheBeginning) {
  const TimeIndex index(kBase);
  const TimeIndexEntry beginning{kNoTimestamp, kBase};
  EXPECT_EQ(index.last(), beginning);
  EXPECT_EQ(index.Lookup(kNoon), beginning);
  EXPECT_EQ(index.Lookup(TimestampMs(INT64_MAX)), beginning);
}

TEST(TimeIndexTest, AnEntryIsTheTimestampAndTheRelativeOffset) {
  TimeIndex index(kBase);
  index.MaybeAppend({.timestamp = TimestampMs(0x0102030405060708), .offset = Offset(105)});
  EXPECT_EQ(BytesOf(index), (std::vector<uint8_t>{1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 5}));
}

TEST(TimeIndexTest, OnlyALaterTimestampMakesAnEntry) {
  TimeIndex index = Sample();
  index.MaybeAppend(At(50, 200));
  index.MaybeAppend(At(49, 201));
  index.MaybeAppend({.timestamp = kNoTimestamp, .offset = Offset(202)});
  EXPECT_EQ(index.entry_count(), 3u);
  index.MaybeAppend(At(51, 203));
  EXPECT_EQ(index.last(), At(51, 203));
}

TEST(TimeIndexTest, ALookUpGivesTheLastEntryAtOrBelow) {
  const TimeIndex index = Sample();
  EXPECT_EQ(index.Lookup(kNoon + 9), (TimeIndexEntry{kNoTimestamp, kBase}));
  EXPECT_EQ(index.Lookup(kNoon + 10), At(10, 105));
  EXPECT_EQ(index.Lookup(kNoon + 19), At(10, 105));
  EXPECT_EQ(index.Lookup(kNoon + 20), At(20, 119));
  EXPECT_EQ(index.Lookup(kNoon + 50), At(50, 119));
  EXPECT_EQ(index.Lookup(TimestampMs(INT64_MAX)), At(50, 119));
}

TEST(TimeIndexTest, ACutDropsTheEntriesAtOrAboveTheOffset) {
  const std::vector<std::pair<int64_t, size_t>> kept = {{120, 3}, {119, 1}, {106, 1}, {105, 0}};
  for (const auto& [offset, entries] : kept) {
    TimeIndex index = Sample();
    index.TruncateTo(Offset(offset));
    EXPECT_EQ(index.entry_count(), entries) << offset;
  }
}

TEST(TimeIndexTest, AFileTornAtAnyByteKeepsItsWholeEntries) {
  const std::vector<uint8_t> bytes = BytesOf(Sample());
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const std::vector<uint8_t> torn(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_EQ(Read(torn).entry_count(), size / TimeIndex::kEntrySize) << size;
  }
}

TEST(TimeIndexTest, PreallocatedZerosBehindEntriesAreNoEntries) {
  std::vector<uint8_t> bytes = BytesOf(Sample());
  bytes.resize(1200);
  EXPECT_EQ(BytesOf(Read(bytes)), BytesOf(Sample()));
}

TEST(TimeIndexTest, EntriesOfRecordsBeyondTheEndAreLeftOff) {
  const std::vector<uint8_t> bytes = BytesOf(Sample());
  EXPECT_EQ(Read(bytes, Offset(120)).entry_count(), 3u);
  EXPECT_EQ(Read(bytes, Offset(119)).entry_count(), 1u);
  EXPECT_EQ(Read(bytes, Offset(105)).entry_count(), 0u);
  EXPECT_EQ(Read(bytes, Offset(0)).entry_count(), 0u) << "an end below the segment";
}

TEST(TimeIndexTest, AnEntryBeyondTheLargestOffsetIsNotBelieved) {
  TimeIndex index{Offset(0)};
  index.MaybeAppend({.timestamp = kNoon, .offset = Offset(6)});
  index.MaybeAppend({.timestamp = kNoon + 1, .offset = Offset(8)});
  const TimeIndex at_the_end =
      TimeIndex::FromBytes(Offset(INT64_MAX - 7), index.bytes(), kEndOfOffsets);
  EXPECT_EQ(at_the_end.entry_count(), 1u);
  EXPECT_EQ(at_the_end.last().offset, Offset(INT64_MAX - 1));
}

TEST(TimeIndexTest, WhateverByteIsWrongTheEntriesThatAreTakenRise) {
  const std::vector<uint8_t> bytes = BytesOf(Sample());
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::vector<uint8_t> broken = bytes;
      broken[at] ^= static_cast<uint8_t>(1 << bit);
      const TimeIndex index = Read(broken, Offset(1000));
      TimeIndexEntry previous{kNoTimestamp, kBase};
      for (size_t i = 0; i < index.entry_count(); ++i) {
        const TimeIndexEntry entry = index.entry(i);
        EXPECT_GT(entry.timestamp, previous.timestamp) << at << '.' << bit;
        EXPECT_GE(entry.offset, previous.offset) << at << '.' << bit;
        EXPECT_LT(entry.offset, Offset(1000)) << at << '.' << bit;
        previous = entry;
      }
      EXPECT_GE(index.entry_count(), at / TimeIndex::kEntrySize) << "those before are kept";
      broken.resize(index.bytes().size());
      EXPECT_EQ(BytesOf(index), broken) << "a beginning of the file, as it is";
    }
  }
}

TEST(TimeIndexTest, AgreesWithAListOverAnyHistory) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed, 1);
    TimeIndex index(kBase);
    std::vector<TimeIndexEntry> model = {{kNoTimestamp, kBase}};
    int64_t offset = kBase.value();
    for (int step = 0; step < 200; ++step) {
      if (random.OneOf(1, 20)) {
        offset =
            kBase.value() +
            static_cast<int64_t>(random.Below(static_cast<uint64_t>(offset - kBase.value()) + 1));
        index.TruncateTo(Offset(offset));
        while (model.size() > 1 && model.back().offset >= Offset(offset)) model.pop_back();
      } else {
        offset += static_cast<int64_t>(random.Below(30));
        const TimeIndexEntry entry = At(static_cast<int64_t>(random.Below(3000)), offset);
        index.MaybeAppend(entry);
        if (entry.timestamp > model.back().timestamp) model.push_back(entry);
      }
      const TimestampMs asked = kNoon + static_cast<int64_t>(random.Below(3002)) - 1;
      const auto behind = std::find_if(
          model.begin(), model.end(), [&](const TimeIndexEntry& e) { return e.timestamp > asked; });
      ASSERT_EQ(index.Lookup(asked), *std::prev(behind)) << asked;
      ASSERT_EQ(index.last(), model.back());
      ASSERT_EQ(index.entry_count(), model.size() - 1);
    }
    EXPECT_EQ(BytesOf(Read(BytesOf(index))), BytesOf(index));
  }
}

}  // namespace
}  // namespace penstock
