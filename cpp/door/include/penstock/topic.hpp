// Names of topics and partitions.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace penstock {
inline namespace v0 {

struct TopicPartition {
  std::string topic;
  int32_t partition = 0;

  auto operator<=>(const TopicPartition&) const = default;
};

// Where no offset is known. Offsets count the records of a partition from 0.
inline constexpr int64_t kNoOffset = -1;

}  // namespace v0
}  // namespace penstock
