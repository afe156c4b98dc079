#include "protocol/wire_reader.h"

#include <vector>

#include "gtest/gtest.h"

namespace penstock {
namespace {

Slice Bytes(std::vector<uint8_t> bytes) { return Slice::CopyOf(bytes); }

TEST(WireReaderTest, ReadsNumbersInBigEndian) {
  WireReader reader(Bytes({0x12, 0xFF, 0xFE, 0, 0, 0, 7, 1, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(reader.Read<int8_t>(), 0x12);
  EXPECT_EQ(reader.Read<int16_t>(), -2);
  EXPECT_EQ(reader.Read<int32_t>(), 7);
  EXPECT_TRUE(reader.ReadBool());
  EXPECT_EQ(reader.ReadDouble(), 1.5);
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_TRUE(reader.status().ok());
}

TEST(WireReaderTest, ReadsVarintsOfEveryLength) {
  WireReader reader(Bytes({0x00, 0x7F, 0x80, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}));
  EXPECT_EQ(reader.ReadUvarint(), 0u);
  EXPECT_EQ(reader.ReadUvarint(), 127u);
  EXPECT_EQ(reader.ReadUvarint(), 128u);
  EXPECT_EQ(reader.ReadUvarint(), UINT32_MAX);
  EXPECT_TRUE(reader.ok());
}

TEST(WireReaderTest, RefusesAVarintBeyond32Bits) {
  for (const auto& bytes :
       {Bytes({0xFF, 0xFF, 0xFF, 0xFF, 0x10}), Bytes({0x80, 0x80, 0x80, 0x80, 0x80, 0})}) {
    WireReader reader(bytes);
    EXPECT_EQ(reader.ReadUvarint(), 0u);
    EXPECT_FALSE(reader.ok());
  }
}

TEST(WireReaderTest, RefusesAVarintWithoutEnd) {
  WireReader reader(Bytes({0x80, 0x80}));
  EXPECT_EQ(reader.ReadUvarint(), 0u);
  EXPECT_FALSE(reader.ok());
}

TEST(WireReaderTest, TheFirstFailureStaysAndNamesItsByte) {
  WireReader reader(Bytes({1, 2, 3}));
  reader.Read<int16_t>();
  EXPECT_EQ(reader.Read<int32_t>(), 0);
  EXPECT_EQ(reader.Read<int8_t>(), 0);  // although a byte was left
  reader.Fail("something else");
  EXPECT_EQ(MessageOf(reader.status()), "the bytes end too early (byte 2 of 3)");
}

TEST(WireReaderTest, SlicesShareTheBlockOfTheFrame) {
  const Slice frame = Bytes({1, 2, 3, 4});
  WireReader reader(frame);
  reader.Read<int8_t>();
  EXPECT_EQ(reader.ReadSlice(2).data(), frame.data() + 1);
  EXPECT_TRUE(reader.ReadSlice(2).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(WireReaderTest, TextEndsWhereTheBytesEnd) {
  WireReader reader(Slice::CopyOf("offset"));
  EXPECT_EQ(reader.ReadText(3), "off");
  EXPECT_EQ(reader.ReadText(4), "");
  EXPECT_FALSE(reader.ok());
}

TEST(WireReaderTest, AnArrayHasNoMoreElementsThanBytesAreLeft) {
  WireReader reader(Bytes({1, 2, 3}));
  EXPECT_TRUE(reader.TakeElements(3));
  EXPECT_FALSE(reader.TakeElements(4));
  EXPECT_FALSE(reader.ok());
}

TEST(WireReaderTest, AllArraysTogetherHaveALimit) {
  WireReader reader(Slice::Allocate(WireReader::kArrayElementsMax));
  EXPECT_TRUE(reader.TakeElements(WireReader::kArrayElementsMax - 1));
  EXPECT_TRUE(reader.TakeElements(1));
  EXPECT_FALSE(reader.TakeElements(1));
}

TEST(WireReaderTest, GoesBackToAMark) {
  WireReader reader(Bytes({0, 5, 0, 6}));
  const WireReader::Mark start = reader.mark();
  EXPECT_EQ(reader.Read<int32_t>(), 0x00050006);
  reader.Rewind(start);
  EXPECT_EQ(reader.Read<int16_t>(), 5);
}

}  // namespace
}  // namespace penstock
