#include "metadata/metadata_record.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/strings.h"
#include "metadata/image/image_records.h"
#include "metadata/image/metadata_delta.h"
#include "raft/control_batch.h"
#include "raft/log_record.h"

namespace penstock {
namespace {

int DigitOf(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

Slice FromHex(std::string_view hex) {
  Slice bytes = Slice::Allocate(hex.size() / 2);
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes.mutable_data()[i] =
        static_cast<uint8_t>(DigitOf(hex[2 * i]) * 16 + DigitOf(hex[2 * i + 1]));
  }
  return bytes;
}

std::vector<Slice> KafkaBatches() {
  std::ifstream file(std::string(PENSTOCK_TESTS) +
                     "/unit/metadata/golden/kafka_metadata_batches.txt");
  std::vector<Slice> batches;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#') batches.push_back(FromHex(line));
  }
  return batches;
}

// Values of a control batch as they are, to be written again.
std::vector<KRaftControlRecord> ControlRecordsOf(const BatchView& batch) {
  const StatusOr<std::vector<RaftRecord>> raw = ReadRecordBatch(batch);
  EXPECT_TRUE(raw.ok());
  QuorumControlState state;
  EXPECT_EQ(ReadControlBatch(batch, state), OkStatus());
  std::vector<KRaftControlRecord> records;
  records.push_back(LeaderChangeRecord(NodeId(1), *state.voters));
  records.push_back(KRaftVersionControlRecord(*state.kraft_version));
  records.push_back(VotersControlRecord(*state.voters));
  return records;
}

TEST(MetadataRecord, KafkasBatchesAreReadAndWrittenByteForByte) {
  const std::vector<Slice> batches = KafkaBatches();
  ASSERT_GT(batches.size(), 10u);
  for (const Slice& bytes : batches) {
    const StatusOr<BatchView> batch = BatchView::Parse(bytes.span());
    ASSERT_TRUE(batch.ok()) << batch.status();
    StatusOr<Slice> again = Internal("not made");
    if (batch->is_control()) {
      again = BuildControlBatch(batch->base_offset(), batch->leader_epoch(), batch->max_timestamp(),
                                ControlRecordsOf(*batch));
    } else {
      const auto records = ReadRecordBatch(*batch);
      ASSERT_TRUE(records.ok()) << records.status();
      std::vector<RaftRecord> encoded;
      for (const RaftRecord& record : *records) {
        const StatusOr<MetadataRecord> decoded = DecodeMetadataRecord(*record.value);
        ASSERT_TRUE(decoded.ok()) << decoded.status();
        encoded.push_back({std::nullopt, EncodeMetadataRecord(*decoded)});
        EXPECT_EQ(encoded.back(), record) << DescribeMetadataRecord(*decoded);
      }
      again = BuildRecordBatch(batch->base_offset(), batch->leader_epoch(), batch->max_timestamp(),
                               encoded);
    }
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(*again, bytes) << "batch at offset " << batch->base_offset();
  }
}

TEST(MetadataRecord, KafkasLogMakesTheImageThatKafkaHad) {
  MetadataDelta delta(std::make_shared<const MetadataImage>());
  for (const Slice& bytes : KafkaBatches()) {
    const StatusOr<BatchView> batch = BatchView::Parse(bytes.span());
    ASSERT_TRUE(batch.ok());
    if (batch->is_control()) continue;
    const auto records = ReadRecordBatch(*batch);
    ASSERT_TRUE(records.ok());
    for (const RaftRecord& record : *records) {
      ASSERT_EQ(delta.Replay(*DecodeMetadataRecord(*record.value)), OkStatus());
    }
  }
  const MetadataImagePtr image = delta.Apply(MetadataProvenance());
  EXPECT_EQ(image->features().metadata_version, 30);
  EXPECT_EQ(image->topics.size(), 1u);
  const auto words = image->topics.FindByName("words");
  ASSERT_NE(words, nullptr);
  EXPECT_EQ(words->partitions.size(), 3u);
  EXPECT_EQ(image->configs.Of(ConfigResource::Topic("words")),
            (ConfigMap{{"cleanup.policy", "compact"}, {"segment.ms", "5000"}}));
  EXPECT_EQ(image->configs.Of(ConfigResource::DefaultBroker()),
            (ConfigMap{{"log.retention.ms", "77777"}}));
  EXPECT_EQ(image->configs.Of(ConfigResource::Broker(NodeId(1))),
            (ConfigMap{{"log.retention.ms", "7777"}}));
  EXPECT_EQ(image->cluster().controllers.size(), 1u);
}

TEST(MetadataRecord, WhatIsNotServedIsRefusedByName) {
  // Frame 1, type 18, version 0.
  EXPECT_EQ(DecodeMetadataRecord(FromHex("011200")).status(),
            MakeStatus(StatusCode::kUnimplemented,
                       "ACCESS_CONTROL_ENTRY_RECORD of version 0 cannot be replayed: what it "
                       "describes is not served yet"));
  // A topic record of version 1.
  EXPECT_EQ(DecodeMetadataRecord(FromHex("010201")).status().code(), StatusCode::kUnimplemented);
  EXPECT_EQ(DecodeMetadataRecord(FromHex("01e70700")).status().code(), StatusCode::kUnimplemented);
  EXPECT_FALSE(DecodeMetadataRecord(FromHex("000200")).ok());
}

TEST(MetadataRecord, EveryCutRecordIsRefused) {
  TopicRecord topic;
  topic.name = "words";
  topic.topic_id = Uuid(1, 1000);
  const Slice whole = EncodeMetadataRecord(topic);
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(DecodeMetadataRecord(whole.Sub(0, size)).ok()) << size;
  }
}

}  // namespace
}  // namespace penstock
