#include <gtest/gtest.h>
#include <snappy.h>

#include "record/compression.h"
#include "tests/unit/record/samples.h"

namespace penstock {
namespace {

constexpr size_t kXerialHeaderSize = 16;

TEST(SnappyTest, WritesTheXerialHeaderAndBlocksOf32Kilobytes) {
  const StatusOr<Slice> compressed =
      Compress(Compression::Of(Codec::kSnappy), AsBytes(SampleText(40'000)));
  ASSERT_TRUE(compressed.ok());
  const std::vector<uint8_t> header = {0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0,
                                       0,    0,   0,   1,   0,   0,   0,   1};
  std::vector<uint8_t> bytes = BytesOf(*compressed);
  EXPECT_EQ(std::vector<uint8_t>(bytes.begin(), bytes.begin() + kXerialHeaderSize), header);
  const auto first = static_cast<size_t>(LoadBig<int32_t>(bytes.data() + kXerialHeaderSize));
  size_t size = 0;
  ASSERT_TRUE(snappy::GetUncompressedLength(
      reinterpret_cast<const char*>(bytes.data() + kXerialHeaderSize + 4), first, &size));
  EXPECT_EQ(size, size_t{32} << 10);
}

TEST(SnappyTest, ReadsARawBlockWithoutFrame) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{200'000}}) {
    const std::string text = SampleText(size);
    std::string raw;
    snappy::Compress(text.data(), text.size(), &raw);
    const StatusOr<Slice> back = Decompress(Codec::kSnappy, AsBytes(raw), text.size());
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_TRUE(back->text() == text);
    if (size > 0) {
      EXPECT_EQ(ErrorCodeOf(Decompress(Codec::kSnappy, AsBytes(raw), size - 1).status()),
                ErrorCode::kMessageTooLarge);
    }
  }
}

TEST(SnappyTest, ReadsFramesThatWereJoined) {
  std::vector<uint8_t> joined;
  for (const char* text : {"one, ", "two"}) {
    const StatusOr<Slice> frame = Compress(Compression::Of(Codec::kSnappy), AsBytes(text));
    ASSERT_TRUE(frame.ok());
    joined.insert(joined.end(), frame->data(), frame->data() + frame->size());
  }
  const StatusOr<Slice> back = Decompress(Codec::kSnappy, joined, 100);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->text(), "one, two");
}

TEST(SnappyTest, ABlockThatClaimsMoreThanItCanHoldIsRefusedBeforeMemoryIsTaken) {
  const std::vector<uint8_t> claims_a_gigabyte = {0x80, 0x80, 0x80, 0x80, 0x04, 0x00, 'x'};
  EXPECT_EQ(ErrorCodeOf(Decompress(Codec::kSnappy, claims_a_gigabyte, size_t{2} << 30).status()),
            ErrorCode::kInvalidRecord);
}

}  // namespace
}  // namespace penstock
