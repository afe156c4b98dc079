// A produced batch: parsed, walked, validated and, where the topic wants it, written anew.
// Input: switches (1 byte), the target codec (1), the batch.
#include "base/check.h"
#include "base/endian.h"
#include "base/strings.h"
#include "record/batch_builder.h"
#include "record/batch_format.h"
#include "record/batch_view.h"
#include "record/validator.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/input.h"

namespace penstock::fuzz {
namespace {

constexpr size_t kDecompressedBytesMax = 1 << 20;
constexpr uint8_t kRepairCrc = 1;
constexpr uint8_t kCompacted = 2;
constexpr uint8_t kAppendTime = 4;
constexpr uint8_t kRecompress = 8;

// How many records there are; nothing if the batch is broken.
std::optional<int32_t> CountRecords(const BatchView& batch) {
  RecordScratch scratch;
  RecordIterator records(batch, scratch, {.body_bytes_max = kDecompressedBytesMax});
  int32_t count = 0;
  RecordView record;
  while (records.Next(record)) {
    ++count;
    std::span<const uint8_t> headers = record.headers;
    RecordHeaderView header;
    int32_t header_count = 0;
    while (ReadHeader(headers, header)) ++header_count;
    CHECK(header_count == record.header_count);
  }
  if (!records.status().ok()) return std::nullopt;
  return count;
}

ValidationOptions MakeOptions(uint8_t switches, uint8_t codec) {
  ValidationOptions options;
  options.now = TimestampMs(1'767'225'600'000);
  options.decompressed_bytes_max = kDecompressedBytesMax;
  options.is_compacted = (switches & kCompacted) != 0;
  if ((switches & kAppendTime) != 0) options.timestamp_type = TimestampType::kLogAppendTime;
  if ((switches & kRecompress) != 0) {
    options.target_compression = Compression::Of(static_cast<Codec>(codec % 5));
  }
  options.may_patch_input = false;
  return options;
}

}  // namespace

void RunRecordBatch(std::span<const uint8_t> bytes) {
  Input input(bytes);
  const uint8_t switches = input.TakeByte();
  const ValidationOptions options = MakeOptions(switches, input.TakeByte());
  Slice records = Slice::CopyOf(input.rest());
  const auto batch = BatchView::Parse(records.span());
  if (batch.ok()) {
    // Random changes never hit the right CRC, so most inputs get it as a gift.
    if ((switches & kRepairCrc) != 0) {
      StoreBig(records.mutable_data() + batch_format::kCrcAt, batch->ComputeCrc());
    }
    CountRecords(*batch);
  }
  const Slice before = Slice::CopyOf(records.span());
  ValidationScratch scratch;
  const auto codec = CodecOfProducedRecords(records.span());
  const auto valid = ValidateProduceBatch(records, options, scratch);
  CHECK(records == before);  // it belongs to somebody else
  if (!valid.ok()) return;
  CHECK(codec.ok());
  const auto result = BatchView::Parse(valid->batch.span());
  CHECK(result.ok());
  CHECK(result->size_in_bytes() == valid->batch.size());
  CHECK(result->CrcMatches());
  const std::optional<int32_t> count = CountRecords(*result);
  CHECK(count.has_value());
  CHECK(*count == valid->records_count);
}

Corpus RecordBatchCorpus() {
  Corpus corpus;
  const RecordHeaderView headers[] = {{"source", AsBytes("spring")}, {"empty", std::nullopt}};
  for (int codec = 0; codec < 5; ++codec) {
    for (const int count : {1, 3, 40}) {
      BatchOptions options;
      options.compression = Compression::Of(static_cast<Codec>(codec));
      options.producer_id = ProducerId(count == 3 ? 7 : -1);
      options.producer_epoch = ProducerEpoch(count == 3 ? 0 : -1);
      options.base_sequence = Sequence(count == 3 ? 0 : -1);
      BatchBuilder builder(options);
      for (int i = 0; i < count; ++i) {
        const std::string value = StrCat("water level ", i * 37 % 11, " metres");
        NewRecord record;
        record.timestamp = TimestampMs(1'767'225'600'000 + i);
        record.key = AsBytes("rhine");
        if (i % 5 != 4) record.value = AsBytes(value);
        if (i % 3 == 0) record.headers = headers;
        builder.Append(record);
      }
      const auto batch = builder.Build();
      CHECK(batch.ok());
      for (const uint8_t switches : {0, 1, 3, 5, 9, 15}) {
        Bytes bytes{switches, static_cast<uint8_t>(codec + 1)};
        bytes.insert(bytes.end(), batch->span().begin(), batch->span().end());
        corpus.push_back(std::move(bytes));
      }
    }
  }
  return corpus;
}

}  // namespace penstock::fuzz
