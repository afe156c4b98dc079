// Batches and texts that several tests of record share.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/slice.h"
#include "record/batch_builder.h"
#include "record/batch_view.h"
#include "record/compression.h"
#include "record/record_iterator.h"

namespace penstock {

inline constexpr Codec kAllCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4,
                                       Codec::kZstd};
inline constexpr Codec kCompressingCodecs[] = {Codec::kGzip, Codec::kSnappy, Codec::kLz4,
                                               Codec::kZstd};
inline constexpr TimestampMs kNow{1'700'000'000'000};

// A batch of `count` records "key i" / "value i", one millisecond apart, from kNow on.
inline Slice SampleBatch(int count, BatchOptions options = {}) {
  BatchBuilder builder(options);
  for (int i = 0; i < count; ++i) {
    const std::string key = "key " + std::to_string(i);
    const std::string value = "value " + std::to_string(i);
    builder.Append({.timestamp = kNow + i, .key = AsBytes(key), .value = AsBytes(value)});
  }
  StatusOr<Slice> batch = builder.Build();
  EXPECT_TRUE(batch.ok()) << batch.status();
  return *std::move(batch);
}

// Text that compresses well and is longer than a block of any codec.
inline std::string SampleText(size_t size) {
  std::string text;
  for (int line = 0; text.size() < size; ++line) {
    text += "line " + std::to_string(line % 97) + " of the penstock; ";
  }
  text.resize(size);
  return text;
}

inline std::string RandomText(std::mt19937_64& random, size_t size) {
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

inline std::vector<uint8_t> BytesOf(const Slice& slice) {
  return {slice.data(), slice.data() + slice.size()};
}

// Makes the CRC of a batch right again after a test changed its bytes.
inline void RepairCrc(std::span<uint8_t> batch) {
  const StatusOr<BatchView> view = BatchView::Parse(batch);
  ASSERT_TRUE(view.ok()) << view.status();
  StoreBig(batch.data() + batch_format::kCrcAt, view->ComputeCrc());
}

}  // namespace penstock
