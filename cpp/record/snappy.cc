// snappy. Java clients put a xerial frame around blocks of 32 KB, other clients write one raw
// block: both are read, the frame is written.
#include <snappy.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "base/endian.h"
#include "base/strings.h"
#include "record/compressed_stream.h"

namespace penstock {
namespace {

constexpr std::array<uint8_t, 8> kXerialMagic = {0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
constexpr size_t kXerialHeaderSize = 16;  // magic, int32 version, int32 oldest compatible version
constexpr int32_t kXerialVersion = 1;
constexpr size_t kXerialBlockSize = 32 << 10;
// A copy of up to 64 bytes takes at least 3 bytes, so that no honest block grows more.
constexpr size_t kExpansionMax = 22;

Status Broken(std::string_view what) {
  return KafkaError(ErrorCode::kInvalidRecord, StrCat("broken snappy: ", what));
}

const char* AsChars(const uint8_t* bytes) { return reinterpret_cast<const char*>(bytes); }
char* AsChars(uint8_t* bytes) { return reinterpret_cast<char*>(bytes); }

bool HasXerialHeader(std::span<const uint8_t> input) {
  return input.size() >= kXerialHeaderSize &&
         std::equal(kXerialMagic.begin(), kXerialMagic.end(), input.begin());
}

class SnappyStream final : public CompressedStream {
 public:
  Status Start(std::span<const uint8_t> input, size_t output_bytes_max) override {
    input_ = input;
    output_bytes_max_ = output_bytes_max;
    pending_ = {};
    xerial_ = HasXerialHeader(input);
    if (xerial_) input_ = input_.subspan(kXerialHeaderSize);
    if (!xerial_ && input_.empty()) return Broken("nothing there");
    return OkStatus();
  }

  StatusOr<size_t> Read(std::span<uint8_t> out) override {
    size_t count = 0;
    while (count < out.size()) {
      if (pending_.empty()) {
        if (input_.empty()) break;
        ASSIGN_OR_RETURN(const size_t direct, ReadBlock(out.subspan(count)));
        count += direct;
        continue;
      }
      const size_t portion = std::min(out.size() - count, pending_.size());
      std::memcpy(out.data() + count, pending_.data(), portion);
      pending_ = pending_.subspan(portion);
      count += portion;
    }
    return count;
  }

 private:
  // Reads one block: into `out` where it fits, with the number of bytes as result, else into
  // pending_ with 0.
  StatusOr<size_t> ReadBlock(std::span<uint8_t> out) {
    ASSIGN_OR_RETURN(const std::span<const uint8_t> block, TakeBlock());
    if (block.empty()) return size_t{0};
    size_t size = 0;
    if (!snappy::GetUncompressedLength(AsChars(block.data()), block.size(), &size)) {
      return Broken("no length in front of a block");
    }
    if (size / kExpansionMax > block.size()) return Broken("a block cannot be as long as it says");
    if (size > output_bytes_max_) {
      return KafkaError(ErrorCode::kMessageTooLarge,
                        StrCat("a snappy block of ", size, " bytes is larger than the limit"));
    }
    const bool fits = size <= out.size();
    if (!fits && buffer_.size() < size) buffer_.resize(size);
    uint8_t* target = fits ? out.data() : buffer_.data();
    if (!snappy::RawUncompress(AsChars(block.data()), block.size(), AsChars(target))) {
      return Broken("a block cannot be decoded");
    }
    if (fits) return size;
    pending_ = std::span<const uint8_t>(buffer_).first(size);
    return size_t{0};
  }

  // The compressed bytes of the next block; empty when there was only another header.
  StatusOr<std::span<const uint8_t>> TakeBlock() {
    std::span<const uint8_t> block = input_;
    if (!xerial_) {
      input_ = {};
      return block;
    }
    if (HasXerialHeader(input_)) {  // Streams that were joined.
      input_ = input_.subspan(kXerialHeaderSize);
      return std::span<const uint8_t>();
    }
    if (input_.size() < sizeof(int32_t)) return Broken("cut off in the size of a block");
    const auto size = LoadBig<int32_t>(input_.data());
    input_ = input_.subspan(sizeof(int32_t));
    if (size <= 0 || static_cast<size_t>(size) > input_.size()) {
      return Broken("the size of a block does not fit");
    }
    block = input_.first(static_cast<size_t>(size));
    input_ = input_.subspan(block.size());
    return block;
  }

  std::span<const uint8_t> input_;
  std::span<const uint8_t> pending_;
  std::vector<uint8_t> buffer_;
  size_t output_bytes_max_ = 0;
  bool xerial_ = false;
};

}  // namespace

std::unique_ptr<CompressedStream> MakeSnappyStream() { return std::make_unique<SnappyStream>(); }

StatusOr<Slice> CompressSnappy(std::span<const uint8_t> bytes) {
  const size_t blocks = (bytes.size() + kXerialBlockSize - 1) / kXerialBlockSize;
  const size_t block_size_max = sizeof(int32_t) + snappy::MaxCompressedLength(kXerialBlockSize);
  Slice compressed = Slice::Allocate(kXerialHeaderSize + blocks * block_size_max);
  uint8_t* out = std::copy(kXerialMagic.begin(), kXerialMagic.end(), compressed.mutable_data());
  StoreBig(out, kXerialVersion);
  StoreBig(out + 4, kXerialVersion);
  out += 8;
  for (size_t at = 0; at < bytes.size(); at += kXerialBlockSize) {
    const auto block = bytes.subspan(at, std::min(kXerialBlockSize, bytes.size() - at));
    size_t size = 0;
    snappy::RawCompress(AsChars(block.data()), block.size(), AsChars(out + sizeof(int32_t)), &size);
    StoreBig(out, static_cast<int32_t>(size));
    out += sizeof(int32_t) + size;
  }
  return compressed.Sub(0, static_cast<size_t>(out - compressed.data()));
}

}  // namespace penstock
