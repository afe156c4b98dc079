#include "protocol/wire_writer.h"

#include "gtest/gtest.h"
#include "protocol/wire_reader.h"

namespace penstock {
namespace {

TEST(WireWriterTest, WritesWhatTheReaderReads) {
  WireWriter writer(36);
  writer.Write<int16_t>(-2);
  writer.WriteBool(true);
  writer.WriteDouble(-0.5);
  writer.WriteUuid(Uuid(1, 2));
  writer.WriteUvarint(300);
  writer.WriteText("records");
  WireReader reader(writer.Finish().Flatten());
  EXPECT_EQ(reader.Read<int16_t>(), -2);
  EXPECT_TRUE(reader.ReadBool());
  EXPECT_EQ(reader.ReadDouble(), -0.5);
  EXPECT_EQ(reader.ReadUuid(), Uuid(1, 2));
  EXPECT_EQ(reader.ReadUvarint(), 300u);
  EXPECT_EQ(reader.ReadText(7), "records");
  EXPECT_EQ(reader.remaining(), 0u);
}

TEST(WireWriterTest, KnowsTheSizeOfEveryVarint) {
  for (int bits = 0; bits <= 32; ++bits) {
    const auto value = static_cast<uint32_t>((uint64_t{1} << bits) - 1);
    WireWriter writer(5);
    writer.WriteUvarint(value);
    EXPECT_EQ(writer.Finish().size(), WireWriter::SizeOfUvarint(value)) << value;
  }
}

TEST(WireWriterTest, LargeBytesAreSplicedAndSmallOnesCopied) {
  const Slice large = Slice::CopyOf(std::string(WireWriter::kSpliceBytesMin, 'r'));
  const Slice small = Slice::CopyOf(std::string(WireWriter::kSpliceBytesMin - 1, 's'));
  WireWriter writer(8 + small.size());
  writer.Write<int32_t>(1);
  writer.WriteSlice(large);
  writer.Write<int32_t>(2);
  writer.WriteSlice(small);
  const SliceChain chain = writer.Finish();
  ASSERT_EQ(chain.slices().size(), 3u);
  EXPECT_EQ(chain.slices()[1].data(), large.data());
  EXPECT_EQ(chain.slices()[2].Sub(4), small);
  EXPECT_EQ(chain.size(), 8 + large.size() + small.size());
}

TEST(WireWriterDeathTest, WritingMoreThanItHasRoomForEndsTheProcess) {
  WireWriter writer(3);
  EXPECT_DEATH(writer.Write<int32_t>(1), "room");
}

}  // namespace
}  // namespace penstock
