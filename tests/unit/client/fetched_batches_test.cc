#include "client/fetched_batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/endian.h"
#include "base/strings.h"
#include "client/fetched_batch.h"
#include "record/batch_builder.h"
#include "record/control_record.h"

namespace penstock {
namespace {

using Seen = std::vector<std::string>;

struct Written {
  Offset base;
  int32_t count = 1;
  int32_t gap = 0;  // offsets between records
  ProducerId producer = kNoProducerId;
  bool transactional = false;
  Codec codec = Codec::kNone;
};

Slice BatchOf(const Written& written) {
  BatchOptions options;
  options.base_offset = written.base;
  options.leader_epoch = LeaderEpoch(3);
  options.compression = Compression::Of(written.codec);
  options.producer_id = written.producer;
  options.producer_epoch = ProducerEpoch(written.producer > kNoProducerId ? 0 : -1);
  options.base_sequence = Sequence(written.producer > kNoProducerId ? 0 : -1);
  options.is_transactional = written.transactional;
  BatchBuilder builder(options);
  for (int32_t i = 0; i < written.count; ++i) {
    const Offset offset = written.base + i * (written.gap + 1);
    const std::string value = StrCat("record ", offset);
    NewRecord record;
    record.timestamp = TimestampMs(1'000);
    record.value = AsBytes(value);
    builder.AppendAt(offset, record);
  }
  return *builder.Build();
}

Slice Marker(Offset at, ProducerId producer, ControlRecordType type) {
  EndTransactionBatchOptions options;
  options.base_offset = at;
  options.producer_id = producer;
  options.producer_epoch = ProducerEpoch(0);
  options.timestamp = TimestampMs(1'000);
  return BuildEndTransactionBatch(options, {.type = type});
}

// A batch whose records compaction took away; its offsets stay.
Slice Emptied(Offset base, int32_t count) {
  Slice batch = BatchOf({.base = base, .count = count});
  Slice empty = Slice::CopyOf(batch.span().first(batch_format::kHeaderSize));
  uint8_t* const data = empty.mutable_data();
  const auto length = static_cast<int32_t>(batch_format::kHeaderSize - batch_format::kLogOverhead);
  StoreBig(data + batch_format::kBatchLengthAt, length);
  StoreBig(data + batch_format::kRecordsCountAt, int32_t{0});
  StoreBig(data + batch_format::kCrcAt, BatchView::Parse(empty.span())->ComputeCrc());
  return empty;
}

Slice Join(const std::vector<Slice>& batches) {
  SliceChain chain;
  for (const Slice& batch : batches) chain.Append(batch);
  return Slice::CopyOf(chain.Flatten().span());
}

void ReadRecords(const FetchedBatches::Found& found, Seen& seen) {
  FetchedBatch batch;
  batch.bytes = found.bytes;
  batch.first_wanted = found.first_wanted;
  RecordScratch scratch;
  FetchedRecords records(batch, scratch);
  RecordView record;
  while (records.Next(record)) {
    EXPECT_EQ(AsText(*record.value), StrCat("record ", records.OffsetOf(record)));
    seen.emplace_back(AsText(*record.value));
  }
  EXPECT_TRUE(records.status().ok()) << records.status();
}

Seen ReadAll(FetchedBatches& batches) {
  Seen seen;
  while (batches.has_next()) {
    const auto found = batches.Next();
    if (!found.ok()) {
      seen.push_back(StrCat("error ", NameOf(ErrorCodeOf(found.status()))));
      break;
    }
    ReadRecords(*found, seen);
  }
  return seen;
}

Seen Records(std::vector<int64_t> offsets) {
  Seen seen;
  for (const int64_t offset : offsets) seen.push_back(StrCat("record ", offset));
  return seen;
}

FetchedBatches Committed(Slice records, Offset position, std::vector<AbortedRange> aborted) {
  return FetchedBatches(std::move(records), position, std::move(aborted), {.read_committed = true});
}

TEST(FetchedBatchesTest, NothingWasFetched) {
  FetchedBatches batches(Slice(), Offset(7), {}, {});
  EXPECT_FALSE(batches.has_next());
  EXPECT_EQ(batches.position(), Offset(7));
  EXPECT_EQ(batches.end(), Offset(7));
}

TEST(FetchedBatchesTest, ThePositionIsBehindTheBatchThatWasTaken) {
  const Slice records =
      Join({BatchOf({.base = Offset(10), .count = 2}), BatchOf({.base = Offset(12), .count = 3})});
  FetchedBatches batches(records, Offset(10), {}, {});
  EXPECT_EQ(batches.position(), Offset(10));
  EXPECT_EQ(batches.end(), Offset(15));
  Seen seen;
  ReadRecords(*batches.Next(), seen);
  EXPECT_EQ(seen, Records({10, 11}));
  EXPECT_EQ(batches.position(), Offset(12));
  EXPECT_EQ(batches.position_epoch(), LeaderEpoch(3));
  EXPECT_EQ(ReadAll(batches), Records({12, 13, 14}));
  EXPECT_EQ(batches.position(), Offset(15));
}

TEST(FetchedBatchesTest, TheFirstBatchMayBeginBeforeThePosition) {
  const Slice records =
      Join({BatchOf({.base = Offset(0), .count = 4}), BatchOf({.base = Offset(4), .count = 4}),
            BatchOf({.base = Offset(8), .count = 1})});
  FetchedBatches batches(records, Offset(6), {}, {});
  EXPECT_EQ(ReadAll(batches), Records({6, 7, 8}));
  EXPECT_EQ(batches.position(), Offset(9));
}

TEST(FetchedBatchesTest, ThePositionPassesGapsThatCompactionLeft) {
  const Slice records = Join({BatchOf({.base = Offset(0), .count = 2, .gap = 4}),
                              Emptied(Offset(20), 10), BatchOf({.base = Offset(50), .count = 1})});
  FetchedBatches batches(records, Offset(3), {}, {});
  EXPECT_EQ(ReadAll(batches), Records({5, 50}));
  FetchedBatches emptied(Emptied(Offset(20), 10), Offset(22), {}, {});
  EXPECT_FALSE(emptied.has_next());
  EXPECT_EQ(emptied.position(), Offset(30));
}

TEST(FetchedBatchesTest, ControlBatchesAreForNobody) {
  const Slice records =
      Join({BatchOf({.base = Offset(0), .producer = ProducerId(5), .transactional = true}),
            Marker(Offset(1), ProducerId(5), ControlRecordType::kCommit)});
  FetchedBatches batches(records, Offset(0), {}, {});
  Seen seen;
  ReadRecords(*batches.Next(), seen);
  EXPECT_EQ(seen, Records({0}));
  EXPECT_FALSE(batches.has_next());
  EXPECT_EQ(batches.position(), Offset(2));  // at once: nobody has to ask again to get there
}

TEST(FetchedBatchesTest, WhatATransactionAbortedIsLeftOutUnderReadCommittedOnly) {
  const ProducerId a(5);
  const ProducerId b(6);
  const Slice records =
      Join({BatchOf({.base = Offset(0), .producer = a, .transactional = true}),
            BatchOf({.base = Offset(1), .producer = b, .transactional = true}),
            BatchOf({.base = Offset(2), .producer = a}),  // outside of its transaction
            Marker(Offset(3), a, ControlRecordType::kAbort),
            BatchOf({.base = Offset(4), .producer = a, .transactional = true}),
            Marker(Offset(5), b, ControlRecordType::kCommit),
            Marker(Offset(6), a, ControlRecordType::kCommit),
            BatchOf({.base = Offset(7), .producer = a, .transactional = true}),
            Marker(Offset(8), a, ControlRecordType::kAbort)});
  FetchedBatches committed = Committed(records, Offset(0), {{a, Offset(7)}, {a, Offset(0)}});
  EXPECT_EQ(ReadAll(committed), Records({1, 2, 4}));
  EXPECT_EQ(committed.position(), Offset(9));
  FetchedBatches all(records, Offset(0), {}, {});
  EXPECT_EQ(ReadAll(all), Records({0, 1, 2, 4, 7}));
}

TEST(FetchedBatchesTest, ATransactionThatBeganBeforeTheFetchIsKnownByTheAnswer) {
  const ProducerId a(5);
  const Slice records = Join({BatchOf({.base = Offset(10), .producer = a, .transactional = true}),
                              Marker(Offset(11), a, ControlRecordType::kAbort),
                              BatchOf({.base = Offset(12), .producer = a, .transactional = true})});
  FetchedBatches batches = Committed(records, Offset(10), {{a, Offset(2)}});
  EXPECT_EQ(ReadAll(batches), Records({12}));
}

TEST(FetchedBatchesTest, AWrongCrcStopsTheWalkInFrontOfTheBatch) {
  Slice bad = BatchOf({.base = Offset(5), .count = 2});
  bad.mutable_data()[bad.size() - 1] ^= 1;
  const Slice records = Join({BatchOf({.base = Offset(4)}), bad, BatchOf({.base = Offset(7)})});
  FetchedBatches batches(records, Offset(4), {}, {});
  ASSERT_TRUE(batches.Next().ok());
  ASSERT_TRUE(batches.has_next());
  EXPECT_FALSE(batches.has_batch());
  const auto failed = batches.Next();
  EXPECT_EQ(ErrorCodeOf(failed.status()), ErrorCode::kCorruptMessage);
  EXPECT_NE(MessageOf(failed.status()).find("offset 5"), std::string_view::npos);
  EXPECT_EQ(batches.position(), Offset(5));
  FetchedBatches trusting(records, Offset(4), {}, {.check_crcs = false});
  EXPECT_TRUE(trusting.Next().ok());
  EXPECT_TRUE(trusting.Next().ok());
  FetchedBatches behind(records, Offset(7), {}, {});  // also a batch that is not for the reader
  EXPECT_EQ(ReadAll(behind), Seen{"error CORRUPT_MESSAGE"});
}

TEST(FetchedBatchesTest, OldMagicIsRefused) {
  Slice old = BatchOf({.base = Offset(0)});
  old.mutable_data()[batch_format::kMagicAt] = 1;
  FetchedBatches batches(old, Offset(0), {}, {});
  EXPECT_EQ(ReadAll(batches), Seen{"error UNSUPPORTED_FOR_MESSAGE_FORMAT"});
  EXPECT_EQ(batches.end(), std::nullopt);
}

TEST(FetchedBatchesTest, OffsetsThatCannotBeAreCorrupt) {
  for (const int64_t base : {int64_t{-1}, INT64_MAX, INT64_MAX - 3}) {
    Slice batch = BatchOf({.base = Offset(0), .count = 5});
    PatchBaseOffset(std::span(batch.mutable_data(), batch.size()), Offset(base));
    FetchedBatches batches(batch, Offset(0), {}, {});
    EXPECT_EQ(ReadAll(batches), Seen{"error CORRUPT_MESSAGE"}) << base;
    EXPECT_EQ(batches.end(), std::nullopt);
  }
}

TEST(FetchedBatchesTest, ControlBatchesThatCannotBeReadAreCorruptUnderReadCommitted) {
  BatchOptions options;
  options.producer_id = ProducerId(5);
  options.producer_epoch = ProducerEpoch(0);
  options.is_transactional = true;
  options.is_control = true;
  BatchBuilder builder(options);
  builder.Append({.timestamp = TimestampMs(0), .key = AsBytes("x")});
  const Slice batch = *builder.Build();
  FetchedBatches committed = Committed(batch, Offset(0), {});
  EXPECT_EQ(ReadAll(committed), Seen{"error CORRUPT_MESSAGE"});
  FetchedBatches uncommitted(batch, Offset(0), {}, {});
  EXPECT_EQ(ReadAll(uncommitted), Seen{});
}

// A fetch ends where its bytes end: what is cut off there comes with the next one.
TEST(FetchedBatchesTest, ARecordSetMayEndAtAnyByte) {
  const std::vector<Slice> parts = {BatchOf({.base = Offset(0), .count = 3}),
                                    BatchOf({.base = Offset(3), .count = 2}),
                                    BatchOf({.base = Offset(5), .count = 4})};
  const Slice records = Join(parts);
  const size_t first = parts[0].size();
  for (size_t size = 0; size <= records.size(); ++size) {
    FetchedBatches batches(records.Sub(0, size), Offset(0), {}, {});
    const bool is_cut_off = size > 0 && size < first;
    if (is_cut_off) {
      EXPECT_EQ(batches.end(), std::nullopt) << size;
      EXPECT_EQ(ReadAll(batches), Seen{"error CORRUPT_MESSAGE"}) << size;
      EXPECT_EQ(batches.position(), Offset(0));
      continue;
    }
    Seen expected;
    if (size >= first) expected = Records({0, 1, 2});
    if (size >= first + parts[1].size()) expected = Records({0, 1, 2, 3, 4});
    if (size == records.size()) expected = Records({0, 1, 2, 3, 4, 5, 6, 7, 8});
    EXPECT_EQ(ReadAll(batches), expected) << size;
    EXPECT_EQ(batches.position(), Offset(static_cast<int64_t>(expected.size()))) << size;
    EXPECT_EQ(batches.end(), batches.position()) << size;
  }
}

// A partition of random batches, and a leader that cuts its answers at random.
class RandomLog {
 public:
  explicit RandomLog(uint64_t seed) : random_(seed) {
    const int batches = 1 + Below(25);
    for (int i = 0; i < batches; ++i) AddBatch();
    for (Producer& producer : producers_) {
      if (producer.first.has_value()) EndTransaction(producer);
    }
  }

  // What a reader from `position` on is to see.
  Seen Expected(Offset position, bool read_committed) const {
    Seen seen;
    for (const Kept& kept : kept_) {
      if (kept.offset < position || (read_committed && kept.aborted)) continue;
      seen.push_back(StrCat("record ", kept.offset));
    }
    return seen;
  }

  Seen Read(Offset position, bool read_committed) {
    Seen seen;
    while (position < end_) {
      auto [records, aborted] = Fetch(position);
      FetchedBatches batches(std::move(records), position, std::move(aborted),
                             {.read_committed = read_committed});
      const auto ahead = batches.end();
      for (const std::string& one : ReadAll(batches)) seen.push_back(one);
      EXPECT_EQ(ahead, batches.position());
      EXPECT_GT(batches.position(), position) << "no progress";
      if (batches.position() <= position) break;
      position = batches.position();
    }
    return seen;
  }

  Offset end() const { return end_; }
  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint64_t>(limit)); }

 private:
  struct Producer {
    ProducerId id;
    std::optional<Offset> first;  // of its open transaction
    std::vector<size_t> kept;     // of it
  };
  struct Kept {
    Offset offset;
    bool aborted = false;
  };
  struct Batch {
    Slice bytes;
    Offset base;
    Offset last;
  };
  struct Abort {
    AbortedRange range;
    Offset last;
  };

  void Append(Slice bytes) {
    const BatchView view = *BatchView::Parse(bytes.span());
    end_ = view.next_offset();
    batches_.push_back({bytes, view.base_offset(), view.last_offset()});
  }

  void AddBatch() {
    end_ = end_ + (Below(4) == 0 ? Below(30) : 0);
    Producer& producer = producers_[static_cast<size_t>(Below(3))];
    const int kind = Below(8);
    if (kind == 0) return Append(Emptied(end_, 1 + Below(5)));
    if (kind <= 2 && producer.first.has_value()) return EndTransaction(producer);
    Written written{.base = end_, .count = 1 + Below(6), .gap = Below(3) == 0 ? Below(5) : 0};
    written.codec = static_cast<Codec>(Below(5));
    written.transactional = Below(2) == 0;
    if (written.transactional) {
      written.producer = producer.id;
      if (!producer.first.has_value()) producer.first = end_;
    }
    for (int32_t i = 0; i < written.count; ++i) {
      if (written.transactional) producer.kept.push_back(kept_.size());
      kept_.push_back({written.base + i * (written.gap + 1)});
    }
    Append(BatchOf(written));
  }

  void EndTransaction(Producer& producer) {
    const bool aborts = Below(2) == 0;
    if (aborts) {
      for (const size_t i : producer.kept) kept_[i].aborted = true;
      aborts_.push_back({{producer.id, *producer.first}, end_});
    }
    Append(
        Marker(end_, producer.id, aborts ? ControlRecordType::kAbort : ControlRecordType::kCommit));
    producer.first.reset();
    producer.kept.clear();
  }

  // From the batch that has the position, or the next one; as many bytes as it happens, but one
  // whole batch.
  std::pair<Slice, std::vector<AbortedRange>> Fetch(Offset position) {
    std::vector<Slice> parts;
    size_t first_size = 0;
    for (const Batch& batch : batches_) {
      if (batch.last < position) continue;
      if (parts.empty()) first_size = batch.bytes.size();
      parts.push_back(batch.bytes);
    }
    const Slice rest = Join(parts);
    const size_t more = rest.size() - first_size;
    const size_t size = first_size + (more == 0 ? 0 : random_() % (more + 1));
    std::vector<AbortedRange> aborted;
    for (const Abort& abort : aborts_) {
      if (abort.last >= position) aborted.push_back(abort.range);
    }
    std::ranges::shuffle(aborted, random_);
    return {rest.Sub(0, size), aborted};
  }

  std::mt19937_64 random_;
  Offset end_{0};
  std::vector<Batch> batches_;
  std::vector<Kept> kept_;
  std::vector<Abort> aborts_;
  Producer producers_[3] = {{ProducerId(1)}, {ProducerId(2)}, {ProducerId(3)}};
};

TEST(FetchedBatchesTest, EveryWantedRecordComesOnceHoweverTheLogIsCut) {
  const uint64_t first = std::random_device()();
  for (uint64_t seed = first; seed < first + 400; ++seed) {
    RandomLog log(seed);
    for (const bool read_committed : {false, true}) {
      const Offset position(log.Below(static_cast<int>(log.end().value()) + 1));
      ASSERT_EQ(log.Read(Offset(0), read_committed), log.Expected(Offset(0), read_committed))
          << "seed " << seed;
      ASSERT_EQ(log.Read(position, read_committed), log.Expected(position, read_committed))
          << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace penstock
