#include "protocol/codec.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/heartbeat.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/produce.h"
#include "protocol/records/partition_change_record.h"

namespace penstock {
namespace {

using ::testing::HasSubstr;

std::vector<uint8_t> BytesOf(const SliceChain& chain) {
  const Slice bytes = chain.Flatten();
  return {bytes.span().begin(), bytes.span().end()};
}

TEST(CodecTest, AnOldHeartbeatIsPlain) {
  HeartbeatRequest request{.group_id = "g", .generation_id = 3, .member_id = "me"};
  const auto chain = Encode(request, 0);
  ASSERT_TRUE(chain.ok());
  EXPECT_EQ(BytesOf(*chain), (std::vector<uint8_t>{0, 1, 'g', 0, 0, 0, 3, 0, 2, 'm', 'e'}));
}

TEST(CodecTest, AFlexibleHeartbeatIsCompactAndEndsWithItsTags) {
  HeartbeatRequest request{.group_id = "g", .generation_id = 3, .member_id = "me"};
  const auto chain = Encode(request, 4);
  ASSERT_TRUE(chain.ok());
  EXPECT_EQ(BytesOf(*chain), (std::vector<uint8_t>{2, 'g', 0, 0, 0, 3, 3, 'm', 'e', 0, 0}));
}

TEST(CodecTest, AVersionOutsideOfTheRangeIsUnsupported) {
  HeartbeatRequest request;
  EXPECT_EQ(ErrorCodeOf(Encode(request, 5).status()), ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(ErrorCodeOf(Encode(request, -1).status()), ErrorCode::kUnsupportedVersion);
  WireReader reader(Slice::CopyOf(std::string(64, '\0')));
  EXPECT_EQ(ErrorCodeOf(Decode(reader, request, 5)), ErrorCode::kUnsupportedVersion);
}

TEST(CodecTest, AValueThatTheVersionDoesNotCarryIsRefused) {
  HeartbeatRequest request{.group_instance_id = "static"};
  const auto chain = Encode(request, 2);
  ASSERT_FALSE(chain.ok());
  EXPECT_EQ(MessageOf(chain.status()),
            "HeartbeatRequest version 2: group_instance_id cannot be sent");
  EXPECT_TRUE(Encode(request, 3).ok());
}

TEST(CodecTest, AnIgnorableValueIsDropped) {
  HeartbeatResponse response{.throttle_time_ms = 9, .error_code = ErrorCode::kRebalanceInProgress};
  const auto chain = Encode(response, 0);
  ASSERT_TRUE(chain.ok());
  EXPECT_EQ(BytesOf(*chain), (std::vector<uint8_t>{0, 27}));
}

TEST(CodecTest, ATaggedValueIsRefusedBeforeItsVersion) {
  FetchRequest request;
  request.replica_state.replica_id = NodeId(2);
  EXPECT_FALSE(Encode(request, 14).ok());
  EXPECT_TRUE(Encode(request, 15).ok());
}

TEST(CodecTest, NullIsRefusedWhereTheVersionHasNone) {
  MetadataRequest request;
  request.topics = std::nullopt;
  const auto chain = Encode(request, 0);
  ASSERT_FALSE(chain.ok());
  EXPECT_THAT(std::string(MessageOf(chain.status())), HasSubstr("topics must not be null"));
  ASSERT_TRUE(Encode(request, 1).ok());

  const auto read = DecodeAll<MetadataRequest>(Slice::CopyOf(std::string(4, '\xFF')), 0);
  EXPECT_FALSE(read.ok());
}

TEST(CodecTest, ATextBeyondItsLimitIsRefused) {
  HeartbeatRequest request{.group_id = std::string(32767, 'g')};
  EXPECT_TRUE(Encode(request, 4).ok());
  request.group_id += 'g';
  EXPECT_FALSE(Encode(request, 4).ok());
}

TEST(CodecTest, RecordsAreNeitherCopiedOnTheWayOutNorOnTheWayIn) {
  const Slice records = Slice::CopyOf(std::string(5000, 'r'));
  ProduceRequest request{.acks = -1};
  auto& partition = request.topic_data.emplace_back().partition_data.emplace_back();
  partition.records = SliceChain(records);
  const auto chain = Encode(request, 9);
  ASSERT_TRUE(chain.ok());
  ASSERT_EQ(chain->slices().size(), 3u);
  EXPECT_EQ(chain->slices()[1].data(), records.data());

  const Slice frame = chain->Flatten();
  const auto received = DecodeAll<ProduceRequest>(frame, 9);
  ASSERT_TRUE(received.ok());
  const Slice& read = received->topic_data[0].partition_data[0].records->slices()[0];
  EXPECT_EQ(read.data(), frame.data() + chain->slices()[0].size());
}

TEST(CodecTest, DecodeReplacesWhatTheMessageHeld) {
  HeartbeatRequest request{.group_id = "old", .group_instance_id = "old"};
  const auto chain = Encode(HeartbeatRequest{.group_id = "new"}, 0);
  ASSERT_TRUE(chain.ok());
  WireReader reader(chain->Flatten());
  ASSERT_TRUE(Decode(reader, request, 0).ok());
  EXPECT_EQ(request, (HeartbeatRequest{.group_id = "new"}));
}

TEST(CodecTest, TagsAreWrittenInTheirOrderWithUnknownOnesBetween) {
  PartitionChangeRecord record;
  record.leader = NodeId(1);                      // tag 1
  record.directories = std::vector<Uuid>();       // tag 8, listed before 6
  record.last_known_elr = std::vector<NodeId>();  // tag 7
  record.unknown_tags.push_back(UnknownTag{.tag = 99, .data = Slice::CopyOf("x")});
  const auto chain = Encode(record, 2);
  ASSERT_TRUE(chain.ok());
  std::vector<uint8_t> tags = BytesOf(*chain);
  tags.erase(tags.begin(), tags.begin() + 20);  // partition id and topic id
  EXPECT_EQ(tags, (std::vector<uint8_t>{4, 1, 4, 0, 0, 0, 1, 7, 1, 1, 8, 1, 1, 99, 1, 'x'}));
  const auto again = DecodeAll<PartitionChangeRecord>(chain->Flatten(), 2);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, record);
}

TEST(CodecTest, TagsThatDoNotAscendAreRefused) {
  const std::string body("\0\0\0\0", 4);  // throttle time 0 and an error code follow
  HeartbeatResponse response;
  WireReader twice(Slice::CopyOf(body + std::string("\0\0\2\5\0\5\0", 7)));
  EXPECT_FALSE(Decode(twice, response, 4).ok());
  WireReader once(Slice::CopyOf(body + std::string("\0\0\2\5\0\6\0", 7)));
  EXPECT_TRUE(Decode(once, response, 4).ok());
  EXPECT_EQ(response.unknown_tags.size(), 2u);
}

TEST(CodecTest, ATagThatIsLongerThanItsValueIsRefused) {
  ApiVersionsResponse response;
  response.finalized_features_epoch = 1;
  const auto chain = Encode(response, 3);
  ASSERT_TRUE(chain.ok());
  std::vector<uint8_t> bytes = BytesOf(*chain);
  ASSERT_EQ(bytes[bytes.size() - 9], 8);  // the size of the epoch
  bytes[bytes.size() - 9] = 9;
  bytes.push_back(0);
  EXPECT_FALSE(DecodeAll<ApiVersionsResponse>(Slice::CopyOf(bytes), 3).ok());
}

TEST(CodecTest, ALengthBeyondTheBytesAllocatesNothing) {
  const std::string huge("\x7F\xFF\xFF\xFF", 4);
  EXPECT_FALSE(DecodeAll<CreateTopicsRequest>(Slice::CopyOf(huge), 2).ok());
  const std::string negative("\x80\0\0\0", 4);
  EXPECT_FALSE(DecodeAll<CreateTopicsRequest>(Slice::CopyOf(negative), 2).ok());
}

TEST(CodecTest, BytesBehindTheMessageAreAnErrorForDecodeAllOnly) {
  const auto chain = Encode(HeartbeatResponse(), 0);
  ASSERT_TRUE(chain.ok());
  SliceChain longer = *chain;
  longer.Append(Slice::CopyOf("x"));
  EXPECT_FALSE(DecodeAll<HeartbeatResponse>(longer.Flatten(), 0).ok());
  WireReader reader(longer.Flatten());
  HeartbeatResponse response;
  EXPECT_TRUE(Decode(reader, response, 0).ok());
  EXPECT_EQ(reader.remaining(), 1u);
}

TEST(CodecTest, UnknownTagsHaveNoPlaceInAVersionWithoutTags) {
  HeartbeatResponse response;
  response.unknown_tags.push_back(UnknownTag{.tag = 1, .data = Slice()});
  EXPECT_FALSE(Encode(response, 3).ok());
  EXPECT_TRUE(Encode(response, 4).ok());
}

}  // namespace
}  // namespace penstock
