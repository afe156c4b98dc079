// Names and texts of the small files beside the segments.
#include "log/checkpoint_format.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock {
namespace {

TopicPartition Partition(std::string topic, int32_t partition) {
  return {.topic = std::move(topic), .partition = PartitionId(partition)};
}

TEST(LogFileNameTest, AFileIsNamedByTheFirstOffsetInTwentyDigits) {
  using log_files::NameOf;
  EXPECT_EQ(NameOf(Offset(0), log_files::kLogSuffix), "00000000000000000000.log");
  EXPECT_EQ(NameOf(Offset(42), log_files::kTimeIndexSuffix), "00000000000000000042.timeindex");
  EXPECT_EQ(NameOf(Offset(INT64_MAX), ""), "09223372036854775807");
  for (const int64_t offset : {int64_t{0}, int64_t{1}, int64_t{1} << 40, INT64_MAX}) {
    const std::string name = NameOf(Offset(offset), log_files::kIndexSuffix);
    EXPECT_EQ(log_files::OffsetOf(name, log_files::kIndexSuffix), Offset(offset));
  }
}

TEST(LogFileNameTest, OtherNamesHaveNoOffset) {
  for (const char* name :
       {"", ".log", "0.log", "000000000000000000000.log", "0000000000000000004x.log",
        "-0000000000000000042.log", "+0000000000000000042.log", " 0000000000000000042.log",
        "00000000000000000042.log.deleted", "00000000000000000042.index",
        "09223372036854775808.log", "99999999999999999999.log"}) {
    EXPECT_EQ(log_files::OffsetOf(name, log_files::kLogSuffix), std::nullopt) << name;
  }
}

TEST(LogDirectoryNameTest, SaysTopicAndPartition) {
  using log_files::ParseDirectoryName;
  EXPECT_EQ(ParseDirectoryName("orders-0"), Partition("orders", 0));
  EXPECT_EQ(ParseDirectoryName("a-b-2147483647"), Partition("a-b", INT32_MAX));
  EXPECT_EQ(ParseDirectoryName("__cluster_metadata-0"), Partition("__cluster_metadata", 0));
  EXPECT_EQ(ParseDirectoryName("orders--1"), Partition("orders-", 1));
}

TEST(LogDirectoryNameTest, WhatIsNoLogIsNotTakenForOne) {
  for (const char* name :
       {"", "orders", "-0", "orders-", "orders-x", "orders-1x", "orders- 1", "orders-+1",
        "orders-2147483648", "orders-0.0123456789abcdef0123456789abcdef-delete",
        "orders-0.0123456789abcdef0123456789abcdef-stray",
        "orders-0.0123456789abcdef0123456789abcdef-future", ".lock", "meta.properties"}) {
    EXPECT_EQ(log_files::ParseDirectoryName(name), std::nullopt) << name;
  }
}

TEST(LogDirectoryNameTest, ALogHasOneNameOnly) {
  EXPECT_EQ(log_files::ParseDirectoryName("orders-00"), std::nullopt);
  EXPECT_EQ(log_files::ParseDirectoryName("orders-01"), std::nullopt);
}

TEST(LogDirectoryNameTest, ADeletedDirectorySaysWhatItWasAndIsNoLogAnyMore) {
  const Uuid random(0x0123456789abcdef, 0xfedcba9876543210);
  const std::string deleted = log_files::DeletedDirectoryName(Partition("orders", 3), random);
  EXPECT_EQ(deleted, "orders-3.0123456789abcdeffedcba9876543210-delete");
  EXPECT_EQ(log_files::StrayDirectoryName(Partition("orders", 3), random),
            "orders-3.0123456789abcdeffedcba9876543210-stray");
  EXPECT_EQ(log_files::ParseDirectoryName(deleted), std::nullopt);
}

TEST(LogDirectoryNameTest, TheLongestTopicFitsIntoAName) {
  const std::string topic(249, 't');
  const std::string name = log_files::DeletedDirectoryName(Partition(topic, 12345), Uuid(1, 2));
  EXPECT_EQ(name.size(), 255u);
  EXPECT_TRUE(name.ends_with("t-12345.00000000000000010000000000000002-delete")) << name;
}

OffsetCheckpoint SampleOffsets() {
  return {{Partition("orders", 0), Offset(12)},
          {Partition("orders", 10), Offset(INT64_MAX)},
          {Partition("a-b", 1), Offset(0)}};
}

TEST(OffsetCheckpointTest, IsKafkasText) {
  EXPECT_EQ(EncodeOffsetCheckpoint({}), "0\n0\n");
  EXPECT_EQ(EncodeOffsetCheckpoint(SampleOffsets()),
            "0\n3\na-b 1 0\norders 0 12\norders 10 9223372036854775807\n");
}

TEST(OffsetCheckpointTest, ComesBack) {
  for (const OffsetCheckpoint& offsets : {OffsetCheckpoint(), SampleOffsets()}) {
    const auto decoded = DecodeOffsetCheckpoint(EncodeOffsetCheckpoint(offsets));
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, offsets);
  }
}

TEST(OffsetCheckpointTest, TheWrongLineIsNamed) {
  const auto problem = [](std::string_view text) {
    return std::string(MessageOf(DecodeOffsetCheckpoint(text).status()));
  };
  const std::string version = "its first line is not version 0";
  const std::string count = "its second line does not count the lines below";
  EXPECT_EQ(problem(""), version);
  EXPECT_EQ(problem("0"), version);
  EXPECT_EQ(problem("1\n0\n"), version);
  EXPECT_EQ(problem("0\n\n"), count);
  EXPECT_EQ(problem("0\n-1\n"), count);
  EXPECT_EQ(problem("0\n2\na 0 1\n"), count);
  EXPECT_EQ(problem("0\n1\na 0 1\nb 0 1\n"), count);
  for (const char* line : {"a 0", "a 0 1 2", "a x 1", "a 0 x", "a  1", "a 0 9223372036854775808",
                           "a 2147483648 1", ""}) {
    EXPECT_EQ(problem(std::string("0\n2\nb 0 1\n") + line + "\n"),
              "line 4 is not 'topic partition offset'")
        << line;
  }
}

TEST(OffsetCheckpointTest, ATextThatLostItsEndIsNeverTakenForAShorterOne) {
  const std::string text = EncodeOffsetCheckpoint(SampleOffsets());
  for (size_t size = 0; size < text.size(); ++size) {
    const auto decoded = DecodeOffsetCheckpoint(std::string_view(text).substr(0, size));
    if (decoded.ok()) {
      EXPECT_EQ(decoded->size(), 3u) << size;
      EXPECT_GT(size, text.rfind(' ')) << "only digits of the last offset may be missing";
    }
  }
}

TEST(PartitionMetadataTest, IsKafkasTextAndComesBack) {
  const Uuid id(0x0123456789abcdef, 0xfedcba9876543210);
  const std::string text = EncodePartitionMetadata(id);
  EXPECT_EQ(text, "version: 0\ntopic_id: ASNFZ4mrze_-3LqYdlQyEA\n");
  ASSERT_TRUE(DecodePartitionMetadata(text).ok());
  EXPECT_EQ(*DecodePartitionMetadata(text), id);
  EXPECT_EQ(*DecodePartitionMetadata("version:0\r\ntopic_id:  ASNFZ4mrze_-3LqYdlQyEA \r\n"), id);
}

TEST(PartitionMetadataTest, TornAtAnyByteItIsRefused) {
  const std::string text = EncodePartitionMetadata(Uuid(1, 2));
  for (size_t size = 0; size + 1 < text.size(); ++size) {
    EXPECT_EQ(DecodePartitionMetadata(std::string_view(text).substr(0, size)).status().code(),
              StatusCode::kDataLoss)
        << size;
  }
}

TEST(PartitionMetadataTest, AnotherVersionIsRefused) {
  EXPECT_EQ(
      MessageOf(DecodePartitionMetadata("version: 1\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ\n").status()),
      "it does not say 'version: 0'");
  EXPECT_EQ(MessageOf(DecodePartitionMetadata("version: 0\ntopic_id: orders\n").status()),
            "it has no valid topic_id");
}

TEST(CleanShutdownTest, KeepsTheBrokerEpoch) {
  EXPECT_EQ(EncodeCleanShutdown(BrokerEpoch(77)), R"({"version":0,"brokerEpoch":77})");
  EXPECT_EQ(DecodeCleanShutdown(EncodeCleanShutdown(BrokerEpoch(77))), BrokerEpoch(77));
  EXPECT_EQ(DecodeCleanShutdown(R"({ "brokerEpoch" : 5 , "version" : 0 })"), BrokerEpoch(5));
}

TEST(CleanShutdownTest, ATextWithoutAnEpochHasNone) {
  for (const char* text : {"", "{}", R"({"version":0})", R"({"brokerEpoch")", R"({"brokerEpoch":)",
                           R"({"brokerEpoch":7)", R"({"brokerEpoch":"x"})"}) {
    EXPECT_EQ(DecodeCleanShutdown(text), BrokerEpoch(-1)) << text;
  }
}

}  // namespace
}  // namespace penstock
