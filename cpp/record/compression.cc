#include "record/compression.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "base/check.h"
#include "base/strings.h"
#include "record/compressed_stream.h"

namespace penstock {
namespace {

class PlainStream final : public CompressedStream {
 public:
  Status Start(std::span<const uint8_t> input, size_t) override {
    input_ = input;
    return OkStatus();
  }
  StatusOr<size_t> Read(std::span<uint8_t> out) override {
    const size_t count = std::min(out.size(), input_.size());
    if (count > 0) std::memcpy(out.data(), input_.data(), count);
    input_ = input_.subspan(count);
    return count;
  }

 private:
  std::span<const uint8_t> input_;
};

std::unique_ptr<CompressedStream> MakeStream(Codec codec) {
  switch (codec) {
    case Codec::kNone:
      return MakePlainStream();
    case Codec::kGzip:
      return MakeGzipStream();
    case Codec::kSnappy:
      return MakeSnappyStream();
    case Codec::kLz4:
      return MakeLz4Stream();
    case Codec::kZstd:
      return MakeZstdStream();
  }
  return nullptr;
}

Status TooLarge() {
  return KafkaError(ErrorCode::kMessageTooLarge,
                    "compressed records are larger than the limit after decompression");
}

}  // namespace

std::unique_ptr<CompressedStream> MakePlainStream() { return std::make_unique<PlainStream>(); }

StatusOr<Slice> Compress(Compression compression, std::span<const uint8_t> bytes) {
  if (!IsValidLevel(compression.codec, compression.level)) {
    return InvalidArgument(
        StrCat(NameOf(compression.codec), " has no compression level ", compression.level));
  }
  if (bytes.size() > size_t{std::numeric_limits<int32_t>::max()}) {
    return InvalidArgument("more than 2 GB cannot be compressed as one block");
  }
  switch (compression.codec) {
    case Codec::kNone:
      return Slice::CopyOf(bytes);
    case Codec::kGzip:
      return CompressGzip(compression.level, bytes);
    case Codec::kSnappy:
      return CompressSnappy(bytes);
    case Codec::kLz4:
      return CompressLz4(compression.level, bytes);
    case Codec::kZstd:
      return CompressZstd(compression.level, bytes);
  }
  return InvalidArgument("unknown codec");
}

Decompressor::Decompressor() = default;
Decompressor::~Decompressor() = default;

Status Decompressor::Start(Codec codec, std::span<const uint8_t> input, size_t output_bytes_max) {
  std::unique_ptr<CompressedStream>& stream = streams_.at(static_cast<size_t>(codec));
  if (stream == nullptr) stream = MakeStream(codec);
  stream_ = stream.get();
  output_bytes_left_ = output_bytes_max;
  return stream_->Start(input, output_bytes_max);
}

StatusOr<size_t> Decompressor::Read(std::span<uint8_t> out) {
  CHECK(stream_ != nullptr);
  if (out.empty()) return size_t{0};
  const size_t wanted = std::min(out.size(), output_bytes_left_);
  size_t count = 0;
  if (wanted > 0) {
    ASSIGN_OR_RETURN(count, stream_->Read(out.first(wanted)));
    output_bytes_left_ -= count;
  }
  if (count == wanted && wanted < out.size()) {
    // The limit is reached: this is the end, or too much.
    uint8_t byte;
    ASSIGN_OR_RETURN(const size_t more, stream_->Read(std::span(&byte, 1)));
    if (more > 0) return TooLarge();
  }
  return count;
}

StatusOr<Slice> Decompress(Codec codec, std::span<const uint8_t> input, size_t output_bytes_max) {
  Decompressor decompressor;
  RETURN_IF_ERROR(decompressor.Start(codec, input, output_bytes_max));
  std::vector<uint8_t> output(size_t{16} << 10);
  size_t size = 0;
  while (true) {
    ASSIGN_OR_RETURN(const size_t count, decompressor.Read(std::span(output).subspan(size)));
    size += count;
    if (size < output.size()) break;
    output.resize(output.size() * 2);
  }
  return Slice::CopyOf(std::span(output).first(size));
}

}  // namespace penstock
