// Compresses a block of records, with the frame parameters that Kafka's Java clients use, and reads
// everything that Kafka clients write: gzip of one or more members, snappy with xerial framing or
// raw, lz4 frames, zstd frames of unknown size.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/slice.h"
#include "base/status.h"
#include "record/codec.h"

namespace penstock {

// `bytes` compressed; with Codec::kNone a copy. InvalidArgument for a level that the codec does not
// have, or more than 2 GB.
StatusOr<Slice> Compress(Compression compression, std::span<const uint8_t> bytes);

class CompressedStream;

// Reads one compressed block as a stream. An object may be reset and used for many blocks one after
// the other: it keeps the libraries' contexts. Belongs to one shard.
class Decompressor {
 public:
  Decompressor();
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // Begins with `input`, which must live until the last Read. Codec::kNone gives the bytes as they
  // are. At most `output_bytes_max` bytes are given out.
  Status Start(Codec codec, std::span<const uint8_t> input, size_t output_bytes_max);

  // Fills `out` from the front and returns how many bytes are new; fewer than out.size() only at
  // the end of the stream. INVALID_RECORD when the stream is broken, cut off or followed by bytes
  // that do not belong to it; MESSAGE_TOO_LARGE when it gives more than the limit. After an error
  // the object must be started again.
  StatusOr<size_t> Read(std::span<uint8_t> out);

 private:
  // One per codec, made when it is first needed.
  std::array<std::unique_ptr<CompressedStream>, 5> streams_;
  CompressedStream* stream_ = nullptr;
  size_t output_bytes_left_ = 0;
};

// All of a block at once; for tests and for small blocks. Errors as Decompressor::Read.
StatusOr<Slice> Decompress(Codec codec, std::span<const uint8_t> input, size_t output_bytes_max);

}  // namespace penstock
