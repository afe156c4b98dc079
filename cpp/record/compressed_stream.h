// What each codec supplies to record/compression: a one-shot compressor and a stream that reads.
// One source file per codec, the only one that includes its library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/slice.h"
#include "base/status.h"

namespace penstock {

class CompressedStream {
 public:
  virtual ~CompressedStream() = default;
  // Begins with `input`, which must live until the last Read; whatever was read before is
  // forgotten. `output_bytes_max` is a bound for what a stream must hold back at once.
  virtual Status Start(std::span<const uint8_t> input, size_t output_bytes_max) = 0;
  // Fills `out` (not empty); fewer bytes only at the end of the stream, which is also the end of
  // the input. INVALID_RECORD for everything that is wrong with the input, MESSAGE_TOO_LARGE for a
  // block above the bound.
  virtual StatusOr<size_t> Read(std::span<uint8_t> out) = 0;
};

std::unique_ptr<CompressedStream> MakePlainStream();
std::unique_ptr<CompressedStream> MakeGzipStream();
std::unique_ptr<CompressedStream> MakeSnappyStream();
std::unique_ptr<CompressedStream> MakeLz4Stream();
std::unique_ptr<CompressedStream> MakeZstdStream();

// `level` is valid for the codec and `bytes` are fewer than 2 GB.
StatusOr<Slice> CompressGzip(int level, std::span<const uint8_t> bytes);
StatusOr<Slice> CompressSnappy(std::span<const uint8_t> bytes);
StatusOr<Slice> CompressLz4(int level, std::span<const uint8_t> bytes);
StatusOr<Slice> CompressZstd(int level, std::span<const uint8_t> bytes);

}  // namespace penstock
