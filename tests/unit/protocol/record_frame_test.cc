#include "protocol/record_frame.h"

#include "gtest/gtest.h"
#include "protocol/records/consumer_protocol_assignment.h"
#include "protocol/records/group_metadata_key.h"
#include "protocol/records/topic_record.h"

namespace penstock {
namespace {

TEST(RecordFrameTest, AMetadataRecordSaysWhatItIs) {
  const TopicRecord sent{.name = "t", .topic_id = Uuid(1, 2)};
  const auto chain = EncodeMetadataRecord(sent, 0);
  ASSERT_TRUE(chain.ok());
  const Slice bytes = chain->Flatten();
  EXPECT_EQ(bytes.Sub(0, 5), Slice::CopyOf(std::string_view("\1\2\0\2t", 5)));

  WireReader reader(bytes);
  const auto prefix = DecodeMetadataRecordPrefix(reader);
  ASSERT_TRUE(prefix.ok()) << prefix.status();
  EXPECT_EQ(prefix->type, TopicRecord::kApiKey);
  EXPECT_EQ(prefix->version, 0);
  TopicRecord received;
  ASSERT_TRUE(Decode(reader, received, prefix->version).ok());
  EXPECT_EQ(received, sent);
}

TEST(RecordFrameTest, APrefixThatCannotBeIsRefused) {
  for (const std::string_view bytes :
       {std::string_view("\2\2\0", 3), std::string_view("\0\2\0", 3), std::string_view("\1\2"),
        std::string_view("\1\xFF\xFF\3\0", 5), std::string_view("\1\2\xFF\xFF\3", 5)}) {
    WireReader reader(Slice::CopyOf(bytes));
    EXPECT_FALSE(DecodeMetadataRecordPrefix(reader).ok());
  }
}

TEST(RecordFrameTest, ACoordinatorsKeyBeginsWithItsType) {
  const auto chain = EncodeCoordinatorKey(GroupMetadataKey{.group = "g"});
  ASSERT_TRUE(chain.ok());
  EXPECT_EQ(chain->Flatten(), Slice::CopyOf(std::string_view("\0\2\0\1g", 5)));
}

TEST(RecordFrameTest, AVersionedMessageBeginsWithItsVersion) {
  ConsumerProtocolAssignment sent;
  sent.assigned_partitions.push_back({.topic = "t", .partitions = {PartitionId(3)}});
  const auto chain = EncodeVersioned(sent, 1);
  ASSERT_TRUE(chain.ok());
  EXPECT_EQ(chain->Flatten().Sub(0, 2), Slice::CopyOf(std::string_view("\0\1", 2)));
  const auto received = DecodeVersioned<ConsumerProtocolAssignment>(chain->Flatten());
  ASSERT_TRUE(received.ok()) << received.status();
  EXPECT_EQ(*received, sent);
  EXPECT_FALSE(DecodeVersioned<ConsumerProtocolAssignment>(Slice::CopyOf("\x01")).ok());
}

}  // namespace
}  // namespace penstock
