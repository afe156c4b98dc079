// Records of one partition that were fetched together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <penstock/export.hpp>
#include <penstock/record.hpp>
#include <penstock/topic.hpp>
#include <span>
#include <string>

namespace penstock {
inline namespace v0 {

// A range of Record. Copies share the bytes, which no thread changes: they may be read by several
// threads, and outlive the consumer.
class RecordBatch {
 public:
  RecordBatch() = default;  // without records

  // Whose records they are.
  const std::string& topic() const { return partition_.topic; }
  int32_t partition() const { return partition_.partition; }
  const TopicPartition& topic_partition() const { return partition_; }
  // The position behind it: where reading goes on.
  int64_t next_offset() const { return next_offset_; }
  // Where the partition ended when it was fetched: what is below can be read.
  int64_t high_watermark() const { return high_watermark_; }

  // In the order of their offsets, which may have gaps.
  std::span<const Record> records() const { return records_; }
  const Record* begin() const { return records_.data(); }
  const Record* end() const { return records_.data() + records_.size(); }
  const Record& operator[](size_t index) const { return records_[index]; }
  size_t size() const { return records_.size(); }
  bool empty() const { return records_.empty(); }

 private:
  friend class RecordBatchReader;

  TopicPartition partition_;
  int64_t next_offset_ = kNoOffset;
  int64_t high_watermark_ = kNoOffset;
  std::span<const Record> records_;
  std::shared_ptr<const void> content_;  // what the records are and point to
};

}  // namespace v0
}  // namespace penstock
