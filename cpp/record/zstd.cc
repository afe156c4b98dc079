// zstd frames without content size, as a streaming writer makes them. Several frames one after the
// other are joined.
#include <zstd.h>

#include "base/check.h"
#include "base/strings.h"
#include "record/compressed_stream.h"

namespace penstock {
namespace {

Status Broken(std::string_view what) {
  return KafkaError(ErrorCode::kInvalidRecord, StrCat("broken zstd: ", what));
}

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

class ZstdStream final : public CompressedStream {
 public:
  Status Start(std::span<const uint8_t> input, size_t) override {
    if (context_ == nullptr) context_.reset(ZSTD_createDCtx());
    if (context_ == nullptr) return ResourceExhausted("no memory for zstd");
    ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
    input_ = {input.data(), input.size(), 0};
    frame_ended_ = false;
    return OkStatus();
  }

  StatusOr<size_t> Read(std::span<uint8_t> out) override {
    ZSTD_outBuffer output = {out.data(), out.size(), 0};
    while (output.pos < output.size) {
      if (input_.pos == input_.size && frame_ended_) break;
      const size_t input_before = input_.pos;
      const size_t output_before = output.pos;
      const size_t hint = ZSTD_decompressStream(context_.get(), &output, &input_);
      if (ZSTD_isError(hint)) return Broken(ZSTD_getErrorName(hint));
      frame_ended_ = hint == 0;
      if (!frame_ended_ && input_.pos == input_before && output.pos == output_before) {
        return Broken("cut off");
      }
    }
    return output.pos;
  }

 private:
  std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
  ZSTD_inBuffer input_ = {};
  bool frame_ended_ = false;
};

}  // namespace

std::unique_ptr<CompressedStream> MakeZstdStream() { return std::make_unique<ZstdStream>(); }

StatusOr<Slice> CompressZstd(int level, std::span<const uint8_t> bytes) {
  std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  if (context == nullptr) return ResourceExhausted("no memory for zstd");
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, 0);
  Slice compressed = Slice::Allocate(ZSTD_compressBound(bytes.size()));
  const size_t size = ZSTD_compress2(context.get(), compressed.mutable_data(), compressed.size(),
                                     bytes.data(), bytes.size());
  if (ZSTD_isError(size)) return Internal(StrCat("zstd: ", ZSTD_getErrorName(size)));
  return compressed.Sub(0, size);
}

}  // namespace penstock
