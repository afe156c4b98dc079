#include "record/validator.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "tests/unit/record/samples.h"

namespace penstock {
namespace {

using namespace batch_format;  // NOLINT: tests change single fields.

class ValidatorTest : public testing::Test {
 protected:
  StatusOr<ValidatedBatch> Validate(const Slice& records) {
    return ValidateProduceBatch(records, options_, scratch_);
  }
  ErrorCode CodeOf(const Slice& records) { return ErrorCodeOf(Validate(records).status()); }

  // The answer to a sample batch with one header field changed and the CRC made right.
  template <class T>
  ErrorCode CodeWith(size_t at, T value) {
    Slice batch = SampleBatch(3);
    StoreBig(batch.mutable_data() + at, value);
    RepairCrc({batch.mutable_data(), batch.size()});
    return CodeOf(batch);
  }

  static BatchView View(const Slice& batch) {
    const StatusOr<BatchView> view = BatchView::Parse(batch.span());
    EXPECT_TRUE(view.ok()) << view.status();
    return *view;
  }

  static std::vector<std::string> ValuesOf(const Slice& batch) {
    RecordScratch scratch;
    RecordIterator records(View(batch), scratch);
    RecordView record;
    std::vector<std::string> values;
    while (records.Next(record)) values.emplace_back(AsText(record.value.value()));
    EXPECT_TRUE(records.status().ok()) << records.status();
    return values;
  }

  static int32_t CountOfRecordsIn(const Slice& batch) {
    RecordScratch scratch;
    RecordIterator records(View(batch), scratch);
    RecordView record;
    int32_t count = 0;
    while (records.Next(record)) ++count;
    EXPECT_TRUE(records.status().ok()) << records.status();
    return count;
  }

  ValidationOptions options_{.now = kNow};
  ValidationScratch scratch_;
};

TEST_F(ValidatorTest, AGoodBatchIsTakenAsItIs) {
  for (const Codec codec : kAllCodecs) {
    const Slice batch = SampleBatch(50, {.compression = Compression::Of(codec),
                                         .producer_id = ProducerId(9),
                                         .producer_epoch = ProducerEpoch(1),
                                         .base_sequence = Sequence(10)});
    const StatusOr<ValidatedBatch> validated = Validate(batch);
    ASSERT_TRUE(validated.ok()) << validated.status();
    EXPECT_EQ(validated->batch.data(), batch.data());
    EXPECT_EQ(validated->batch.size(), batch.size());
    EXPECT_EQ(validated->records_count, 50);
    EXPECT_EQ(validated->max_timestamp, kNow + 49);
    EXPECT_EQ(validated->max_timestamp_offset_delta, 49);
    EXPECT_EQ(validated->log_append_time, kNoTimestamp);
    EXPECT_EQ(validated->producer_id, ProducerId(9));
    EXPECT_EQ(validated->producer_epoch, ProducerEpoch(1));
    EXPECT_EQ(validated->base_sequence, Sequence(10));
    EXPECT_EQ(validated->last_sequence, Sequence(59));
    EXPECT_EQ(validated->codec, codec);
    EXPECT_FALSE(validated->is_transactional);
    EXPECT_FALSE(validated->was_rebuilt);
  }
}

TEST_F(ValidatorTest, AProduceCarriesExactlyOneWholeBatch) {
  const Slice one = SampleBatch(2);
  std::vector<uint8_t> bytes = BytesOf(one);
  bytes.insert(bytes.end(), one.data(), one.data() + one.size());
  EXPECT_EQ(CodeOf(Slice()), ErrorCode::kInvalidRecord);
  EXPECT_EQ(CodeOf(Slice::CopyOf(bytes)), ErrorCode::kInvalidRecord);
  EXPECT_EQ(CodeOf(one.Sub(0, one.size() - 1)), ErrorCode::kInvalidRecord);
}

TEST_F(ValidatorTest, AnIncompleteSecondBatchIsCutOff) {
  const Slice one = SampleBatch(2);
  std::vector<uint8_t> bytes = BytesOf(one);
  bytes.insert(bytes.end(), one.data(), one.data() + one.size() - 1);
  const StatusOr<ValidatedBatch> validated = Validate(Slice::CopyOf(bytes));
  ASSERT_TRUE(validated.ok()) << validated.status();
  EXPECT_EQ(validated->batch, one);
}

TEST_F(ValidatorTest, OldMagicsAreInvalidAndUnknownOnesCorrupt) {
  Slice batch = SampleBatch(3);
  for (const int8_t magic : {int8_t{0}, int8_t{1}}) {
    StoreBig(batch.mutable_data() + kMagicAt, magic);
    EXPECT_EQ(CodeOf(batch), ErrorCode::kInvalidRecord);
  }
  for (const int8_t magic : {int8_t{-1}, int8_t{3}}) {
    StoreBig(batch.mutable_data() + kMagicAt, magic);
    EXPECT_EQ(CodeOf(batch), ErrorCode::kCorruptMessage);
  }
}

TEST_F(ValidatorTest, EveryFlippedBitIsCaught) {
  for (const Codec codec : kAllCodecs) {
    const std::vector<uint8_t> good =
        BytesOf(SampleBatch(4, {.compression = Compression::Of(codec)}));
    for (size_t bit = 0; bit < good.size() * 8; ++bit) {
      // The leader epoch is the leader's to write; any value of a client's is taken.
      if (bit / 8 >= kPartitionLeaderEpochAt && bit / 8 < kMagicAt) continue;
      std::vector<uint8_t> bad = good;
      bad[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
      ASSERT_FALSE(Validate(Slice::CopyOf(bad)).ok()) << NameOf(codec) << " bit " << bit;
    }
  }
}

TEST_F(ValidatorTest, TheCrcMustMatch) {
  Slice batch = SampleBatch(3);
  batch.mutable_data()[batch.size() - 2] ^= 1;
  EXPECT_EQ(CodeOf(batch), ErrorCode::kCorruptMessage);
}

TEST_F(ValidatorTest, HeaderFieldsMustAgree) {
  EXPECT_EQ(CodeWith(kBaseOffsetAt, int64_t{1}), ErrorCode::kInvalidRecord);
  EXPECT_EQ(CodeWith(kRecordsCountAt, int32_t{2}), ErrorCode::kInvalidRecord);
  EXPECT_EQ(CodeWith(kRecordsCountAt, int32_t{-1}), ErrorCode::kInvalidRecord);
  EXPECT_EQ(CodeWith(kLastOffsetDeltaAt, int32_t{3}), ErrorCode::kInvalidRecord);
  EXPECT_EQ(CodeWith(kLastOffsetDeltaAt, int32_t{-1}), ErrorCode::kInvalidRecord);
  EXPECT_EQ(CodeWith(kLastOffsetDeltaAt, int32_t{0x7fffffff}), ErrorCode::kInvalidRecord);
  EXPECT_EQ(CodeWith(kProducerIdAt, int64_t{5}), ErrorCode::kInvalidRecord);
  EXPECT_EQ(CodeWith(kAttributesAt, kControlBit), ErrorCode::kInvalidRecord);
  EXPECT_EQ(CodeWith(kAttributesAt, int16_t{7}), ErrorCode::kUnsupportedCompressionType);
}

TEST_F(ValidatorTest, TheRecordsCountMustMatchTheRecords) {
  for (const Codec codec : kAllCodecs) {
    for (const int32_t count : {2, 4}) {
      Slice batch = SampleBatch(3, {.compression = Compression::Of(codec)});
      StoreBig(batch.mutable_data() + kRecordsCountAt, count);
      StoreBig(batch.mutable_data() + kLastOffsetDeltaAt, count - 1);
      RepairCrc({batch.mutable_data(), batch.size()});
      EXPECT_EQ(CodeOf(batch), ErrorCode::kInvalidRecord) << NameOf(codec) << " " << count;
    }
  }
}

TEST_F(ValidatorTest, ABatchWithAnotherCodecThanItSaysIsRefused) {
  for (const Codec codec : kAllCodecs) {
    for (const Codec claimed : kAllCodecs) {
      if (codec == claimed) continue;
      Slice batch = SampleBatch(30, {.compression = Compression::Of(codec)});
      StoreBig(batch.mutable_data() + kAttributesAt, static_cast<int16_t>(claimed));
      RepairCrc({batch.mutable_data(), batch.size()});
      EXPECT_EQ(CodeOf(batch), ErrorCode::kInvalidRecord) << NameOf(codec) << NameOf(claimed);
    }
  }
}

TEST_F(ValidatorTest, SizesAreLimited) {
  const Slice batch = SampleBatch(10);
  const auto size = static_cast<int32_t>(batch.size());
  options_.max_message_bytes = size;
  options_.segment_bytes = size;
  EXPECT_TRUE(Validate(batch).ok());
  options_.max_message_bytes = size - 1;
  EXPECT_EQ(CodeOf(batch), ErrorCode::kMessageTooLarge);
  options_.max_message_bytes = size;
  options_.segment_bytes = size - 1;
  EXPECT_EQ(CodeOf(batch), ErrorCode::kRecordListTooLarge);
}

TEST_F(ValidatorTest, ABombIsStoppedAtTheLimit) {
  const std::string zeros(8 << 20, '\0');
  options_.decompressed_bytes_max = 1 << 20;
  for (const Codec codec : kCompressingCodecs) {
    BatchBuilder builder({.compression = Compression::Of(codec)});
    builder.Append({.timestamp = kNow, .value = AsBytes(zeros)});
    const StatusOr<Slice> bomb = builder.Build();
    ASSERT_TRUE(bomb.ok());
    EXPECT_EQ(CodeOf(*bomb), ErrorCode::kMessageTooLarge) << NameOf(codec);
    EXPECT_LE(scratch_.records.window.size(), size_t{4} << 20);
  }
}

TEST_F(ValidatorTest, ACompactedTopicNeedsKeysAndEachMissingOneIsNamed) {
  BatchBuilder builder(BatchOptions{});
  for (const bool has_key : {true, false, true, false}) {
    builder.Append({.timestamp = kNow, .key = has_key ? RecordBytes(AsBytes("k")) : std::nullopt});
  }
  const StatusOr<Slice> batch = builder.Build();
  ASSERT_TRUE(batch.ok());
  EXPECT_TRUE(Validate(*batch).ok());
  options_.is_compacted = true;
  EXPECT_EQ(CodeOf(*batch), ErrorCode::kInvalidRecord);
  ASSERT_EQ(scratch_.record_errors.size(), 2u);
  EXPECT_EQ(scratch_.record_errors[0].batch_index, 1);
  EXPECT_EQ(scratch_.record_errors[1].batch_index, 3);
  EXPECT_FALSE(scratch_.record_errors[0].message.empty());
  options_.is_compacted = false;
  EXPECT_TRUE(Validate(*batch).ok());
  EXPECT_TRUE(scratch_.record_errors.empty());
}

TEST_F(ValidatorTest, TimestampsOutOfRangeAreRefused) {
  const Slice batch = SampleBatch(3);  // kNow, kNow + 1, kNow + 2
  options_.timestamp_after_max_ms = 2;
  EXPECT_TRUE(Validate(batch).ok());
  options_.timestamp_after_max_ms = 1;
  EXPECT_EQ(CodeOf(batch), ErrorCode::kInvalidTimestamp);
  ASSERT_EQ(scratch_.record_errors.size(), 1u);
  EXPECT_EQ(scratch_.record_errors[0].batch_index, 2);
  options_.now = kNow + 10;
  options_.timestamp_before_max_ms = 9;
  EXPECT_EQ(CodeOf(batch), ErrorCode::kInvalidTimestamp);
  EXPECT_EQ(scratch_.record_errors.size(), 1u);
  options_.timestamp_type = TimestampType::kLogAppendTime;
  EXPECT_TRUE(Validate(batch).ok());
}

TEST_F(ValidatorTest, ARecordWithoutTimestampIsInNoRange) {
  BatchBuilder builder(BatchOptions{});
  builder.Append({.timestamp = kNoTimestamp, .value = AsBytes("v")});
  options_.timestamp_before_max_ms = 0;
  options_.timestamp_after_max_ms = 0;
  const StatusOr<ValidatedBatch> validated = Validate(*builder.Build());
  ASSERT_TRUE(validated.ok()) << validated.status();
  EXPECT_EQ(validated->max_timestamp, kNoTimestamp);
}

TEST_F(ValidatorTest, AppendTimeIsWrittenIntoTheBatch) {
  options_.timestamp_type = TimestampType::kLogAppendTime;
  options_.now = kNow + 12345;
  for (const Codec codec : kAllCodecs) {
    const StatusOr<ValidatedBatch> validated =
        Validate(SampleBatch(3, {.compression = Compression::Of(codec)}));
    ASSERT_TRUE(validated.ok()) << validated.status();
    EXPECT_EQ(validated->max_timestamp, options_.now);
    EXPECT_EQ(validated->log_append_time, options_.now);
    EXPECT_EQ(validated->max_timestamp_offset_delta, 0);
    const BatchView view = View(validated->batch);
    EXPECT_EQ(view.timestamp_type(), TimestampType::kLogAppendTime);
    EXPECT_EQ(view.max_timestamp(), options_.now);
    EXPECT_EQ(view.codec(), codec);
    EXPECT_TRUE(view.CrcMatches());
  }
}

TEST_F(ValidatorTest, BytesThatOthersHoldAreChangedInACopy) {
  const Slice batch = SampleBatch(3);
  const Slice before = Slice::CopyOf(batch.span());
  options_.timestamp_type = TimestampType::kLogAppendTime;
  options_.may_patch_input = false;
  const StatusOr<ValidatedBatch> validated = Validate(batch);
  ASSERT_TRUE(validated.ok());
  EXPECT_EQ(batch, before);
  EXPECT_NE(validated->batch, before);
}

TEST_F(ValidatorTest, AProducersAppendTimeBitIsClearedOrRefused) {
  const BatchOptions with_append_time = {.timestamp_type = TimestampType::kLogAppendTime,
                                         .log_append_time = kNow};
  const StatusOr<ValidatedBatch> validated = Validate(SampleBatch(3, with_append_time));
  ASSERT_TRUE(validated.ok()) << validated.status();
  EXPECT_EQ(View(validated->batch).timestamp_type(), TimestampType::kCreateTime);
  options_.timestamp_type = TimestampType::kLogAppendTime;
  EXPECT_EQ(CodeOf(SampleBatch(3, with_append_time)), ErrorCode::kInvalidTimestamp);
}

TEST_F(ValidatorTest, AWrongMaxTimestampIsPutRight) {
  Slice batch = SampleBatch(3);
  StoreBig(batch.mutable_data() + kMaxTimestampAt, int64_t{77});
  RepairCrc({batch.mutable_data(), batch.size()});
  const StatusOr<ValidatedBatch> validated = Validate(batch);
  ASSERT_TRUE(validated.ok()) << validated.status();
  EXPECT_EQ(View(validated->batch).max_timestamp(), kNow + 2);
  EXPECT_TRUE(View(validated->batch).CrcMatches());
}

TEST_F(ValidatorTest, ATopicsCodecReplacesTheProducers) {
  for (const Codec from : kAllCodecs) {
    for (const Codec to : kAllCodecs) {
      options_.target_compression = Compression::Of(to);
      const Slice batch = SampleBatch(20, {.compression = Compression::Of(from),
                                           .producer_id = ProducerId(3),
                                           .producer_epoch = ProducerEpoch(0),
                                           .base_sequence = Sequence(0),
                                           .is_transactional = true});
      const StatusOr<ValidatedBatch> validated = Validate(batch);
      ASSERT_TRUE(validated.ok()) << validated.status();
      EXPECT_EQ(validated->was_rebuilt, from != to);
      EXPECT_EQ(validated->codec, to);
      EXPECT_EQ(validated->source_codec, from);
      EXPECT_EQ(validated->last_sequence, Sequence(19));
      EXPECT_TRUE(validated->is_transactional);
      EXPECT_EQ(validated->max_timestamp, kNow + 19);
      EXPECT_TRUE(View(validated->batch).CrcMatches());
      EXPECT_EQ(ValuesOf(validated->batch), ValuesOf(batch));
    }
  }
}

TEST_F(ValidatorTest, ABatchThatGrowsAboveTheLimitByDecompressionIsTooLarge) {
  const std::string text = SampleText(100'000);
  BatchBuilder builder({.compression = Compression::Of(Codec::kZstd)});
  builder.Append({.timestamp = kNow, .value = AsBytes(text)});
  options_.target_compression = Compression::Of(Codec::kNone);
  options_.max_message_bytes = 50'000;
  EXPECT_EQ(CodeOf(*builder.Build()), ErrorCode::kMessageTooLarge);
}

TEST_F(ValidatorTest, WrongOffsetDeltasAreRefusedOrNumberedAnewWhenCompressed) {
  const auto batch_of = [](Codec codec) {
    BatchBuilder builder({.compression = Compression::Of(codec)});
    builder.AppendAt(Offset(1), {.timestamp = kNow, .value = AsBytes("a")});
    builder.AppendAt(Offset(2), {.timestamp = kNow, .value = AsBytes("b")});
    Slice batch = *builder.Build();
    StoreBig(batch.mutable_data() + kLastOffsetDeltaAt, int32_t{1});
    RepairCrc({batch.mutable_data(), batch.size()});
    return batch;
  };
  EXPECT_EQ(CodeOf(batch_of(Codec::kNone)), ErrorCode::kInvalidRecord);
  const StatusOr<ValidatedBatch> validated = Validate(batch_of(Codec::kGzip));
  ASSERT_TRUE(validated.ok()) << validated.status();
  EXPECT_TRUE(validated->was_rebuilt);
  EXPECT_EQ(validated->codec, Codec::kGzip);
  EXPECT_EQ(ValuesOf(validated->batch), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(Validate(validated->batch).ok());
}

TEST_F(ValidatorTest, SurvivesAnyRecordsBehindARightCrc) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  options_.decompressed_bytes_max = 1 << 20;
  for (int round = 0; round < 2000; ++round) {
    const Codec codec = kAllCodecs[random() % 5];
    Slice batch = SampleBatch(3, {.compression = Compression::Of(codec)});
    for (int changes = 0; changes < 3; ++changes) {
      batch.mutable_data()[kAttributesAt + random() % (batch.size() - kAttributesAt)] =
          static_cast<uint8_t>(random());
    }
    RepairCrc({batch.mutable_data(), batch.size()});
    const StatusOr<ValidatedBatch> validated = Validate(batch);
    if (!validated.ok()) continue;
    ASSERT_TRUE(View(validated->batch).CrcMatches());
    ASSERT_EQ(CountOfRecordsIn(validated->batch), validated->records_count);
  }
}

TEST_F(ValidatorTest, TellsTheCodecBeforeAnythingElse) {
  const Slice batch = SampleBatch(3, {.compression = Compression::Of(Codec::kZstd)});
  const StatusOr<Codec> codec = CodecOfProducedRecords(batch.span());
  ASSERT_TRUE(codec.ok());
  EXPECT_EQ(*codec, Codec::kZstd);
  EXPECT_EQ(ErrorCodeOf(CodecOfProducedRecords({}).status()), ErrorCode::kInvalidRecord);
}

}  // namespace
}  // namespace penstock
