// What a fetch brought of a partition, walked as a consumer walks it.
// Input: switches (1 byte), the position (2), aborted transactions (1 byte: how many, then 2 bytes
// each: a producer and a first offset), the records.
#include "client/fetched_batches.h"

#include "base/check.h"
#include "base/endian.h"
#include "base/strings.h"
#include "client/fetched_batch.h"
#include "record/batch_builder.h"
#include "record/control_record.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/input.h"

namespace penstock::fuzz {
namespace {

constexpr size_t kDecompressedBytesMax = 1 << 20;
constexpr uint8_t kRepairCrcs = 1;
constexpr uint8_t kReadCommitted = 2;
constexpr uint8_t kTrustCrcs = 4;

// Random changes never hit the right CRC, so most inputs get it as a gift.
void RepairCrcs(Slice& records) {
  for (size_t at = 0; at < records.size();) {
    const auto batch = BatchView::Parse(records.span().subspan(at));
    if (!batch.ok()) return;
    StoreBig(records.mutable_data() + at + batch_format::kCrcAt, batch->ComputeCrc());
    at += batch->size_in_bytes();
  }
}

void ReadRecords(const FetchedBatches::Found& found) {
  FetchedBatch batch;
  batch.bytes = found.bytes;
  batch.first_wanted = found.first_wanted;
  RecordScratch scratch;
  FetchedRecords records(batch, scratch, {.body_bytes_max = kDecompressedBytesMax});
  RecordView record;
  while (records.Next(record)) CHECK(records.OffsetOf(record) >= found.first_wanted);
}

}  // namespace

void RunFetchedBatches(std::span<const uint8_t> bytes) {
  Input input(bytes);
  const uint8_t switches = input.TakeByte();
  const Offset begin(input.TakeShort());
  std::vector<AbortedRange> aborted(input.TakeByte() % 4);
  for (AbortedRange& range : aborted) {
    range.producer_id = ProducerId(input.TakeByte());
    range.first_offset = Offset(input.TakeByte());
  }
  Slice records = Slice::CopyOf(input.rest());
  if ((switches & kRepairCrcs) != 0) RepairCrcs(records);
  const FetchedBatchesOptions options{.check_crcs = (switches & kTrustCrcs) == 0,
                                      .read_committed = (switches & kReadCommitted) != 0};
  FetchedBatches batches(records, begin, aborted, options);
  Offset position = begin;
  size_t size = 0;
  bool failed = false;
  while (batches.has_next() && !failed) {
    CHECK(batches.position() >= position);
    position = batches.position();
    const auto found = batches.Next();
    failed = !found.ok();
    if (failed) break;
    CHECK(found->first_wanted >= position);
    CHECK(batches.position() > found->first_wanted);
    size += found->bytes.size();
    ReadRecords(*found);
  }
  CHECK(batches.position() >= position);
  CHECK(size <= records.size());
  // Fetches that read ahead go on where the reader will be.
  if (!failed) CHECK(batches.end() == batches.position());
}

Corpus FetchedBatchesCorpus() {
  Corpus corpus;
  for (int codec = 0; codec < 5; ++codec) {
    SliceChain records;
    Offset next(3);
    for (const int count : {2, 1, 30}) {
      BatchOptions options;
      options.base_offset = next;
      options.leader_epoch = LeaderEpoch(2);
      options.compression = Compression::Of(static_cast<Codec>(codec));
      options.is_transactional = count == 1;
      if (count == 1) {
        options.producer_id = ProducerId(7);
        options.producer_epoch = ProducerEpoch(0);
        options.base_sequence = Sequence(0);
      }
      BatchBuilder builder(options);
      for (int i = 0; i < count; ++i) {
        const std::string value = StrCat("water level ", i * 37 % 11, " metres");
        builder.Append({.timestamp = TimestampMs(1'000 + i), .value = AsBytes(value)});
      }
      next = builder.next_offset();
      records.Append(*builder.Build());
      if (count != 1) continue;
      EndTransactionBatchOptions marker;
      marker.base_offset = next;
      marker.producer_id = ProducerId(7);
      marker.producer_epoch = ProducerEpoch(0);
      marker.timestamp = TimestampMs(1'000);
      records.Append(BuildEndTransactionBatch(marker, {}));
      next = next + 1;
    }
    const Slice whole = records.Flatten();
    for (const uint8_t switches : {0, 1, 3, 5, 7}) {
      for (const size_t cut : {size_t{0}, size_t{20}}) {
        Bytes bytes{switches, 0, 4, 1, 7, 5};
        bytes.insert(bytes.end(), whole.data(), whole.data() + whole.size() - cut);
        corpus.push_back(std::move(bytes));
      }
    }
  }
  return corpus;
}

}  // namespace penstock::fuzz
