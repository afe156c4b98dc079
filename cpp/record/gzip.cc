// gzip, by zlib. A block may consist of several members one after the other; their contents are
// joined.
#define ZLIB_CONST
#include <zlib.h>

#include "base/check.h"
#include "base/strings.h"
#include "record/compressed_stream.h"

namespace penstock {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // the largest window, with a gzip header
constexpr int kMemoryLevel = 8;           // zlib's own default
constexpr int kUnknownSystem = 255;       // what Java writes

Status Broken(const char* what) {
  return KafkaError(ErrorCode::kInvalidRecord,
                    StrCat("broken gzip: ", what == nullptr ? "cut off" : what));
}

class GzipStream final : public CompressedStream {
 public:
  GzipStream() = default;
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  ~GzipStream() override {
    if (initialized_) inflateEnd(&zlib_);
  }

  Status Start(std::span<const uint8_t> input, size_t) override {
    const int result = initialized_ ? inflateReset(&zlib_) : inflateInit2(&zlib_, kGzipWindowBits);
    if (result != Z_OK) return ResourceExhausted("no memory for gzip");
    initialized_ = true;
    ended_ = false;
    zlib_.next_in = input.data();
    zlib_.avail_in = static_cast<uInt>(input.size());
    return OkStatus();
  }

  StatusOr<size_t> Read(std::span<uint8_t> out) override {
    zlib_.next_out = out.data();
    zlib_.avail_out = static_cast<uInt>(out.size());
    while (zlib_.avail_out > 0 && !ended_) {
      const int result = inflate(&zlib_, Z_NO_FLUSH);
      if (result == Z_STREAM_END) {
        ended_ = zlib_.avail_in == 0;
        if (!ended_) inflateReset(&zlib_);
      } else if (result != Z_OK) {
        return Broken(zlib_.msg);
      }
    }
    return out.size() - zlib_.avail_out;
  }

 private:
  z_stream zlib_ = {};
  bool initialized_ = false;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<CompressedStream> MakeGzipStream() { return std::make_unique<GzipStream>(); }

StatusOr<Slice> CompressGzip(int level, std::span<const uint8_t> bytes) {
  z_stream zlib = {};
  if (deflateInit2(&zlib, level, Z_DEFLATED, kGzipWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return ResourceExhausted("no memory for gzip");
  }
  gz_header header = {};
  header.os = kUnknownSystem;
  deflateSetHeader(&zlib, &header);
  Slice compressed = Slice::Allocate(deflateBound(&zlib, bytes.size()));
  zlib.next_in = bytes.data();
  zlib.avail_in = static_cast<uInt>(bytes.size());
  zlib.next_out = compressed.mutable_data();
  zlib.avail_out = static_cast<uInt>(compressed.size());
  const int result = deflate(&zlib, Z_FINISH);
  deflateEnd(&zlib);
  CHECK(result == Z_STREAM_END);
  return compressed.Sub(0, compressed.size() - zlib.avail_out);
}

}  // namespace penstock
