// Records: as they are sent, and as they are read. Keys and values are bytes; nothing (nullopt) is
// Kafka's null, which is not the same as no bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <penstock/export.hpp>
#include <penstock/time.hpp>
#include <penstock/topic.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {
inline namespace v0 {

struct Header {
  std::string_view key;
  std::optional<std::string_view> value;
};

// A record to be sent. What it points to is copied while it is sent, and must live that long.
struct ProducerRecord {
  std::optional<std::string_view> value = {};
  std::optional<std::string_view> key = {};
  std::vector<Header> headers = {};
  std::optional<Timestamp> timestamp = {};  // nothing: now
  // Nothing: chosen by the key as Kafka does it, or any where there is no key.
  std::optional<int32_t> partition = {};
};

// A record of a RecordBatch. What it points to lives as long as the batch or a copy of it.
struct Record {
  int64_t offset = kNoOffset;
  Timestamp timestamp{};
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  std::span<const Header> headers;
};

// Where a record that was sent is.
struct RecordMetadata {
  std::string topic;
  int32_t partition = -1;
  // kNoOffset where the broker does not say: with acks=0, or when it knew only that it has it.
  int64_t offset = kNoOffset;
  Timestamp timestamp{};  // the one that the log has
};

// Where records that were sent together are.
struct BulkMetadata {
  struct Partition {
    int32_t partition = -1;
    int64_t first_offset = kNoOffset;  // the lowest
    int64_t records = 0;
  };

  std::string topic;
  int64_t records = 0;                // all of them
  std::vector<Partition> partitions;  // those that have some, by number
};

}  // namespace v0
}  // namespace penstock
