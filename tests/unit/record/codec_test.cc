#include "record/codec.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(CodecTest, IsFoundByItsName) {
  EXPECT_EQ(CodecOfName("none"), Codec::kNone);
  EXPECT_EQ(CodecOfName("zstd"), Codec::kZstd);
  EXPECT_EQ(CodecOfName("producer"), std::nullopt);
  EXPECT_EQ(NameOf(Codec::kLz4), "lz4");
}

TEST(CodecTest, HasKafkasLevels) {
  EXPECT_EQ(Compression::Of(Codec::kGzip).level, -1);
  EXPECT_EQ(Compression::Of(Codec::kLz4).level, 9);
  EXPECT_EQ(Compression::Of(Codec::kZstd).level, 3);
  EXPECT_TRUE(IsValidLevel(Codec::kGzip, -1));
  EXPECT_FALSE(IsValidLevel(Codec::kGzip, 0));
  EXPECT_TRUE(IsValidLevel(Codec::kLz4, 17));
  EXPECT_FALSE(IsValidLevel(Codec::kLz4, 18));
  EXPECT_TRUE(IsValidLevel(Codec::kZstd, -131072));
  EXPECT_FALSE(IsValidLevel(Codec::kZstd, 23));
  EXPECT_FALSE(IsValidLevel(Codec::kSnappy, 1));
}

}  // namespace
}  // namespace penstock
