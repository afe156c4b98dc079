#include "record/codec.h"

namespace penstock {

std::string_view NameOf(Codec codec) {
  switch (codec) {
    case Codec::kNone:
      return "none";
    case Codec::kGzip:
      return "gzip";
    case Codec::kSnappy:
      return "snappy";
    case Codec::kLz4:
      return "lz4";
    case Codec::kZstd:
      return "zstd";
  }
  return "unknown";
}

std::optional<Codec> CodecOfName(std::string_view name) {
  for (const Codec codec :
       {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
    if (NameOf(codec) == name) return codec;
  }
  return std::nullopt;
}

LevelRange LevelRangeOf(Codec codec) {
  switch (codec) {
    case Codec::kGzip:
      return {.min = 1, .max = 9, .default_level = -1};
    case Codec::kLz4:
      return {.min = 1, .max = 17, .default_level = 9};
    case Codec::kZstd:
      return {.min = -131072, .max = 22, .default_level = 3};
    case Codec::kNone:
    case Codec::kSnappy:
      return {};
  }
  return {};
}

bool IsValidLevel(Codec codec, int level) {
  const LevelRange range = LevelRangeOf(codec);
  return level == range.default_level || (level >= range.min && level <= range.max);
}

}  // namespace penstock
