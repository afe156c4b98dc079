#include "client/partitioner.h"

#include <algorithm>

#include "base/check.h"

namespace penstock {
namespace {

constexpr uint32_t kSeed = 0x9747b28c;
constexpr uint32_t kMultiplier = 0x5bd1e995;
constexpr int32_t kPositive = 0x7fffffff;

uint32_t LoadLittle32(const uint8_t* in) {
  return static_cast<uint32_t>(in[0]) | static_cast<uint32_t>(in[1]) << 8 |
         static_cast<uint32_t>(in[2]) << 16 | static_cast<uint32_t>(in[3]) << 24;
}

}  // namespace

int32_t Murmur2(std::span<const uint8_t> bytes) {
  uint32_t hash = kSeed ^ static_cast<uint32_t>(bytes.size());
  const uint8_t* in = bytes.data();
  size_t left = bytes.size();
  for (; left >= 4; in += 4, left -= 4) {
    uint32_t word = LoadLittle32(in) * kMultiplier;
    word ^= word >> 24;
    hash = hash * kMultiplier ^ word * kMultiplier;
  }
  if (left == 3) hash ^= static_cast<uint32_t>(in[2]) << 16;
  if (left >= 2) hash ^= static_cast<uint32_t>(in[1]) << 8;
  if (left >= 1) hash = (hash ^ in[0]) * kMultiplier;
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return static_cast<int32_t>(hash);
}

PartitionId PartitionForKey(std::span<const uint8_t> key, int32_t partitions_count) {
  CHECK(partitions_count > 0);
  return PartitionId((Murmur2(key) & kPositive) % partitions_count);
}

PartitionId StickyPartitioner::Choose(std::span<const PartitionId> candidates) {
  CHECK(!candidates.empty());
  if (std::ranges::find(candidates, chosen_) == candidates.end()) {
    chosen_ = candidates[random_.Below(candidates.size())];
    bytes_ = 0;
  }
  return chosen_;
}

void StickyPartitioner::Added(size_t bytes, bool batch_ended) {
  bytes_ += static_cast<int64_t>(bytes);
  const bool enough = bytes_ >= batch_bytes_ && batch_ended;
  if (enough || bytes_ >= 2 * batch_bytes_) chosen_ = PartitionId(-1);
}

}  // namespace penstock
