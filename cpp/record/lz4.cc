// lz4 frames as Kafka's Java clients write them: independent blocks of 64 KB, no checksum but the
// header's. Read is what those clients can read: version 1 frames of independent blocks, no
// dictionary.
#include <lz4.h>
#include <lz4frame.h>
#include <lz4hc.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/check.h"
#include "base/strings.h"
#include "record/codec.h"
#include "record/compressed_stream.h"

namespace penstock {
namespace {

// Magic; flags: version 1, independent blocks; block size 64 KB; the header's checksum byte.
constexpr std::array<uint8_t, 7> kFrameHeader = {0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82};
constexpr size_t kMagicSize = 4;
constexpr size_t kBlockSize = 64 << 10;
constexpr uint32_t kNotCompressedBit = 0x80000000;

constexpr uint8_t kVersionMask = 0xc0;
constexpr uint8_t kVersion1 = 0x40;
constexpr uint8_t kIndependentBlocks = 0x20;
constexpr uint8_t kDictionaryOrReserved = 0x03;

Status Broken(std::string_view what) {
  return KafkaError(ErrorCode::kInvalidRecord, StrCat("broken lz4: ", what));
}

class Lz4Stream final : public CompressedStream {
 public:
  Lz4Stream() = default;
  Lz4Stream(const Lz4Stream&) = delete;
  Lz4Stream& operator=(const Lz4Stream&) = delete;
  ~Lz4Stream() override { LZ4F_freeDecompressionContext(context_); }

  Status Start(std::span<const uint8_t> input, size_t) override {
    if (context_ == nullptr &&
        LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION))) {
      return ResourceExhausted("no memory for lz4");
    }
    LZ4F_resetDecompressionContext(context_);
    input_ = input;
    ended_ = false;
    if (input.size() < kFrameHeader.size()) return Broken("cut off in its header");
    if (!std::equal(kFrameHeader.begin(), kFrameHeader.begin() + kMagicSize, input.begin())) {
      return Broken("not a frame");
    }
    const uint8_t flags = input[kMagicSize];
    if ((flags & kVersionMask) != kVersion1 || (flags & kDictionaryOrReserved) != 0) {
      return Broken("a frame of an unknown kind");
    }
    if ((flags & kIndependentBlocks) == 0) return Broken("blocks that depend on each other");
    return OkStatus();
  }

  StatusOr<size_t> Read(std::span<uint8_t> out) override {
    size_t count = 0;
    while (count < out.size() && !ended_) {
      size_t produced = out.size() - count;
      size_t consumed = input_.size();
      const size_t hint = LZ4F_decompress(context_, out.data() + count, &produced, input_.data(),
                                          &consumed, nullptr);
      if (LZ4F_isError(hint)) return Broken(LZ4F_getErrorName(hint));
      input_ = input_.subspan(consumed);
      count += produced;
      if (hint == 0) {
        ended_ = true;
        if (!input_.empty()) return Broken("bytes after the frame");
      } else if (produced == 0 && consumed == 0) {
        return Broken("cut off");
      }
    }
    return count;
  }

 private:
  LZ4F_dctx* context_ = nullptr;
  std::span<const uint8_t> input_;
  bool ended_ = false;
};

uint8_t* StoreLittle(uint8_t* out, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) *out++ = static_cast<uint8_t>(value >> shift);
  return out;
}

}  // namespace

std::unique_ptr<CompressedStream> MakeLz4Stream() { return std::make_unique<Lz4Stream>(); }

StatusOr<Slice> CompressLz4(int level, std::span<const uint8_t> bytes) {
  const size_t blocks = (bytes.size() + kBlockSize - 1) / kBlockSize;
  const int block_bound = LZ4_compressBound(kBlockSize);
  Slice compressed =
      Slice::Allocate(kFrameHeader.size() + sizeof(uint32_t) +
                      blocks * (sizeof(uint32_t) + static_cast<size_t>(block_bound)));
  // Kafka's default level means the fast compressor; every other one is a level of the thorough
  // one.
  const bool fast = level == LevelRangeOf(Codec::kLz4).default_level;
  uint8_t* out = std::copy(kFrameHeader.begin(), kFrameHeader.end(), compressed.mutable_data());
  for (size_t at = 0; at < bytes.size(); at += kBlockSize) {
    const auto block = bytes.subspan(at, std::min(kBlockSize, bytes.size() - at));
    const auto* source = reinterpret_cast<const char*>(block.data());
    auto* target = reinterpret_cast<char*>(out + sizeof(uint32_t));
    const int source_size = static_cast<int>(block.size());
    const int size = fast ? LZ4_compress_default(source, target, source_size, block_bound)
                          : LZ4_compress_HC(source, target, source_size, block_bound, level);
    CHECK(size > 0);
    if (static_cast<size_t>(size) < block.size()) {
      out = StoreLittle(out, static_cast<uint32_t>(size)) + size;
    } else {
      out = StoreLittle(out, static_cast<uint32_t>(block.size()) | kNotCompressedBit);
      std::memcpy(out, block.data(), block.size());
      out += block.size();
    }
  }
  out = StoreLittle(out, 0);
  return compressed.Sub(0, static_cast<size_t>(out - compressed.data()));
}

}  // namespace penstock
