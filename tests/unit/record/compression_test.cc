#include "record/compression.h"

#include <gtest/gtest.h>

#include "tests/unit/record/samples.h"

namespace penstock {
namespace {

constexpr size_t kNoLimit = size_t{1} << 30;

TEST(CompressionTest, EveryTextComesBackFromEveryCodec) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (const Codec codec : kAllCodecs) {
    for (const size_t size : {size_t{0}, size_t{1}, size_t{100}, size_t{32} << 10, size_t{64} << 10,
                              (size_t{64} << 10) + 1, size_t{300'000}}) {
      for (const std::string& text : {SampleText(size), RandomText(random, size)}) {
        const StatusOr<Slice> compressed = Compress(Compression::Of(codec), AsBytes(text));
        ASSERT_TRUE(compressed.ok()) << compressed.status();
        const StatusOr<Slice> back = Decompress(codec, compressed->span(), size);
        ASSERT_TRUE(back.ok()) << NameOf(codec) << " " << size << " " << back.status();
        ASSERT_TRUE(back->text() == text) << NameOf(codec) << " " << size;
      }
    }
  }
}

TEST(CompressionTest, MakesTextSmallerAtEveryLevel) {
  const std::string text = SampleText(100'000);
  for (const Compression compression :
       {Compression{Codec::kGzip, 1}, Compression{Codec::kGzip, 9}, Compression{Codec::kLz4, 1},
        Compression{Codec::kLz4, 17}, Compression{Codec::kZstd, -7},
        Compression{Codec::kZstd, 19}}) {
    const StatusOr<Slice> compressed = Compress(compression, AsBytes(text));
    ASSERT_TRUE(compressed.ok()) << compressed.status();
    EXPECT_LT(compressed->size(), text.size() / 4) << NameOf(compression.codec);
    const StatusOr<Slice> back = Decompress(compression.codec, compressed->span(), kNoLimit);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(back->text(), text);
  }
  EXPECT_EQ(Compress({Codec::kGzip, 10}, AsBytes(text)).status().code(),
            StatusCode::kInvalidArgument);
}

TEST(DecompressorTest, GivesTheSameBytesInPortionsOfAnySize) {
  const std::string text = SampleText(90'000);
  Decompressor decompressor;
  for (const Codec codec : kAllCodecs) {
    const StatusOr<Slice> compressed = Compress(Compression::Of(codec), AsBytes(text));
    ASSERT_TRUE(compressed.ok());
    for (const size_t portion : {size_t{1}, size_t{7}, size_t{4096}, size_t{40'000}}) {
      ASSERT_TRUE(decompressor.Start(codec, compressed->span(), kNoLimit).ok());
      std::string back;
      std::vector<uint8_t> out(portion);
      while (true) {
        const StatusOr<size_t> count = decompressor.Read(out);
        ASSERT_TRUE(count.ok()) << count.status();
        back.append(out.begin(), out.begin() + static_cast<ptrdiff_t>(*count));
        if (*count < portion) break;
      }
      ASSERT_TRUE(back == text) << NameOf(codec) << " " << portion;
    }
  }
}

TEST(DecompressorTest, StopsABombAtTheLimit) {
  const std::string zeros(20 << 20, '\0');
  for (const Codec codec : kCompressingCodecs) {
    const StatusOr<Slice> bomb = Compress(Compression::Of(codec), AsBytes(zeros));
    ASSERT_TRUE(bomb.ok());
    EXPECT_LT(bomb->size(), zeros.size() / 10);
    const StatusOr<Slice> refused = Decompress(codec, bomb->span(), 1 << 20);
    EXPECT_EQ(ErrorCodeOf(refused.status()), ErrorCode::kMessageTooLarge) << NameOf(codec);
    EXPECT_EQ(Decompress(codec, bomb->span(), zeros.size() - 1).ok(), false);
    EXPECT_EQ(Decompress(codec, bomb->span(), zeros.size()).ok(), true);
  }
}

TEST(DecompressorTest, RefusesABlockThatIsCutOffAnywhere) {
  const std::string text = SampleText(3000);
  for (const Codec codec : kCompressingCodecs) {
    const StatusOr<Slice> compressed = Compress(Compression::Of(codec), AsBytes(text));
    ASSERT_TRUE(compressed.ok());
    for (size_t size = 0; size < compressed->size(); ++size) {
      const StatusOr<Slice> back = Decompress(codec, compressed->span().first(size), kNoLimit);
      // A xerial frame without any block is a frame of nothing.
      if (back.ok() && back->empty() && codec == Codec::kSnappy && size == 16) continue;
      ASSERT_EQ(ErrorCodeOf(back.status()), ErrorCode::kInvalidRecord)
          << NameOf(codec) << " " << size;
    }
  }
}

TEST(DecompressorTest, RefusesBytesAfterTheEnd) {
  for (const Codec codec : kCompressingCodecs) {
    const StatusOr<Slice> compressed = Compress(Compression::Of(codec), AsBytes("a text"));
    std::vector<uint8_t> longer = BytesOf(*compressed);
    longer.push_back('x');
    EXPECT_EQ(ErrorCodeOf(Decompress(codec, longer, kNoLimit).status()), ErrorCode::kInvalidRecord)
        << NameOf(codec);
  }
}

TEST(DecompressorTest, SurvivesAnyBytes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  Decompressor decompressor;
  std::vector<uint8_t> out(4096);
  for (int round = 0; round < 2000; ++round) {
    for (const Codec codec : kCompressingCodecs) {
      const StatusOr<Slice> compressed =
          Compress(Compression::Of(codec), AsBytes(SampleText(random() % 500)));
      ASSERT_TRUE(compressed.ok());
      std::vector<uint8_t> bytes = BytesOf(*compressed);
      for (int flips = 0; flips < 3; ++flips) {
        bytes[random() % bytes.size()] ^= static_cast<uint8_t>(1 << (random() % 8));
      }
      if (!decompressor.Start(codec, bytes, 1 << 20).ok()) continue;
      size_t total = 0;
      while (true) {
        const StatusOr<size_t> count = decompressor.Read(out);
        if (!count.ok() || (total += *count, *count < out.size())) break;
      }
      ASSERT_LE(total, size_t{1} << 20);
    }
  }
}

}  // namespace
}  // namespace penstock
