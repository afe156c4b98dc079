#include <gtest/gtest.h>
#include <lz4frame.h>

#include "record/compression.h"
#include "tests/unit/record/samples.h"

namespace penstock {
namespace {

std::vector<uint8_t> FrameOf(const std::string& text, const LZ4F_frameInfo_t& info) {
  LZ4F_preferences_t preferences = LZ4F_INIT_PREFERENCES;
  preferences.frameInfo = info;
  std::vector<uint8_t> frame(LZ4F_compressFrameBound(text.size(), &preferences));
  frame.resize(
      LZ4F_compressFrame(frame.data(), frame.size(), text.data(), text.size(), &preferences));
  return frame;
}

TEST(Lz4Test, WritesJavasFrameHeader) {
  const StatusOr<Slice> compressed =
      Compress(Compression::Of(Codec::kLz4), AsBytes(SampleText(100'000)));
  ASSERT_TRUE(compressed.ok());
  const std::vector<uint8_t> bytes = BytesOf(*compressed);
  const std::vector<uint8_t> header = {0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82};
  EXPECT_EQ(std::vector<uint8_t>(bytes.begin(), bytes.begin() + 7), header);
  EXPECT_EQ(std::vector<uint8_t>(bytes.end() - 4, bytes.end()), std::vector<uint8_t>(4, 0));
}

TEST(Lz4Test, ReadsFramesWithSizesAndChecksums) {
  const std::string text = SampleText(300'000);
  LZ4F_frameInfo_t info = LZ4F_INIT_FRAMEINFO;
  info.blockMode = LZ4F_blockIndependent;
  info.blockSizeID = LZ4F_max4MB;
  info.contentSize = text.size();
  info.contentChecksumFlag = LZ4F_contentChecksumEnabled;
  info.blockChecksumFlag = LZ4F_blockChecksumEnabled;
  const StatusOr<Slice> back = Decompress(Codec::kLz4, FrameOf(text, info), text.size());
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_TRUE(back->text() == text);
}

TEST(Lz4Test, RefusesBlocksThatDependOnEachOtherAsJavaDoes) {
  LZ4F_frameInfo_t info = LZ4F_INIT_FRAMEINFO;
  info.blockMode = LZ4F_blockLinked;
  info.blockSizeID = LZ4F_max64KB;
  const std::string text = SampleText(300'000);
  EXPECT_EQ(ErrorCodeOf(Decompress(Codec::kLz4, FrameOf(text, info), text.size()).status()),
            ErrorCode::kInvalidRecord);
}

TEST(Lz4Test, RefusesAWrongHeaderChecksum) {
  std::vector<uint8_t> bytes = BytesOf(*Compress(Compression::Of(Codec::kLz4), AsBytes("text")));
  bytes[6] ^= 1;
  EXPECT_FALSE(Decompress(Codec::kLz4, bytes, 100).ok());
}

}  // namespace
}  // namespace penstock
