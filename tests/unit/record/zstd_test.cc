#include <gtest/gtest.h>
#include <zstd.h>

#include "record/compression.h"
#include "tests/unit/record/samples.h"

namespace penstock {
namespace {

TEST(ZstdTest, WritesFramesOfUnknownSize) {
  const StatusOr<Slice> compressed =
      Compress(Compression::Of(Codec::kZstd), AsBytes(SampleText(50'000)));
  ASSERT_TRUE(compressed.ok());
  EXPECT_EQ(ZSTD_getFrameContentSize(compressed->data(), compressed->size()),
            ZSTD_CONTENTSIZE_UNKNOWN);
}

TEST(ZstdTest, ReadsSeveralFramesWithSizesAndChecksums) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::vector<uint8_t> frames;
  for (const std::string text : {"one, ", "two"}) {
    std::vector<uint8_t> frame(ZSTD_compressBound(text.size()));
    frame.resize(ZSTD_compress2(context, frame.data(), frame.size(), text.data(), text.size()));
    frames.insert(frames.end(), frame.begin(), frame.end());
  }
  ZSTD_freeCCtx(context);
  const StatusOr<Slice> back = Decompress(Codec::kZstd, frames, 100);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->text(), "one, two");
  frames.back() ^= 1;
  EXPECT_FALSE(Decompress(Codec::kZstd, frames, 100).ok());
}

}  // namespace
}  // namespace penstock
