// A topic's name with the index of one of its partitions.
#pragma once

#include <compare>
#include <ostream>
#include <string>

#include "base/ids.h"
#include "base/strings.h"

namespace penstock {

struct TopicPartition {
  std::string topic;
  PartitionId partition{0};

  // "topic-partition", which is also the name of the log's directory.
  std::string ToString() const { return StrCat(topic, '-', partition); }

  auto operator<=>(const TopicPartition&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const TopicPartition& value) {
    return out << value.ToString();
  }
};

}  // namespace penstock
