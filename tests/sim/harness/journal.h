// What the clients of a run saw, and what was wrong with it: the memory that the final check judges
// by.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace penstock::sim {

class Journal {
 public:
  explicit Journal(size_t partitions) : partitions_(partitions) {}

  size_t partitions() const { return partitions_.size(); }

  // The producer has made a record; the next of its partition.
  void Produced(size_t partition, std::string value) {
    partitions_[partition].produced.push_back(std::move(value));
  }
  // The broker has acknowledged `count` records that begin with the `first`th of the partition, and
  // said that the first one is at `base_offset`.
  void Acknowledged(size_t partition, size_t first, size_t count, Offset base_offset);
  // A consumer has seen the record at `offset`. Each consumer sees each offset once, in order.
  void Consumed(size_t partition, Offset offset, std::string_view value);
  // A reader that began at offset 0 after the last crash has seen the record at `offset`.
  void ReadBack(size_t partition, Offset offset, std::string_view value);

  void Anomaly(std::string text);

  // After the last crash, with everything acknowledged and read back: every produced record is
  // there once, in order, unchanged, and nothing else.
  void CheckEnd();

  size_t acknowledged() const { return acknowledged_; }
  size_t consumed() const { return consumed_; }
  size_t consumed_of(size_t partition) const { return partitions_[partition].consumed.size(); }
  size_t read_back_of(size_t partition) const { return partitions_[partition].read_back.size(); }
  size_t produced_of(size_t partition) const { return partitions_[partition].produced.size(); }
  // In the order in which they were noticed; no more than kAnomaliesMax are kept.
  const std::vector<std::string>& anomalies() const { return anomalies_; }

 private:
  static constexpr size_t kAnomaliesMax = 20;

  struct Partition {
    std::vector<std::string> produced;  // all that the producer ever made, in order
    size_t acknowledged = 0;            // the first so many of them
    std::vector<std::string> consumed;
    std::vector<std::string> read_back;
  };

  void Take(std::vector<std::string>& seen, const char* who, size_t partition, Offset offset,
            std::string_view value);

  std::vector<Partition> partitions_;
  size_t acknowledged_ = 0;
  size_t consumed_ = 0;
  std::vector<std::string> anomalies_;
};

}  // namespace penstock::sim
