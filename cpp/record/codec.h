// The compression codecs of a record batch: their numbers in the attributes, their names in
// configs, their levels.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock {

enum class Codec : uint8_t { kNone = 0, kGzip = 1, kSnappy = 2, kLz4 = 3, kZstd = 4 };

// "none", "gzip", "snappy", "lz4", "zstd".
std::string_view NameOf(Codec codec);
std::optional<Codec> CodecOfName(std::string_view name);

// Levels as compression.gzip.level, compression.lz4.level and compression.zstd.level take them;
// codecs without levels have 0 as the only one.
struct LevelRange {
  int min = 0;
  int max = 0;
  int default_level = 0;
};
LevelRange LevelRangeOf(Codec codec);
// True if a config may name `level`. For gzip that is -1 or 1 to 9.
bool IsValidLevel(Codec codec, int level);

// A codec with the level to compress at.
struct Compression {
  Codec codec = Codec::kNone;
  int level = 0;

  static Compression Of(Codec codec) { return {codec, LevelRangeOf(codec).default_level}; }
  friend bool operator==(const Compression&, const Compression&) = default;
};

}  // namespace penstock
